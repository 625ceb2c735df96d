"""Average the weights of the last epochs.

Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization",
UAI 2018. Beck et al. (2021) begin where the training accuracy is at 0.95.
"""

from numbers import Integral

import numpy as np
import torch
from skorch.dataset import unpack_data
from torch.optim.swa_utils import AveragedModel, update_bn

from skactive.nets._stop import RunningScore
from skactive.nets._subset_batches import iterator_below
from skactive.utils._sklearn import Interval, RealNotInt


class WeightAveraging(RunningScore):
    """Let a net end with the mean of its weights over the last epochs.

    A skorch callback: stochastic weight averaging. Once begun, it counts in the weights
    at the end of each epoch. When training ends, also by a rule that stops it, the net
    gets their mean, and predictions, queries and a later warm start use that. Running
    statistics, such as BatchNorm's, belong to other weights then: they are computed
    anew by a pass over the training samples, augmented as they were, all of them also
    where `GradMatch` or `GlisterSubset` chose some.
    Where averaging never began, nothing changes.

    It costs the memory of one more net. Several epochs have to follow the beginning:
    with `StopAtSaturation` at 0.99 there may be next to none.

    Parameters
    ----------
    start : float or int, default=0.95
        A float in (0, 1]: begin after the first epoch in which the training score is so
        high, the accuracy of a classifier or the R² of a regressor. An int: the first
        epoch that counts, from 1 to ``max_epochs``.

    Attributes
    ----------
    n_averaged_ : int
        Number of epochs whose weights were averaged.

    References
    ----------
    Izmailov, Podoprikhin, Garipov, Vetrov and Wilson (2018), "Averaging Weights Leads
    to Wider Optima and Better Generalization".

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from torch import nn
    >>> from skactive.nets import WeightAveraging, as_estimator
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = as_estimator(nn.Linear(4, 3), task="classification", lr=0.05,
    ...                    callbacks=[("average", WeightAveraging(0.8))],
    ...                    random_state=0)
    >>> average = dict(clf.fit(X, y).net_.callbacks_)["average"]
    >>> 0 < average.n_averaged_ < 100
    True
    """

    _parameter_constraints = {
        "start": [
            Interval(RealNotInt, 0, 1, closed="right"),
            Interval(Integral, 1, None, closed="left"),
        ]
    }

    def __init__(self, start=0.95):
        self.start = start

    def on_train_begin(self, net, **kwargs):
        if isinstance(self.start, Integral) and self.start > net.max_epochs:
            raise ValueError(
                f"{self!r} begins at an epoch that never comes: the net has "
                f"max_epochs={net.max_epochs}."
            )
        self.n_epochs_, self.n_averaged_ = 0, 0
        self.averaged_ = self.sums_ = None

    # The end of an epoch is seen where the next one begins or training ends: a callback
    # that stops the training may come first.
    def on_epoch_begin(self, net, dataset_train=None, **kwargs):
        self._count_in(net)
        self.dataset_ = dataset_train
        super().on_epoch_begin(net, **kwargs)

    def on_train_end(self, net, **kwargs):
        self._count_in(net)
        if self.n_averaged_:
            _copy_weights(self.averaged_.module, net.module_)
            update_bn(_inputs(net, self.dataset_), net.module_, device=net.device)
        self.averaged_ = self.dataset_ = self.sums_ = None

    def _count_in(self, net):
        if self.sums_ is None or not np.ndim(self.sums_):  # no batch since
            return
        self.n_epochs_ += 1
        if not self.n_averaged_ and not self._begins(self.sums_):
            return
        if self.averaged_ is None:
            self.averaged_ = AveragedModel(net.module_)
        self.averaged_.update_parameters(net.module_)
        self.n_averaged_ += 1

    def _begins(self, sums):
        if isinstance(self.start, Integral):
            return self.n_epochs_ >= self.start
        return self._score(sums) >= self.start


def _inputs(net, dataset):
    """Batches of all samples, also where a callback chooses some and has not ended."""
    iterator = net.iterator_train
    net.iterator_train = iterator_below(iterator)
    try:
        batches = net.get_iterator(dataset, training=True)
    finally:
        net.iterator_train = iterator
    return (unpack_data(batch)[0] for batch in batches)


@torch.no_grad()
def _copy_weights(source, target):
    pairs = zip(source.parameters(), target.parameters(), strict=True)
    for weight, own in pairs:
        own.copy_(weight)
