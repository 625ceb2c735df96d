import tracemalloc
from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import chisquare

from skactive.geometry import (
    ProductFeatures,
    _kmeans_plusplus,
    kmeans_plusplus,
    squared_distances,
    squared_norms,
)

POINTS = np.array([[0.0, 0], [1, 0], [0, 2], [3, 3], [-4, 1]])


def probabilities(points, n_picks, first=None, given=()):
    """Probability of every sequence of picks, by the definition."""
    table = ((points[:, None] - points[None]) ** 2).sum(axis=2)

    def extend(sequence, probability):
        if len(sequence) == n_picks:
            yield sequence, probability
            return
        chosen = [*given, *sequence]
        weights = table[:, chosen].min(axis=1) if chosen else first
        for row in np.flatnonzero(weights):
            step = weights[row] / weights.sum()
            yield from extend((*sequence, int(row)), probability * step)

    return dict(extend((), 1.0))


def frequencies(features, n_picks, n_runs, **options):
    counts = {}
    for seed in range(n_runs):
        rng = np.random.default_rng(seed)
        picks = tuple(kmeans_plusplus(features, n_picks, rng=rng, **options).tolist())
        counts[picks] = counts.get(picks, 0) + 1
    return counts


def assert_distribution(counts, expected):
    assert set(counts) <= set(expected)
    n_runs = sum(counts.values())
    rare = [picks for picks, p in expected.items() if p * n_runs < 5]
    observed = [counts.get(picks, 0) for picks in expected if picks not in rare]
    wanted = [n_runs * p for picks, p in expected.items() if picks not in rare]
    if rare:
        observed.append(sum(counts.get(picks, 0) for picks in rare))
        wanted.append(n_runs * sum(expected[picks] for picks in rare))
    assert_allclose(sum(wanted), n_runs)
    assert chisquare(observed, wanted).pvalue > 1e-3


@pytest.mark.parametrize(
    ("n_proposals", "cost"),
    [(128, 8), (1, 0), (1, 8), (3, 0)],
    ids=["default", "never refreshed", "refreshed always", "short blocks"],
)
def test_exact_distribution(n_proposals, cost, monkeypatch):
    monkeypatch.setattr(_kmeans_plusplus, "_N_PROPOSALS", n_proposals)
    monkeypatch.setattr(_kmeans_plusplus, "_PROPOSAL_COST", cost)
    counts = frequencies(POINTS, 3, 800, first="uniform")
    assert_distribution(counts, probabilities(POINTS, 3, first=np.ones(5)))


def test_distribution_with_centers():
    """Rows outside of the pool count as picked, as rows of it do."""
    expected = probabilities(POINTS, 3, given=[0])
    expected = {tuple(r - 1 for r in picks): p for picks, p in expected.items()}
    counts = frequencies(POINTS[1:], 3, 800, centers=POINTS[:1])
    assert_distribution(counts, expected)
    expected = probabilities(POINTS, 2, given=[0, 3])
    expected = {tuple(r - 1 for r in picks): p for picks, p in expected.items()}
    counts = frequencies(POINTS[1:], 2, 800, centers=POINTS[:1], given=[2])
    assert_distribution(counts, expected)


@pytest.mark.parametrize(
    "convert",
    [
        np.float32,
        sparse.csr_array,
        lambda points: ProductFeatures(points[:, :1] * [[1, -1, 2]], points[:, 1:]),
    ],
    ids=["float32", "sparse", "product"],
)
def test_exact_distribution_for_other_features(convert):
    features = convert(POINTS + 1)
    dense = features.toarray() if sparse.issparse(features) else np.asarray(features)
    dense = dense.astype(np.float64)
    counts = frequencies(features, 2, 400, given=[3])
    assert_distribution(counts, probabilities(dense, 2, given=[3]))


def test_badge_fixture():
    """Gradients of three samples, by hand: picked first is the one of largest norm."""
    proba = np.array([[0.8, 0.2], [0.5, 0.5], [0.6, 0.4]])
    embedding = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    gradients = ProductFeatures(proba - [1, 0], embedding)
    assert_allclose(squared_norms(gradients), [0.08, 2, 0.64])
    table = [[0, 2.08, 0.4], [2.08, 0, 1.04], [0.4, 1.04, 0]]
    assert_allclose(squared_distances(gradients, gradients), table)
    counts = frequencies(gradients, 2, 800)
    assert_distribution(counts, {(1, 0): 2 / 3, (1, 2): 1 / 3})


