"""Greedy algorithms against each other, and against the best set there is."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare

from skactive.geometry import (
    ConcaveGains,
    CosineSimilarity,
    CutGains,
    FacilityGains,
    GaussianSimilarity,
    SaturatedGains,
    SetCoverGains,
    lazy_greedy,
    naive_greedy,
    stochastic_greedy,
)

rng_of = np.random.default_rng

MONOTONE = {
    "facility location": lambda X: FacilityGains(X, GaussianSimilarity(0.5)),
    "saturated": lambda X: SaturatedGains(X, CosineSimilarity(), share=0.2),
    "sqrt": lambda X: ConcaveGains(X, concave="sqrt"),
    "set cover": lambda X: SetCoverGains(1 / (1 + np.exp(-X))),
}


class Counted:
    """A set function that counts how many gains are asked for."""

    def __init__(self, function):
        self.function, self.n_gains = function, 0

    def __len__(self):
        return len(self.function)

    def gains(self, rows):
        self.n_gains += len(rows)
        return self.function.gains(rows)

    def add(self, rows):
        self.function.add(rows)


def worth(function, rows):
    """Value of a set: the sum of its gains."""
    total = 0.0
    for row in rows:
        total += function.gains(np.array([row]))[0]
        function.add([row])
    return total


@pytest.mark.parametrize("name", MONOTONE)
@pytest.mark.parametrize("seed", range(3))
def test_lazy_picks_are_the_naive_ones(name, seed):
    X = rng_of(seed).normal(size=(300, 3))
    X[100:150] = X[:50]  # and copies
    for given in (None, [3, 250]):
        naive = naive_greedy(MONOTONE[name](X), 40, given=given, rng=rng_of(seed))
        lazy = lazy_greedy(MONOTONE[name](X), 40, given=given, rng=rng_of(seed))
        assert_array_equal(lazy, naive)
        assert lazy.dtype == np.int64
        assert not set(lazy) & set(given or [])


def test_lazy_asks_for_few_gains():
    function = Counted(MONOTONE["facility location"](rng_of(0).normal(size=(2000, 3))))
    lazy_greedy(function, 50, rng=rng_of(0))
    assert function.n_gains < 0.2 * 50 * 2000


@pytest.mark.parametrize("name", MONOTONE)
@pytest.mark.parametrize("seed", range(3))
def test_at_least_two_thirds_of_the_best(name, seed):
    X = rng_of(seed).normal(size=(10, 3))
    best = max(worth(MONOTONE[name](X), rows) for rows in combinations(range(10), 3))
    picks = lazy_greedy(MONOTONE[name](X), 3, rng=rng_of(0))
    assert (1 - 1 / np.e) * best <= worth(MONOTONE[name](X), picks) <= best + 1e-9


def test_naive_picks_are_the_largest_gains_of_any_function():
    X = rng_of(0).normal(size=(40, 3))
    picks = naive_greedy(
        CutGains(X, CosineSimilarity(), redundancy=5), 40, rng=rng_of(0)
    )
    function = CutGains(X, CosineSimilarity(), redundancy=5)
    left = set(range(40))
    for row in picks:
        gains = dict(zip(left, function.gains(np.array(list(left))), strict=True))
        assert gains[row] == max(gains.values())
        function.add([row])
        left.remove(row)


@pytest.mark.parametrize("greedy", [naive_greedy, lazy_greedy, stochastic_greedy])
def test_equal_rows_are_all_picked_in_random_order(greedy):
    firsts = []
    for seed in range(600):
        function = FacilityGains(np.ones((5, 3)), CosineSimilarity())
        picks = greedy(function, 4, given=[2], rng=rng_of(seed))
        assert sorted(picks) == [0, 1, 3, 4]
        firsts.append(picks[0])
    counts = np.bincount(firsts, minlength=5)[[0, 1, 3, 4]]
    assert chisquare(counts).pvalue > 0.001


def test_no_copy_while_another_row_gains():
    X = np.repeat(rng_of(0).normal(size=(9, 4)), 20, axis=0)
    for seed in range(5):
        function = FacilityGains(X, CosineSimilarity())
        picks = lazy_greedy(function, 30, rng=rng_of(seed))
        assert sorted(picks[:9] // 20) == list(range(9))
        assert len(set(picks)) == 30


def test_the_law_of_stochastic_picks():
    # Parts of ceil(4 / 2 * log(1 / 0.4)) = 2 rows: the first pick is the better one of
    # two, so the best with chance 1/2, the second with 1/3, the third with 1/6.
    X = np.diag([0.5, 0.3, 0.2, 0.1])
    firsts = np.zeros(4)
    for seed in range(3000):
        function = SetCoverGains(X)
        picks = stochastic_greedy(function, 2, epsilon=0.4, rng=rng_of(seed))
        assert len(set(picks)) == 2
        firsts[picks[0]] += 1
    assert firsts[3] == 0
    assert chisquare(firsts[:3], 3000 * np.array([3, 2, 1]) / 6).pvalue > 0.001


def test_stochastic_picks_of_the_whole_pool_are_greedy():
    X = rng_of(0).normal(size=(30, 3))
    make = MONOTONE["facility location"]
    expected = naive_greedy(make(X), 5, given=[4], rng=rng_of(0))
    picks = stochastic_greedy(make(X), 5, given=[4], epsilon=1e-9, rng=rng_of(0))
    assert_array_equal(picks, expected)


@pytest.mark.parametrize("greedy", [naive_greedy, lazy_greedy, stochastic_greedy])
def test_too_many_picks(greedy):
    function = FacilityGains(np.ones((5, 3)), CosineSimilarity())
    with pytest.raises(ValueError, match="n_picks=5 must be between 1 and the 4"):
        greedy(function, 5, given=[0], rng=rng_of(0))


@pytest.mark.parametrize("name", ["facility location", "saturated"])
def test_no_matrix_of_all_pairs(name):
    X = rng_of(0).normal(size=(4000, 3))
    tracemalloc.start()
    lazy_greedy(MONOTONE[name](X), 5, rng=rng_of(0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 4000**2 / 4
