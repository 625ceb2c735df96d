"""Matching pursuit against dense gradients and SciPy's NNLS."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.optimize import nnls

from skactive.geometry import ProductFeatures, matching_pursuit


def rng():
    return np.random.default_rng(0)


def naive(G, n_picks, penalty):
    """The algorithm as the paper writes it, on dense gradients."""
    total, picks, weights = G.sum(axis=0), [], np.empty(0)
    left = total
    while len(picks) < n_picks and np.linalg.norm(left) > 1e-4 * np.linalg.norm(total):
        gains = G @ left
        gains[picks] = -np.inf
        if gains.max() <= 1e-9:
            break
        picks = [*picks, int(gains.argmax())]
        A = np.vstack([G[picks].T, np.sqrt(penalty) * np.eye(len(picks))])
        weights, _ = nnls(A, np.append(total, np.zeros(len(picks))))
        picks = [p for p, w in zip(picks, weights, strict=True) if w > 0]
        weights = weights[weights > 0]
        left = total - weights @ G[picks]
    return picks, weights


def objective(G, rows, weights, penalty):
    left = G.sum(axis=0) - weights @ G[rows]
    return left @ left + penalty * weights @ weights


@pytest.mark.parametrize("penalty", [0, 0.5, 20])
@pytest.mark.parametrize("seed", range(5))
def test_equal_to_dense_nnls(seed, penalty):
    draws = np.random.default_rng(seed)
    G = draws.normal(size=(40, 15)) + 0.3
    for n_picks in (1, 2, 5, 12):
        rows, weights = matching_pursuit(G, n_picks, penalty=penalty, rng=rng())
        expected, expected_weights = naive(G, n_picks, penalty)
        assert_array_equal(rows, expected)
        assert_allclose(weights, expected_weights, rtol=1e-6)


def test_a_sparse_combination_is_recovered():
    # Near the axes, and the sum is carried by four of them.
    G = np.eye(12) + np.random.default_rng(1).normal(scale=0.01, size=(12, 12))
    G[4:] *= 1e-6
    rows, weights = matching_pursuit(G, 4, rng=rng())
    assert sorted(rows) == [0, 1, 2, 3]
    assert_allclose(weights, 1, atol=1e-4)
    # Copies: the same sum, carried by half of the rows with weights of two.
    rows, weights = matching_pursuit(np.vstack([G[:4], G[:4]]), 8, rng=rng())
    assert sorted(rows % 4) == [0, 1, 2, 3]
    assert_allclose(weights, 2, atol=1e-8)


@pytest.mark.parametrize("penalty", [0, 0.3, 100])
def test_one_pick_in_closed_form(penalty):
    # The public code forgets the penalty in the first step.
    G = np.random.default_rng(2).normal(size=(20, 6)) + 0.5
    total = G.sum(axis=0)
    rows, weights = matching_pursuit(G, 1, penalty=penalty, rng=rng())
    assert rows.tolist() == [(G @ total).argmax()]
    g = G[rows[0]]
    assert_allclose(weights, [g @ total / (g @ g + penalty)])


@pytest.mark.parametrize("penalty", [0, 0.5, 5])
def test_every_pick_gets_closer(penalty):
    G = np.random.default_rng(3).normal(size=(60, 30)) + 0.1
    values = [objective(G, [], np.empty(0), penalty)]
    for n_picks in range(1, 25):
        rows, weights = matching_pursuit(G, n_picks, penalty=penalty, rng=rng())
        assert len(set(rows)) == len(rows) <= n_picks
        assert np.isfinite(weights).all()
        assert (weights > 0).all()
        values.append(objective(G, rows, weights, penalty))
    assert (np.diff(values) <= 1e-9 * values[0]).all()


def test_with_all_rows_nothing_is_missing():
    G = np.random.default_rng(4).normal(size=(15, 40))
    rows, weights = matching_pursuit(G, 15, tolerance=1e-9, rng=rng())
    assert_allclose(weights @ G[rows], G.sum(axis=0), atol=1e-6)
    # More rows than columns: a few do, and the search ends.
    G = np.random.default_rng(5).normal(size=(200, 6)) + 0.2
    rows, weights = matching_pursuit(G, 200, rng=rng())
    assert len(rows) <= 7
    assert_allclose(weights @ G[rows], G.sum(axis=0), atol=1e-3)


def test_weights_belong_to_their_rows_after_picks_have_left():
    # The public code drops rows by stale indices, and keeps the weights of others.
    left = False
    for seed in range(40):
        G = np.random.default_rng(seed).normal(size=(30, 8)) + 0.4
        rows, weights = matching_pursuit(G, 25, penalty=0.01, rng=rng())
        best, _ = nnls(
            np.vstack([G[rows].T, 0.1 * np.eye(len(rows))]),
            np.append(G.sum(axis=0), np.zeros(len(rows))),
        )
        assert_allclose(weights, best, rtol=1e-5)
        paths = [
            set(matching_pursuit(G, k, penalty=0.01, rng=rng())[0])
            for k in range(1, len(rows) + 1)
        ]
        left |= any(not a <= b for a, b in pairwise(paths))
    assert left  # else nothing was tested


def test_it_goes_on_where_a_row_repeats():
    # Copies of the best row come right after it; the public code stops there.
    G = np.repeat(np.array([[3.0, 0.0], [0.0, 1.0]]), [5, 1], axis=0)
    rows, weights = matching_pursuit(G, 4, rng=rng())
    assert_allclose(weights @ G[rows], G.sum(axis=0), atol=1e-8)
    rows, weights = matching_pursuit(G, 6, penalty=0.5, rng=rng())
    assert sorted(rows) == [0, 1, 2, 3, 4, 5]
    assert_allclose(weights[rows < 5], weights[rows < 5][0])


def test_it_stops_where_nothing_is_aligned():
    # No row with a weight of one, as the public code fills up with.
    rows, weights = matching_pursuit(
        np.array([[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]]), 3, rng=rng()
    )
    assert rows.tolist() == [0]
    assert_allclose(weights, 0.5)
    for zero in (np.zeros((3, 2)), np.array([[1.0], [-1.0]])):
        rows, weights = matching_pursuit(zero, 2, rng=rng())
        assert len(rows) == len(weights) == 0


def test_factors_and_sparse_rows():
    draws = np.random.default_rng(6)
    left, right = draws.normal(size=(50, 3)), draws.normal(size=(50, 7))
    right[right < 0.3] = 0
    product = ProductFeatures(left, right.astype(np.float32))
    expected = matching_pursuit(np.asarray(product), 12, penalty=0.5, rng=rng())
    for features in (product, ProductFeatures(left, sparse.csr_matrix(product.right))):
        rows, weights = matching_pursuit(features, 12, penalty=0.5, rng=rng())
        assert_array_equal(rows, expected[0])
        assert_allclose(weights, expected[1], rtol=1e-6)


def test_ties_are_broken_at_random():
    firsts = {
        matching_pursuit(np.ones((6, 2)), 1, rng=np.random.default_rng(seed))[0][0]
        for seed in range(40)
    }
    assert firsts == set(range(6))


@pytest.mark.parametrize(
    ("features", "n_picks", "message"),
    [
        (np.ones((3, 2)), 4, "n_picks=4"),
        (np.ones((3, 2)), 0, "n_picks=0"),
        (np.array([[np.nan], [1.0]]), 1, "not finite"),
    ],
)
def test_bad_input(features, n_picks, message):
    with pytest.raises(ValueError, match=message):
        matching_pursuit(features, n_picks, rng=rng())
