import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.geometry import ProductFeatures

LEFT = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
RIGHT = np.array([[1.0, 0.0, -1.0], [0.0, 2.0, 0.0], [1.0, 1.0, 1.0]])


def multiplied(rows=slice(None)):
    return np.array([np.outer(a, b).ravel() for a, b in zip(LEFT, RIGHT, strict=True)])[
        rows
    ]


@pytest.mark.parametrize("convert", [np.asarray, sparse.csr_array, sparse.csr_matrix])
def test_is_the_outer_product(convert):
    features = ProductFeatures(LEFT, convert(RIGHT))
    assert features.shape == (3, 6)
    assert len(features) == 3
    assert_array_equal(np.asarray(features), multiplied())


@pytest.mark.parametrize("convert", [np.asarray, sparse.csr_array, sparse.csr_matrix])
@pytest.mark.parametrize(
    "rows", [np.array([2, 0, 2]), slice(1, None), np.array([True, False, True])]
)
def test_rows(convert, rows):
    part = ProductFeatures(LEFT, convert(RIGHT))[rows]
    assert isinstance(part, ProductFeatures)
    assert_array_equal(np.asarray(part), multiplied(rows))


def test_dtype():
    features = ProductFeatures(LEFT.astype(np.float32), RIGHT.astype(np.float32))
    assert features.dtype == np.float32
    assert np.asarray(features).dtype == np.float32
    assert np.asarray(features, dtype=np.float64).dtype == np.float64
    assert ProductFeatures(LEFT, RIGHT.astype(np.float32)).dtype == np.float64


def test_refuses_to_become_large():
    features = ProductFeatures(np.ones((1001, 100)), np.ones((1001, 10)))
    with pytest.raises(ValueError, match=r"\(1001, 1000\).*take fewer rows"):
        np.asarray(features)
    assert_allclose(np.asarray(features[:1000]).sum(), 1e6)


def test_refuses_to_be_a_view():
    with pytest.raises(ValueError, match="copy"):
        np.array(ProductFeatures(LEFT, RIGHT), copy=False)


@pytest.mark.parametrize(
    ("left", "right"), [(LEFT, RIGHT[:2]), (LEFT[0], RIGHT), (LEFT, RIGHT[0])]
)
def test_factors_that_do_not_fit(left, right):
    with pytest.raises(ValueError, match="one row per sample"):
        ProductFeatures(left, right)


def test_sparse_left_factor():
    with pytest.raises(TypeError, match="left is sparse"):
        ProductFeatures(sparse.csr_array(LEFT), RIGHT)
