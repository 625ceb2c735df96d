import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import entr

from skactive.geometry import row_entropy, top_two


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
