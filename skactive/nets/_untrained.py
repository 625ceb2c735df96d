"""Nets that are ready to be trained, to be trained at once.

What `fit` does before training is done for each estimator on its own; the training of
several nets is one loop where that is the same, see `train_together`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import torch
from scipy import sparse

from skactive.nets._criterion import check_reduction, checked_outputs
from skactive.nets._interrupts import train
from skactive.nets._iterator import take_tensors, to_tensors
from skactive.nets._joinable import kind_of_module, why_apart
from skactive.nets._seeding import seeded_torch
from skactive.nets._together import batches_of, train_together
from skactive.utils import draw_seed

_collected = ContextVar("collected", default=None)


class Untrained:
    """A net with its first weights, and the data it is to be trained on.

    Parameters
    ----------
    estimator : BaseNet
        Its labels are met.
    X : {ndarray, CSR matrix}
        Checked samples.
    prepared : tuple
        What its `_prepare` gave.
    former : skorch.NeuralNet or None
        To go on from.

    Attributes
    ----------
    net : skorch.NeuralNet
        Initialized.
    targets : ndarray of shape (n_samples, ...)
        Encoded.
    generator : torch.Generator
        Stands where torch's own would as training begins.
    """

    def __init__(self, estimator, X, prepared, former):
        self.estimator = estimator
        self.X = X
        self.net, self.targets, self.n_outputs = prepared
        self.generator = torch.Generator()
        self._seed = draw_seed(estimator.random_state)
        with seeded_torch(self._seed, self.net.device):
            estimator._initialize(self.net, X, self.n_outputs, former)
            self.generator.set_state(torch.get_rng_state())
        check_reduction(self.net)

    @property
    def shape(self):
        """What nets that are trained at once have in common."""
        return (
            self.X.shape,
            sparse.issparse(self.X),
            self.targets.shape,
            self.n_outputs,
            self.kind,
        )

    @property
    def kind(self):
        """What the module is, the numbers in its weights aside."""
        return kind_of_module(self.net.module_)

    def why_apart(self):
        """Say what keeps nets like this one from being trained at once, or None."""
        first = torch.arange(batches_of(self.net, len(self.targets))[0])
        with self.checked():
            return why_apart(
                self.net,
                take_tensors(to_tensors(self.X), first),
                torch.as_tensor(self.targets)[first],
            )

    def train(self):
        """Train the net as `fit` would have."""
        with seeded_torch(self._seed, self.net.device), self.checked():
            torch.set_rng_state(self.generator.get_state())
            train(self.net, self.X, self.targets)

    def checked(self):
        """Check outputs against targets in each loss."""
        task = self.estimator._task
        return checked_outputs(self.net, self.n_outputs, task=task)


def train_at_once(untrained, X, rows):
    """Train nets that have the same `shape`, one `why_apart` of None for all.

    Parameters
    ----------
    untrained : list of Untrained
    X : Tensor or CSR matrix
        Samples of all nets.
    rows : list of ndarray of shape (n_rows,)
        The samples of each net.
    """
    with untrained[0].checked():
        train_together(
            [each.net for each in untrained],
            [each.generator for each in untrained],
            X,
            rows,
            [each.targets for each in untrained],
        )


def train_collected(untrained):
    """Train nets that have the same `shape`, one `why_apart` of None for all."""
    if len(untrained) == 1:
        return untrained[0].train()
    tables = [each.X for each in untrained]
    is_sparse = sparse.issparse(tables[0])
    X = sparse.vstack(tables, format="csr") if is_sparse else np.concatenate(tables)
    rows = np.arange(X.shape[0]).reshape(len(tables), -1)
    return train_at_once(untrained, to_tensors(X), list(rows))


@contextmanager
def collected_training(untrained):
    """Within it, `fit` of a net does all but train, and adds what is left to the list.

    The estimators are fitted as soon as their nets are trained, in place.
    """
    token = _collected.set(untrained)
    try:
        yield
    finally:
        _collected.reset(token)


def collect(*args):
    """Add an `Untrained` to the list if there is one; say whether."""
    untrained = _collected.get()
    if untrained is None:
        return False
    untrained.append(Untrained(*args))
    return True
