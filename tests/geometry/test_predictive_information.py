"""Information about the labels of targets, against loops over all pairs of labels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import config_context

from skactive.geometry import mutual_information, predictive_information

rng_of = np.random.default_rng


def drawn(n, n_draws=5, n_classes=3, seed=0):
    return rng_of(seed).dirichlet(np.full(n_classes, 0.4), size=(n, n_draws))


def by_loops(draws, targets):
    def entropy(p):
        return -sum(x * np.log(x) for x in np.ravel(p) if x > 0)

    draws, targets = draws.astype(np.float64), targets.astype(np.float64)
    n_draws = draws.shape[1]
    result = []
    for own in draws:
        values = []
        for other in targets:
            joint = sum(np.outer(own[t], other[t]) for t in range(n_draws)) / n_draws
            apart = entropy(joint.sum(axis=1)) + entropy(joint.sum(axis=0))
            values.append(apart - entropy(joint))
        result.append(np.mean(values))
    return result


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loops_over_rows_and_targets(n_classes, dtype):
    draws = drawn(12, n_classes=n_classes).astype(dtype)
    targets = drawn(7, n_classes=n_classes, seed=1).astype(dtype)
    draws[0] = targets[0] = np.eye(n_classes, dtype=dtype)[[0, 1, 0, 1, 1]]
    found = predictive_information(draws, targets)
    assert_allclose(found, by_loops(draws, targets), atol=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_between_zero_and_what_is_known_of_the_model(seed):
    draws = drawn(40, seed=seed)
    found = predictive_information(draws, drawn(30, seed=seed + 99))
    assert (found >= 0).all()
    assert (found <= mutual_information(draws) + 1e-9).all()


def test_independent_labels_tell_nothing():
    # All four combinations of what the draws say of a row and of the target.
    a, b = [1.0, 0.0], [0.0, 1.0]
    found = predictive_information(np.array([[a, a, b, b]]), np.array([[a, b, a, b]]))
    assert found == [0]


def test_copies_are_equal_and_little_memory_will_do():
    draws, targets = drawn(9), drawn(20, seed=1)
    copies = np.tile(draws, (40, 1, 1))
    with config_context(working_memory=0.1):
        found = predictive_information(copies, targets)
    assert (found.reshape(40, 9) == found[:9]).all()
    assert_allclose(found[:9], predictive_information(draws, targets))
