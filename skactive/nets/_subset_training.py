"""Training on a part of the samples that is chosen again every few epochs."""

from contextlib import ExitStack
from functools import partial
from numbers import Integral, Real

import numpy as np
import torch

from skactive.nets._callbacks import CheckedCallback
from skactive.nets._subset_batches import SubsetBatches, subset_of
from skactive.nets._weights import weighted_losses
from skactive.utils._sklearn import Interval


class SubsetTraining(CheckedCallback):
    """Base of the callbacks that choose what an epoch passes over.

    A subclass gives in `_choose` the rows of the training data and their weights, or
    None; it may leave rows out of all epochs in `_hold_out`.
    """

    _weighs = False
    _parameter_constraints = {
        "fraction": [Interval(Real, 0, 1, closed="right")],
        "refresh": [Interval(Integral, 1, None, closed="left")],
        "warm_up": [Interval(Integral, 0, None, closed="left")],
    }

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Put the choice between the net and its batches."""
        self._check(net, y)
        # The generator is that of the training: seeded, in an estimator of ours.
        self.rng_ = np.random.default_rng(int(torch.randint(2**31 - 1, ())))
        self.n_epochs_ = 0
        self.rows_ = self.weights_ = None
        self._subset = None
        self._iterator = _iterator_without(self, net)
        # Not by `set_params`, which an initialized net refuses.
        net.iterator_train = partial(
            SubsetBatches, iterator=self._iterator, wanted=self._wanted
        )
        self._hooks = ExitStack()
        if self._weighs and not isinstance(getattr(X, "y", None), tuple):
            self._hooks.enter_context(weighted_losses(net))

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Choose, if it is time to."""
        if self.n_epochs_ == 0:
            self._hold_out(net, dataset_train, dataset_valid)
        n_since = self.n_epochs_ - self.warm_up
        if n_since >= 0 and n_since % self.refresh == 0:
            n_rows = max(1, round(self.fraction * len(dataset_train)))
            rows, weights = self._choose(net, dataset_train, dataset_valid, n_rows)
            order = np.argsort(rows)
            self.rows_ = rows[order]
            self.weights_ = None if weights is None else weights[order]
            self._subset = subset_of(net, dataset_train, self.rows_, self.weights_)
        self.n_epochs_ += 1

    def on_train_end(self, net, X=None, y=None, **kwargs):
        """Leave the net as it was found."""
        self._hooks.close()
        net.iterator_train = self._iterator
        del self._hooks, self._iterator, self._subset

    def _check(self, net, y):
        """Refuse what the choice would fail on, by default nothing."""

    def _hold_out(self, net, dataset, valid):
        """Nothing, by default."""

    def _wanted(self, dataset):
        return dataset if self._subset is None else self._subset


def _iterator_without(callback, net):
    """The iterator of a net; after a training that broke off, the one before it."""
    iterator = net.iterator_train
    if getattr(iterator, "func", None) is not SubsetBatches:
        return iterator
    owner = iterator.keywords["wanted"].__self__
    if owner is not callback:
        raise ValueError(
            f"{type(owner).__name__} and {type(callback).__name__} both choose what "
            "an epoch passes over; keep one of them in `callbacks`."
        )
    callback._hooks.close()
    return iterator.keywords["iterator"]
