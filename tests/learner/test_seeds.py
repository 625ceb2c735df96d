"""Everything random follows from one seed, and nothing from the global generators."""

# ruff: noqa: NPY002  the global generator is watched

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from skactive import ActiveLearner, Committee, strategies
from skactive.compose import Subsample

X, y = load_iris(return_X_y=True)
SEED_SET = np.arange(0, 150, 10)


def forest(**params):
    return RandomForestClassifier(n_estimators=3, max_depth=2, **params)


def run(learner, n_rounds=3):
    """Rows asked and predictions made over some rounds."""
    learner.fit(X[SEED_SET], y[SEED_SET])
    asked, predicted = [], []
    for _ in range(n_rounds):
        asked.append(learner.query(X, 4))
        predicted.append(learner.predict_proba(X))
        learner.teach(X[asked[-1]], y[asked[-1]])
    return np.array(asked), np.array(predicted)


@pytest.mark.parametrize("strategy", ["random", "badge", "power_bald", "margin"])
def test_an_integer_repeats_the_whole_run(strategy):
    first = run(ActiveLearner(forest(), strategy, random_state=0))
    again = run(ActiveLearner(forest(), strategy, random_state=0))
    other = run(ActiveLearner(forest(), strategy, random_state=1))
    assert_array_equal(first[0], again[0])
    assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


def test_a_generator_is_drawn_from_once_for_each_fit():
    generator = np.random.RandomState(0)
    learner = ActiveLearner(forest(), "random", random_state=generator)
    run(learner)
    expected = np.random.RandomState(0)
    expected.randint(2**31 - 1)
    assert_array_equal(generator.get_state()[1], expected.get_state()[1])
    first = learner.seed_
    run(learner)
    assert learner.seed_ != first


def test_none_draws_fresh_entropy_once():
    learners = [ActiveLearner(forest(), "random") for _ in range(2)]
    for learner in learners:
        np.random.seed(0)
        learner.fit(X[SEED_SET], y[SEED_SET])
    assert learners[0].seed_ != learners[1].seed_
    seed = learners[0].seed_
    rows = learners[0].query(X, 4)
    assert_array_equal(learners[0].query(X, 4), rows)
    assert learners[0].teach(X[rows], y[rows]).seed_ == seed


@pytest.mark.parametrize("random_state", [None, 0])
@pytest.mark.parametrize("strategy", ["random", "badge", "bald", "power_bald", "gsx"])
def test_the_global_generator_is_not_moved(strategy, random_state):
    estimator = Committee(
        make_pipeline(QuantileTransformer(n_quantiles=10), forest()), 2
    )
    before = np.random.get_state()[1].copy()
    run(ActiveLearner(estimator, strategy, random_state=random_state), n_rounds=1)
    assert_array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize("strategy", ["random", "badge", "power_bald"])
def test_the_global_generator_is_not_read(strategy):
    results = []
    for seed in (1, 2):
        np.random.seed(seed)
        learner = ActiveLearner(Committee(forest(), 2), strategy, random_state=0)
        results.append(run(learner, n_rounds=1))
    assert_array_equal(results[0][0], results[1][0])
    assert_array_equal(results[0][1], results[1][1])


def test_unset_seeds_of_the_estimator_are_filled_and_set_ones_stay():
    estimator = make_pipeline(
        QuantileTransformer(n_quantiles=10, random_state=7), forest()
    )
    learner = ActiveLearner(estimator, random_state=0).fit(X[SEED_SET], y[SEED_SET])
    transformer, model = (step for _, step in learner.estimator_.steps)
    assert transformer.random_state == 7
    first = model.random_state
    assert isinstance(first, int)
    learner.teach(X[:1], y[:1])
    assert learner.estimator_[-1].random_state != first, "another draw for more labels"
    assert estimator[-1].random_state is None, "the user's own estimator stays"


def test_seeds_of_nested_strategies_are_filled():
    strategy = Subsample(strategies.random(), n_candidates=20)
    learner = ActiveLearner(SGDClassifier(), strategy, random_state=0)
    learner.fit(X[SEED_SET], y[SEED_SET]).query(X, 2)
    used = learner.last_query_.strategy
    assert isinstance(used.random_state, int)
    assert isinstance(used.strategy.random_state, int)
    assert used.random_state != used.strategy.random_state
    assert strategy.random_state is strategy.strategy.random_state is None


@pytest.mark.parametrize("random_state", [None, 0, np.random.RandomState(0)])
def test_a_fixed_seed_does_not_draw_the_same_positions_every_round(random_state):
    strategy = strategies.random(random_state=random_state)
    asked, _ = run(
        ActiveLearner(SGDClassifier(loss="log_loss"), strategy, random_state=0)
    )
    assert len({tuple(rows) for rows in asked}) == 3
    again, _ = run(
        ActiveLearner(SGDClassifier(loss="log_loss"), strategy, random_state=0)
    )
    assert_array_equal(asked, again)


def test_an_integer_on_the_strategy_decides_alone():
    def asked(strategy_seed, learner_seed):
        strategy = strategies.random(random_state=strategy_seed)
        learner = ActiveLearner(SGDClassifier(), strategy, random_state=learner_seed)
        return tuple(learner.fit(X[SEED_SET], y[SEED_SET]).query(X, 5))

    assert asked(0, 1) == asked(0, 2)
    assert asked(0, 1) != asked(3, 1)
