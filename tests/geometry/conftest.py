import numpy as np
import pytest
from scipy import sparse

from skactive.geometry import ProductFeatures


def frozen(array):
    array.flags.writeable = False
    return array


def as_kind(kind, dense):
    """The same rows as dense, sparse or product features, all of them read-only."""
    dense = np.asarray(dense)
    if kind in ("float32", "float64", "int64"):
        return frozen(dense.astype(kind))
    if kind == "product":  # the factor 1 ⊗ row: any matrix is a product
        ones = frozen(np.ones((len(dense), 1)))
        return ProductFeatures(ones, frozen(dense.astype(np.float64)))
    matrix = {"csr_array": sparse.csr_array, "csr_matrix": sparse.csr_matrix}[kind]
    matrix = matrix(dense.astype(np.float64))
    frozen(matrix.data)
    return matrix


@pytest.fixture(
    params=["float32", "float64", "int64", "csr_array", "csr_matrix", "product"]
)
def make(request):
    return lambda dense: as_kind(request.param, dense)


@pytest.fixture
def product():
    """Product features of two real factors, and the same rows multiplied out."""
    rng = np.random.default_rng(3)
    left, right = rng.normal(size=(60, 3)), rng.normal(size=(60, 5))
    dense = np.einsum("ia,id->iad", left, right).reshape(60, 15)
    return ProductFeatures(frozen(left), frozen(right)), dense
