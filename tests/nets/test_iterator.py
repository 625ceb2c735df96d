import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from scipy import sparse
from skorch.dataset import Dataset
from torch.utils.data import DataLoader, Subset

from skactive.nets._iterator import TensorBatches

X = np.arange(46, dtype=np.float32).reshape(23, 2)
y = np.arange(23)


@pytest.mark.parametrize("batch_size", [1, 3, 5, 7, 23, 100])
def test_same_batches_as_a_data_loader(batch_size):
    data = Dataset(X, y)
    ours = list(TensorBatches(data, batch_size))
    loader = list(DataLoader(data, batch_size))
    assert len(ours) == len(loader) == len(TensorBatches(data, batch_size))
    for (Xi, yi), (Xj, yj) in zip(ours, loader, strict=True):
        assert_array_equal(Xi, Xj)
        assert_array_equal(yi, yj)


def test_a_last_row_alone_joins_the_batch_before():
    sizes = [len(Xi) for Xi, _ in TensorBatches(Dataset(X, y), 11)]
    assert sizes == [11, 12]


def test_shuffling_keeps_rows_and_targets_together():
    batches = TensorBatches(Dataset(X, (y, y + 0.5)), 4, shuffle=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        passes = [list(batches), list(batches)]
    orders = [torch.cat([target for _, (target, _) in p]) for p in passes]
    assert_array_equal(np.sort(orders[0]), y)
    assert orders[0].tolist() != y.tolist()
    assert orders[0].tolist() != orders[1].tolist()
    for Xi, (target, weight) in passes[0]:
        assert_array_equal(Xi, X[target])
        assert_array_equal(weight, target + 0.5)


def test_subsets_of_subsets_and_no_targets():
    nested = Subset(Subset(Dataset(X), np.array([3, 5, 7, 9])), [2, 0])
    [(Xi, yi)] = TensorBatches(nested, 8)
    assert_array_equal(Xi, X[[7, 3]])
    assert yi is None


def test_sparse_rows_come_dense():
    dense = np.where(X % 3 == 0, X, 0)
    batches = TensorBatches(Dataset(sparse.csr_matrix(dense), y), 6)
    assert_array_equal(torch.cat([Xi for Xi, _ in batches]), dense)
