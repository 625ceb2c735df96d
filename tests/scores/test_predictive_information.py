"""EPIG on views; its engine is tested with the geometry."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import get_tags

from skactive import ActiveLearner, ModelView, strategies
from skactive.geometry import predictive_information
from skactive.scores import BALD, EPIG

X = np.random.default_rng(0).normal(size=(120, 3))
Y = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")


@pytest.fixture(scope="module")
def forest():
    return RandomForestClassifier(8, random_state=0).fit(X[:20], Y[:20])


def drawn(n=30, seed=0):
    return np.random.default_rng(seed).dirichlet(np.full(3, 0.4), size=(n, 6))


def test_the_pool_stands_for_the_targets():
    draws = drawn()
    view = ModelView.from_outputs(draws=draws)
    scores = EPIG().score_samples(view)
    assert_allclose(scores, predictive_information(draws, draws))
    assert (scores <= BALD().score_samples(view) + 1e-9).all()


def test_a_part_of_the_targets():
    draws = drawn(200)
    view = ModelView.from_outputs(draws=draws)
    exact = predictive_information(draws, draws)
    parts = [
        EPIG(n_targets=20, random_state=seed).score_samples(view) for seed in range(60)
    ]
    error = np.std(parts, axis=0) / np.sqrt(60)
    assert (np.abs(np.mean(parts, axis=0) - exact) < 5 * error).all()
    assert_array_equal(EPIG(n_targets=20, random_state=0).score_samples(view), parts[0])
    assert get_tags(EPIG()).strategy.stochastic


def test_a_target_of_its_own(forest):
    target = X[X[:, 0] > 1]
    view = ModelView(X[20:], forest)
    expected = predictive_information(
        view.predict_draws(), ModelView(target, forest).predict_draws()
    )
    strategy = strategies.epig(target=target)
    assert_allclose(strategy.score_samples(view), expected)
    learner = ActiveLearner(forest, strategy, random_state=0).fit(X[:20], Y[:20])
    assert len(set(learner.query(X[20:], 5))) == 5
    with pytest.raises(ValueError, match="this view has none; leave target=None"):
        strategy.select(ModelView.from_outputs(draws=drawn()))


def test_what_is_known_of_the_model_but_not_of_predictions():
    # One row asks which of the first draws is right; no other depends on it.
    odd = [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]]
    others = [[0.5, 0.5], [0.5, 0.5], [0.9, 0.1], [0.1, 0.9]]
    view = ModelView.from_outputs(draws=[odd, *[others] * 9])
    assert BALD().select(view).tolist() == [0]
    assert EPIG().select(view).tolist() != [0]


def test_dropout_of_a_net_is_one_function_for_pool_and_target():
    nets = pytest.importorskip("skactive.nets")
    net = nets.TorchMLPClassifier(hidden_sizes=(16,), dropout=0.5, max_epochs=3)
    net.fit(X[:20], Y[:20])
    view = ModelView(X[20:60], net, seed=4)
    alike = strategies.epig(target=X[20:60]).score_samples(view)
    assert_allclose(alike, strategies.epig().score_samples(view), atol=1e-6)
