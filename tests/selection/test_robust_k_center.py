"""Robust k-center as a strategy; the algorithm has tests of its own."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.compose import Subsample
from skactive.features import GradientEmbedding
from skactive.geometry import robust_k_center
from skactive.selection import KCenterGreedy, RobustKCenter

rng = np.random.default_rng(0)
POOL = rng.normal(size=(40, 3))
POOL[[11, 30]] = [[50.0, 0.0, 0.0], [0.0, -40.0, 0.0]]
LABELED = rng.normal(size=(4, 3))


@pytest.mark.parametrize(
    ("n_outliers", "number"),
    [(0, 0), (2, 2), (0.0, 0), (1e-4, 1), (0.05, 2), (0.06, 3)],
)
def test_a_number_or_a_share_rounded_up(n_outliers, number):
    strategy = RobustKCenter(n_outliers=n_outliers).fit(LABELED)
    expected = robust_k_center(
        POOL,
        5,
        n_outliers=number,
        centers=LABELED,
        rng=strategy._rng(ModelView.from_outputs(POOL), "ties"),
    )
    assert_array_equal(strategy.select(POOL, 5), expected)


@pytest.mark.parametrize("exact", [False, True])
def test_outliers_are_left_alone(exact):
    greedy = KCenterGreedy().fit(LABELED).select(POOL, 4)
    assert {11, 30} <= set(greedy)
    robust = strategies.robust_coreset(n_outliers=2, exact=exact).fit(LABELED)
    for seed in range(3):
        view = ModelView.from_outputs(POOL, seed=seed)
        assert not {11, 30} & set(robust.select(view, 4))
        assert not {11, 30, 5} & set(robust.select(view, 4, given=[5]))


def test_labeled_samples_are_centers():
    blobs = np.repeat([[0.0], [10.0], [20.0]], [9, 6, 3], axis=0) + rng.uniform(
        size=(18, 1)
    )
    for seed in range(5):
        view = ModelView.from_outputs(blobs, seed=seed)
        strategy = RobustKCenter(n_outliers=0).fit([[0.5]])
        assert sorted(blobs[strategy.select(view, 2), 0] // 10) == [1, 2]
        strategy = RobustKCenter(n_outliers=3).fit([[0.5]])
        assert blobs[strategy.select(view, 1), 0] // 10 == 1


def test_the_cosine_metric_compares_directions():
    lengths = np.geomspace(0.01, 100, 40)[:, None]
    unit = POOL / np.linalg.norm(POOL, axis=1, keepdims=True)
    expected = RobustKCenter(metric="cosine").fit(LABELED).select(unit, 6)
    strategy = RobustKCenter(metric="cosine").fit(7 * LABELED)
    assert_array_equal(strategy.select(POOL * lengths, 6), expected)
    strategy.fit(sparse.csr_matrix(LABELED))
    assert_array_equal(strategy.select(sparse.csr_matrix(POOL), 6), expected)


def test_gradients_that_are_never_multiplied_out():
    proba, embedding = rng.dirichlet(np.ones(3), 30), rng.normal(size=(30, 4))
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    gradients = np.asarray(GradientEmbedding().transform(view))
    assert_array_equal(
        RobustKCenter(features=GradientEmbedding(), n_outliers=2).select(view, 5),
        RobustKCenter(n_outliers=2).select(gradients, 5),
    )


def test_large_pools_and_exact_programs():
    with pytest.raises(ValueError, match=r"at most 2000 samples, .* 2001; .*Subsample"):
        RobustKCenter(exact=True).select(np.zeros((2001, 1)))
    part = Subsample(RobustKCenter(exact=True), n_candidates=30, random_state=0)
    assert len(set(part.select(rng.normal(size=(2001, 2)), 3))) == 3


def test_facts():
    facts = get_tags(strategies.robust_coreset()).strategy
    assert facts.quadratic
    assert facts.cold_start
    assert not facts.diverse, "an outlier waits for copies of what is covered"
    assert get_tags(RobustKCenter(n_outliers=0)).strategy.diverse
    assert (facts.task, facts.needs) == ("both", ("embedding",))
    assert not get_tags(Subsample(strategies.robust_coreset())).strategy.quadratic


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"n_outliers": -1}, "n_outliers"),
        ({"n_outliers": 1.5}, "n_outliers"),
        ({"exact": "milp"}, "exact"),
        ({"metric": "l1"}, "metric"),
    ],
)
def test_wrong_parameters(parameters, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of RobustKCenter"):
        RobustKCenter(**parameters).select(POOL)
