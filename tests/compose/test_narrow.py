"""Strategies that see a part of the pool."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare
from sklearn.base import clone
from sklearn.utils import get_tags

from skactive import ModelView, QueryStrategy, strategies
from skactive.compose import Prefilter, Subsample
from skactive.scores import Entropy, FunctionScore, Margin
from skactive.selection import KCenterGreedy, RandomChoice

N = 30


class Notes(QueryStrategy):
    """Takes the first rows and notes what it was shown."""

    def _fit(self, X, y):
        self.labeled_ = X.inputs()

    def _select(self, X, n_queries, given):
        self.seen_, self.given_ = X.X[:, 0], given
        return np.delete(np.arange(len(X)), given)[:n_queries]


def pool(seed=0, n=N):
    """Samples whose first column is the row number; the margin is their own order."""
    rng = np.random.default_rng(7)
    doubt = rng.permutation(n) / (2 * n)
    view = ModelView.from_outputs(
        np.column_stack([np.arange(n), rng.normal(size=n)]),
        proba=np.column_stack([1 - doubt, doubt]),
        embedding=rng.normal(size=(n, 3)),
        seed=seed,
    )
    return view, np.argsort(-doubt)


# --- Prefilter


@pytest.mark.parametrize("strategy", [RandomChoice(0), KCenterGreedy(), Notes()])
def test_a_factor_of_one_leaves_the_top_of_the_score(strategy):
    view, order = pool()
    rows = Prefilter(Margin(), strategy, factor=1).select(view, 7)
    assert set(rows) == set(order[:7])
    rows = Prefilter(Margin(), strategy, factor=1).select(view, 7, given=order[:3])
    assert set(rows) == set(order[3:10])


@pytest.mark.parametrize(
    ("factor", "n_queries", "n_kept"),
    [(2, 4, 8), (1.3, 4, 6), (100, 4, N), (10, 1, 10)],
)
def test_the_strategy_sees_the_best_candidates_only(factor, n_queries, n_kept):
    view, order = pool()
    chain = Prefilter(Margin(), Notes(), factor=factor).fit(view)
    rows = chain.select(view, n_queries)
    assert set(chain.strategy_.seen_) == set(order[:n_kept])
    assert_array_equal(rows, np.sort(order[:n_kept])[:n_queries])
    assert len(chain.strategy_.given_) == 0


def test_given_rows_stay_in_sight_beside_the_kept_ones():
    view, order = pool()
    given = [order[-1], order[0], order[5]]
    chain = Prefilter(Margin(), Notes(), factor=2).fit(view)
    chain.select(view, 4, given=given)
    kept = [row for row in order if row not in given][:8]
    assert set(chain.strategy_.seen_) == {*kept, *given}
    assert set(chain.strategy_.seen_[chain.strategy_.given_]) == set(given)


def test_a_diverse_strategy_keeps_away_from_given_rows():
    embedding = np.array([[0.0], [1.0], [9.0], [9.1], [5.0]])
    view = ModelView.from_outputs(proba=[[0.5, 0.5]] * 5, embedding=embedding)
    labeled = ModelView.from_outputs(proba=[[1.0, 0.0]], embedding=[[0.0]])
    chain = Prefilter(Entropy(), KCenterGreedy(), factor=4).fit(labeled, [0])
    assert chain.select(view, 1).tolist() == [3]
    assert chain.select(view, 1, given=[3]).tolist() == [4]


def test_a_chain_is_its_two_steps():
    view, order = pool()
    labeled = ModelView.from_outputs(
        proba=np.full((4, 2), 0.5),
        embedding=np.random.default_rng(1).normal(size=(4, 3)),
    )
    chain = Prefilter(Margin(), KCenterGreedy(), factor=3).fit(labeled, [0, 1, 0, 1])
    kept = np.sort(order[:15])
    inner = KCenterGreedy().fit(labeled).select(view[kept], 5)
    assert_array_equal(chain.select(view, 5), kept[inner])


def test_the_cut_through_equals_is_random():
    view = ModelView.from_outputs(proba=np.full((20, 2), 0.5))
    kept = []
    for seed in range(200):
        chain = Prefilter(Entropy(), RandomChoice(seed), factor=1)
        same = ModelView.from_outputs(proba=view.predict_proba(), seed=seed)
        kept.append(chain.select(same, 5))
    counts = np.bincount(np.concatenate(kept), minlength=20)
    assert chisquare(counts).pvalue > 0.001


def test_fit_reaches_both_parts():
    labeled, y = ModelView.from_outputs(std=np.ones((2, 2))), [[0.0, 0.0], [2.0, 4.0]]
    chain = Prefilter(strategies.variance(), strategies.qbc()).fit(labeled, y)
    assert chain.score_.scale_.tolist() == chain.strategy_.scale_.tolist() == [1, 2]


# --- Subsample


def test_every_sample_is_drawn_equally_often():
    view, _ = pool()
    rows = [
        # Equal seeds of both parts must not make their draws depend on each other.
        Subsample(RandomChoice(seed), n_candidates=6, random_state=seed).select(view, 3)
        for seed in range(600)
    ]
    counts = np.bincount(np.concatenate(rows), minlength=N)
    assert chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize(
    ("options", "n_queries", "n_drawn"),
    [
        ({"n_candidates": 6}, 3, 6),
        ({"n_candidates": 6}, 8, 8),  # raised to what is asked for
        ({"n_candidates": 100}, 3, N),
        ({}, 3, N),
        ({"pool_ratio": 4}, 3, 12),
        ({"pool_ratio": 1.5}, 3, 5),
        ({"pool_ratio": 1}, 3, 3),
        ({"pool_ratio": 4, "n_candidates": 1}, 3, 12),
        ({"pool_ratio": 64}, 3, N),
    ],
)
def test_the_model_is_asked_about_the_part_only(options, n_queries, n_drawn):
    sizes = []

    def first_column(view):
        sizes.append(len(view))
        return view.X[:, 0]

    view, _ = pool()
    strategy = Subsample(FunctionScore(first_column), random_state=0, **options)
    rows = strategy.select(view, n_queries)
    assert sizes == [n_drawn]
    assert (np.diff(rows) < 0).all()  # the largest row numbers of those drawn


def test_given_rows_are_in_sight_and_not_among_the_candidates():
    view, _ = pool()
    strategy = Subsample(Notes(), n_candidates=5, random_state=0).fit(view)
    rows = strategy.select(view, 5, given=[4, 20])
    inner = strategy.strategy_
    assert set(inner.seen_) == {*rows, 4, 20}
    assert set(inner.seen_[inner.given_]) == {4, 20}
    everything = strategy.set_params(n_candidates=N).select(view, N - 2, given=[4, 20])
    assert set(everything) == set(range(N)) - {4, 20}


def test_fit_reaches_the_strategy():
    labeled, _ = pool(n=3)
    strategy = Subsample(Notes(), random_state=0).fit(labeled, [0, 1, 0])
    assert_array_equal(strategy.strategy_.labeled_, labeled.inputs())


# --- both


def test_facts_are_those_of_the_parts():
    chain = Prefilter(Margin(), strategies.badge())
    facts = get_tags(chain).strategy
    assert facts.task == "classification"
    assert facts.needs == ("proba|decision", "proba", "embedding")
    assert facts.stochastic
    assert not facts.cold_start
    assert not get_tags(Prefilter(Margin(), KCenterGreedy())).strategy.stochastic
    cold = get_tags(Subsample(KCenterGreedy())).strategy
    assert cold.cold_start
    assert cold.stochastic
    assert not cold.diverse  # the part may hold nothing but copies


def test_a_part_of_the_pool_takes_no_quadratic_time():
    coverage = strategies.facility_location()
    assert get_tags(coverage).strategy.quadratic
    assert not get_tags(Prefilter(Margin(), coverage)).strategy.quadratic
    assert get_tags(Prefilter(coverage, Margin())).strategy.quadratic
    assert not get_tags(Subsample(coverage)).strategy.quadratic


def test_composites_nest_and_clone():
    view, order = pool()
    chain = Prefilter(
        Margin(),
        Subsample(Prefilter(Entropy(), RandomChoice(2), factor=2), 8, random_state=1),
        factor=5,
    )
    rows = clone(chain).select(view, 3)
    assert_array_equal(rows, chain.select(view, 3))
    assert set(rows) <= set(order[:15])
    assert chain.get_params()["strategy__strategy__strategy__random_state"] == 2


@pytest.mark.parametrize(
    ("strategy", "parameters", "name"),
    [
        (Prefilter(Margin(), Notes()), {"score": Notes()}, "score"),
        (Prefilter(Margin(), Notes()), {"factor": 0.5}, "factor"),
        (Subsample(Notes()), {"strategy": None}, "strategy"),
        (Subsample(Notes()), {"n_candidates": 0}, "n_candidates"),
        (Subsample(Notes()), {"n_candidates": 2.5}, "n_candidates"),
        (Subsample(Notes()), {"pool_ratio": 0.9}, "pool_ratio"),
    ],
)
def test_wrong_parameters(strategy, parameters, name):
    wrong = clone(strategy).set_params(**parameters)
    message = f"'{name}' parameter of {type(wrong).__name__}"
    with pytest.raises(ValueError, match=message):
        wrong.fit(pool()[0], np.zeros(N))


@pytest.mark.parametrize("part", ["badge", strategies.badge, KCenterGreedy])
def test_parts_are_objects(part):
    for wrong in (Subsample(part), Subsample(Prefilter(Margin(), part))):
        with pytest.raises(ValueError, match=r"^strategy=.*no strategy object; pass"):
            wrong.select(pool()[0])
