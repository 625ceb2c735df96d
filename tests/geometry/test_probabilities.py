import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import entr
from scipy.stats import chisquare

from skactive.geometry import largest_entropies, row_entropy, top_k, top_two


def probabilities(n_rows, n_classes, dtype):
    rng = np.random.default_rng(n_classes)
    P = rng.dirichlet(np.full(n_classes, 0.1), n_rows).astype(dtype)
    P[::7] = np.eye(n_classes, dtype=dtype)[0]
    P.flags.writeable = False
    return P


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float32", 2e-6), ("float64", 1e-14)]
)
@pytest.mark.parametrize("n_classes", [1, 2, 10, 1000])
def test_entropy(dtype, tolerance, n_classes):
    P = probabilities(3001, n_classes, dtype)
    entropy = row_entropy(P)
    assert entropy.dtype == np.float64
    expected = entr(P.astype(np.float64)).sum(axis=1)
    assert_allclose(entropy, expected, rtol=tolerance, atol=tolerance)
    assert_array_equal(entropy[::7], 0)
    assert not np.signbit(entropy[::7]).any()


def test_entropy_of_uniform_and_of_other_memory_layouts():
    assert_allclose(row_entropy(np.full((3, 4), 0.25)), np.log(4))
    P = probabilities(500, 6, "float64")
    assert_allclose(row_entropy(np.asfortranarray(P)), row_entropy(P))
    assert_allclose(row_entropy(P[::-2, ::2]), entr(P[::-2, ::2]).sum(axis=1))


@given(
    arrays(
        st.sampled_from(["float32", "float64"]),
        st.tuples(st.integers(1, 20), st.integers(2, 6)),
        elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    )
)
def test_top_two(P):
    largest, second = top_two(P)
    ordered = np.sort(P, axis=1)
    assert_array_equal(largest, ordered[:, -1])
    assert_array_equal(second, ordered[:, -2])


@pytest.mark.parametrize("n_classes", [2, 10, 1000])
def test_top_two_over_several_chunks(n_classes):
    P = probabilities(30_001 if n_classes < 100 else 101, n_classes, "float32")
    largest, second = top_two(P)
    ordered = np.sort(P, axis=1)
    assert_array_equal(largest, ordered[:, -1])
    assert_array_equal(second, ordered[:, -2])


def test_top_two_of_one_class():
    largest, second = top_two(np.ones((3, 1)))
    assert_array_equal(largest, 1)
    assert_array_equal(second, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_classes", [1, 2, 3, 7, 10, 41, 300])
def test_largest_entropies_are_those_of_all(n_classes, dtype):
    rng = np.random.default_rng(n_classes)
    P = rng.dirichlet(np.ones(n_classes), 5003).astype(dtype)
    P[::7] = np.eye(n_classes)[0]  # 0 log 0
    exclude = np.arange(0, 5003, 3)
    for k in (1, 10, 700):
        rows, entropies = largest_entropies(
            P, k, rng=np.random.default_rng(0), exclude=exclude
        )
        exact = entr(P.astype(np.float64)).sum(axis=1)
        expected = top_k(exact, k, rng=np.random.default_rng(0), exclude=exclude)
        assert_array_equal(entropies, exact[expected])
        assert_array_equal(entropies, exact[rows])
        assert not np.isin(rows, exclude).any()
        assert len(set(rows)) == k


def test_largest_entropies_break_ties_by_lot():
    P = np.tile(np.float32([0.2, 0.3, 0.5]), (9000, 1))
    rows = np.concatenate(
        [
            largest_entropies(P, 100, rng=np.random.default_rng(seed))[0]
            for seed in range(30)
        ]
    )
    quarters = np.bincount(rows * 4 // 9000, minlength=4)
    assert chisquare(quarters).pvalue > 0.001


def test_largest_entropies_refuse_what_is_not_finite():
    P = np.full((50, 2), 0.5, dtype=np.float32)
    P[7, 1] = np.nan
    with pytest.raises(ValueError, match="1 rows are not finite, first in row 7"):
        largest_entropies(P, 3, rng=np.random.default_rng(0))
