"""Batches sliced from memory, where a DataLoader would collate them row by row."""

import numpy as np
import torch
from scipy import sparse
from torch.utils.data import Subset


class TensorBatches:
    """Iterate over a skorch dataset in slices of its arrays.

    A drop-in for ``iterator_train`` and ``iterator_valid`` of a skorch net whose data
    is in memory: several times faster than a `torch.utils.data.DataLoader` on small
    rows. Sparse rows are densified batch by batch.

    Parameters
    ----------
    dataset : skorch.dataset.Dataset or torch.utils.data.Subset of one
        Its ``X`` is an ndarray or a CSR matrix; its ``y`` an ndarray, a tuple of
        ndarrays or None.
    batch_size : int, default=128
        Rows of a batch. A last batch of one row joins the one before it: BatchNorm
        cannot train on a single row.
    shuffle : bool, default=False
        Whether every pass draws a new order, from torch's own generator.
    """

    def __init__(self, dataset, batch_size=128, shuffle=False):
        rows = torch.arange(len(dataset))
        while isinstance(dataset, Subset):
            rows = torch.as_tensor(np.asarray(dataset.indices))[rows]
            dataset = dataset.dataset
        self.rows = rows
        self.X = to_tensors(dataset.X)
        self.y = to_tensors(dataset.y)
        self.batch_size = batch_size
        self.shuffle = shuffle

    def __len__(self):
        return len(self._sizes())

    def __iter__(self):
        rows = self.rows
        if self.shuffle:
            rows = rows[torch.randperm(len(rows))]
        for batch in rows.split(self._sizes()):
            yield take_tensors(self.X, batch), take_tensors(self.y, batch)

    def _sizes(self):
        return batch_sizes(len(self.rows), self.batch_size)


def batch_sizes(n_rows, batch_size):
    """Numbers of rows; a last batch of one row joins the one before it."""
    full, rest = divmod(n_rows, batch_size)
    sizes = [batch_size] * full
    if rest == 1 and full and batch_size > 1:
        sizes[-1] += 1
    elif rest:
        sizes.append(rest)
    return sizes


def take_tensors(data, rows):
    """Rows of data in memory as tensors; a tensor of row numbers of any shape."""
    if data is None:
        return None
    if isinstance(data, tuple):
        return tuple(take_tensors(part, rows) for part in data)
    if sparse.issparse(data):
        dense = data[rows.reshape(-1).numpy()].toarray()
        return torch.from_numpy(dense).reshape(*rows.shape, -1)
    # Several times faster than data[rows].
    taken = data.index_select(0, rows.reshape(-1))
    return taken.view(*rows.shape, *data.shape[1:])


def to_tensors(data):
    """Arrays as tensors that share their memory; sparse rows stay as they are."""
    if data is None or sparse.issparse(data):
        return data
    if isinstance(data, tuple):
        return tuple(to_tensors(part) for part in data)
    return torch.from_numpy(data)
