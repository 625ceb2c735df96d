"""Epochs that pass over some of the rows, each with a weight of its own."""

import numpy as np
from torch.utils.data import Subset


class SubsetBatches:
    """Iterate over the batches that another iterator makes of the rows wanted now.

    Parameters
    ----------
    dataset : torch.utils.data.Dataset
        All rows.
    iterator : callable
        The iterator of the net, as in its ``iterator_train``.
    wanted : callable
        Gives for `dataset` the dataset to pass over; asked anew for each epoch.
    **options : dict
        Options of `iterator`, ``batch_size`` for one.
    """

    def __init__(self, dataset, *, iterator, wanted, **options):
        self.dataset = dataset
        self.iterator = iterator
        self.wanted = wanted
        self.options = options

    def __len__(self):
        return len(self._batches())

    def __iter__(self):
        return iter(self._batches())

    def _batches(self):
        return self.iterator(self.wanted(self.dataset), **self.options)


def iterator_below(iterator):
    """The iterator of a net, as it is where nothing chooses its rows."""
    chosen = getattr(iterator, "func", None) is SubsetBatches
    return iterator.keywords["iterator"] if chosen else iterator


def subset_of(net, dataset, rows, weights=None):
    """Some rows of a dataset, weighted.

    Parameters
    ----------
    net : skorch.NeuralNet
        Makes datasets.
    dataset : skorch.dataset.Dataset or torch.utils.data.Subset of one
        Of the net; its targets may be pairs with sample weights.
    rows : ndarray of int
        Row numbers in `dataset`.
    weights : ndarray of shape (n_rows,), default=None
        Multiply the sample weights. Without either, targets stay alone.

    Returns
    -------
    subset : torch.utils.data.Subset
        No row is copied. Its weights have mean 1.

    Raises
    ------
    TypeError
        If the rows are not in the memory of the dataset.
    """
    while isinstance(dataset, Subset):
        rows = np.asarray(dataset.indices)[rows]
        dataset = dataset.dataset
    if not hasattr(dataset, "X") or not hasattr(dataset, "y"):
        raise TypeError(
            f"The rows of a {type(dataset).__name__} cannot be weighted; pass X and y "
            "as arrays, for which the net makes a skorch.dataset.Dataset."
        )
    y = dataset.y
    if isinstance(y, tuple):
        y, own = y
        weights = own[rows] if weights is None else own[rows] * weights
    if weights is None:
        return Subset(dataset, rows)
    full = np.zeros(len(dataset), dtype=np.float32)
    full[rows] = weights / weights.mean()
    return Subset(net.get_dataset(dataset.X, (y, full)), rows)