def test_order_of_the_pool_does_not_matter():
    points = np.array([[0.0], [1.0], [3.0]])
    for order in permutations(range(3)):
        counts = frequencies(points[list(order)], 2, 150)
        named = {tuple(order[i] for i in picks): n for picks, n in counts.items()}
        assert_distribution(named, {(2, 0): 9 / 13, (2, 1): 4 / 13})


def test_given_replaces_the_first_rule():
    picks = {kmeans_plusplus(POINTS, 1, given=[4], rng=rng)[0] for rng in _rngs(200)}
    assert picks == {0, 1, 2, 3}


def test_max_norm_ties_are_broken_at_random():
    points = np.array([[1.0, 0], [-1, 0], [0, 1], [0, 0]])
    picks = [kmeans_plusplus(points, 1, rng=rng)[0] for rng in _rngs(300)]
    counts = np.bincount(picks, minlength=4)
    assert counts[3] == 0
    assert counts[:3].min() > 60  # 100 expected, standard deviation 8.2


def test_identical_rows(make):
    features = make(np.full((8, 3), 7))
    last = set()
    for rng in _rngs(40):
        picks = kmeans_plusplus(features, 7, rng=rng)
        assert len(set(picks)) == 7
        last |= set(range(8)) - set(picks)
    assert len(last) > 5


def test_zero_gradients():
    features = ProductFeatures(np.zeros((6, 2)), np.ones((6, 3)))
    picks = kmeans_plusplus(features, 6, rng=np.random.default_rng(0))
    assert_array_equal(np.sort(picks), np.arange(6))


def test_copies_come_last(make):
    rows = np.repeat(np.arange(1, 6)[:, np.newaxis] ** 2, 40, axis=0)
    for rng in _rngs(10):
        picks = kmeans_plusplus(make(rows), 60, first="uniform", rng=rng)
        assert len(set(picks)) == 60
        assert len(set(picks[:5] // 40)) == 5


@pytest.mark.parametrize(("dtype", "offset"), [("float64", 1e6), ("float32", 1e3)])
def test_offset_data(dtype, offset):
    rows = (np.repeat(np.eye(4), 30, axis=0) + offset).astype(dtype)
    for rng in _rngs(10):
        picks = kmeans_plusplus(rows, 4, rng=rng)
        assert len(set(picks // 30)) == 4


def test_many_picks_are_spread_as_by_the_sequential_algorithm():
    """Mean squared distance to 30 picks of 500 points, against the plain algorithm."""
    points = np.random.default_rng(0).normal(size=(500, 3)) ** 3
    table = ((points[:, None] - points[None]) ** 2).sum(axis=2)

    def plain(rng):
        nearest = table[rng.integers(500)]
        for _ in range(29):
            row = rng.choice(500, p=nearest / nearest.sum())
            nearest = np.minimum(nearest, table[row])
        return nearest.mean()

    def ours(rng):
        picks = kmeans_plusplus(points, 30, first="uniform", rng=rng)
        return table[picks].min(axis=0).mean()

    one, other = ([f(rng) for rng in _rngs(150)] for f in (plain, ours))
    error = np.hypot(np.std(one), np.std(other)) / np.sqrt(150)
    assert abs(np.mean(one) - np.mean(other)) < 3 * error


def test_repeatable_and_inputs_untouched(make):
    features = make(np.arange(60).reshape(20, 3) % 7)
    one, other = (
        kmeans_plusplus(features, 9, rng=np.random.default_rng(5)) for _ in range(2)
    )
    assert_array_equal(one, other)
    assert one.dtype == np.int64


def test_memory_stays_below_the_right_factor():
    rng = np.random.default_rng(0)
    left = rng.normal(size=(20_000, 10)).astype(np.float32)
    features = ProductFeatures(left, rng.random((20_000, 128), dtype=np.float32))
    tracemalloc.start()
    kmeans_plusplus(features, 50, rng=rng)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < features.right.nbytes


def test_bad_arguments():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"n_picks=5 .* the 4 rows left"):
        kmeans_plusplus(POINTS, 5, given=[0], rng=rng)
    with pytest.raises(ValueError, match="first='norm' must be"):
        kmeans_plusplus(POINTS, 1, first="norm", rng=rng)
    for bad in (np.nan, np.inf, 1e160):
        with pytest.raises(ValueError, match="not finite"):
            kmeans_plusplus(np.vstack([POINTS, [[bad, 1]]]), 2, rng=rng)


def _rngs(n):
    return (np.random.default_rng(seed) for seed in range(n))
