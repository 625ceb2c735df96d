import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skactive.datasets import Problem, robot_arm
from skactive.simulation._candidates import FixedPool, FreshPools


def test_a_fixed_pool_never_offers_what_was_asked():
    X = np.arange(10.0, 16.0)[:, None]
    pool = FixedPool(X, lambda rows: rows * 2, np.arange(100, 106))
    asked = pool.answer(np.array([4, 1]))
    assert_array_equal(asked.places, [104, 101])
    assert_array_equal(asked.X, [[14], [11]])
    assert_array_equal(asked.y, [8, 2])
    samples, candidates = pool.candidates(3)
    assert samples is X
    assert_array_equal(candidates, [1, 0, 1, 1, 0, 1])


def test_fresh_pools_are_new_in_every_round_and_the_same_for_all():
    arm = robot_arm()
    first, again = FreshPools(arm, 4, seed=0), FreshPools(arm, 4, seed=0)
    rounds = [first.candidates(5)[0] for _ in range(3)]
    assert {len(X) for X in rounds} == {20}
    assert not np.isin(rounds[1], rounds[0]).any()
    assert not np.isin(rounds[2], rounds[1]).any()
    for X in rounds:
        assert_array_equal(again.candidates(5)[0], X)
    assert not np.isin(FreshPools(arm, 4, seed=1).candidates(5)[0], rounds[0]).any()


def test_the_pool_of_a_smaller_ratio_begins_that_of_a_larger_one():
    arm = robot_arm()
    pools = [FreshPools(arm, ratio, seed=0) for ratio in (1, 2.5, 64)]
    for _ in range(2):
        small, middle, large = (pool.candidates(3)[0] for pool in pools)
        assert [len(X) for X in (small, middle, large)] == [3, 8, 192]
        assert_array_equal(large[:3], small)
        assert_array_equal(large[:8], middle)


@pytest.mark.parametrize("kind", ["fixed", "fresh"])
def test_labels_are_computed_for_what_is_asked_and_nothing_else(kind):
    computed = []

    def function(X):
        computed.extend(X[:, 0])
        return X[:, 0] * 2

    problem = Problem("double", function, [(0, 1)], ["x"], ["y"])
    if kind == "fixed":
        X = problem.sample(20, 0)
        pool = FixedPool(X, lambda rows: problem(X[rows]), X)
    else:
        pool = FreshPools(problem, 4, seed=0)
    X, _ = pool.candidates(5)
    assert not computed
    asked = pool.answer(np.array([3, 0]))
    assert computed == X[[3, 0], 0].tolist()
    assert_array_equal(asked.places, X[[3, 0]])
    assert_array_equal(asked.X, X[[3, 0]])
    assert_array_equal(asked.y, 2 * X[[3, 0], 0])
