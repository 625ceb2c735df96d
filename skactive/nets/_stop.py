"""Stop training once the training data is learned, or once it teaches no more.

After Beck et al., "Effective Evaluation of Deep Active Learning on Image Classification
Tasks", 2021, appendix A: train until the running training score reaches a target. The
score is counted over the batches as they are trained on, with dropout on and weights
that still move: a little below the score of the trained net, and free.
"""

from collections import deque
from numbers import Integral, Real

import numpy as np
import torch
from skorch import NeuralNetBinaryClassifier

from skactive.nets._callbacks import CheckedCallback
from skactive.nets._forward import first
from skactive.nets._outputs import _logits
from skactive.utils._sklearn import Interval

_N_EPOCHS = 10
_TARGET = Interval(Real, None, 1, closed="right")


def find_stop(net):
    """The rule that stops the training of an initialized net, or None."""
    rules = [call for _, call in net.callbacks_ if isinstance(call, StopAtScore)]
    return rules[0] if rules else None


class RunningScore(CheckedCallback):
    """Count how well the batches of an epoch were predicted as they were trained on."""

    def on_epoch_begin(self, net, **kwargs):
        self.sums_ = 0.0

    def on_batch_end(self, net, batch=None, training=None, y_pred=None, **kwargs):
        if training:
            y = batch[1]
            y = y[0] if isinstance(y, tuple) else y  # else with weights
            output = first(y_pred).detach()
            if isinstance(net, NeuralNetBinaryClassifier):
                output, y = _logits(net, output), y.long()
            self.sums_ = self.sums_ + self._count(output.cpu(), y).numpy()

    @staticmethod
    def _count(output, y):
        """Sums over a batch, of outputs (..., n_rows, n_outputs) and targets."""
        return (count_errors if y.dtype.is_floating_point else count_hits)(output, y)

    @staticmethod
    def _score(sums):
        """Accuracy or R² from the sums of an epoch."""
        return (r2 if sums.ndim == 2 else accuracy)(sums)


def count_hits(logits, y):
    """Hits and rows (..., 2) of logits (..., n_rows, n_classes)."""
    hits = (logits.argmax(-1) == y).sum(-1)
    return torch.stack([hits, torch.full_like(hits, y.shape[-1])], dim=-1)


def accuracy(sums):
    """Share of the hits."""
    hits, n = sums
    return hits / n


def count_errors(values, y):
    """Sums (..., 4, n_targets) of values and targets (..., n_rows, n_targets)."""
    residual, squares = ((values - y) ** 2).sum(-2), (y**2).sum(-2)
    n = torch.full_like(squares, y.shape[-2])
    return torch.stack([residual, squares, y.sum(-2), n], dim=-2).double()


def r2(sums):
    """R², pooled over the targets."""
    residual, squares, total, n = sums
    variation = (squares - total**2 / n).sum()
    return 1 - residual.sum() / variation if variation > 0 else -np.inf


class StopAtScore(RunningScore):
    """Base of the rules that end training by the score of its epochs."""

    def on_epoch_end(self, net, **kwargs):
        if self._reached(self.sums_):
            # skorch ends the training, and only that, on KeyboardInterrupt; its own
            # EarlyStopping stops this way.
            raise KeyboardInterrupt


class _StopAtMeanScore(StopAtScore):
    _parameter_constraints = {"target": [_TARGET]}

    def __init__(self, target):
        self.target = target

    def on_train_begin(self, net, **kwargs):
        self.scores_ = deque(maxlen=_N_EPOCHS)

    def _reached(self, sums):
        """Whether training stops after an epoch in which `_count` gave these sums."""
        self.scores_.append(self._score(sums))
        return len(self.scores_) == _N_EPOCHS and np.mean(self.scores_) >= self.target


class StopAtAccuracy(_StopAtMeanScore):
    """Stop a classifier when its accuracy over the last ten epochs reaches a target.

    A skorch callback. The accuracy is that on the batches as they are trained on, with
    dropout and augmentation. Of few labels the first epoch at the target means little,
    hence the mean over ten.

    Parameters
    ----------
    target : float
        The accuracy.

    See Also
    --------
    StopAtSaturation : Stops at the target at once, and where nothing improves.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from torch import nn
    >>> from skactive.nets import StopAtAccuracy, as_estimator
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = as_estimator(nn.Linear(4, 3), task="classification", lr=0.05,
    ...                    callbacks=[StopAtAccuracy(0.9)], random_state=0)
    >>> len(clf.fit(X, y).net_.history) < 100
    True
    """

    _score = staticmethod(accuracy)

    @staticmethod
    def _count(output, y):
        if y.dtype.is_floating_point:
            raise ValueError(
                "StopAtAccuracy is for classifiers; use StopAtR2 or StopAtSaturation "
                "(presets.get(..., task='regression'))."
            )
        return count_hits(output, y)


class StopAtR2(_StopAtMeanScore):
    """Stop a regressor when its R² over the last ten epochs reaches a target.

    A skorch callback; R² is pooled over the targets. All else is as for
    `StopAtAccuracy`.

    Parameters
    ----------
    target : float
        The R².

    See Also
    --------
    StopAtSaturation : Stops at the target at once, and where nothing improves.

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> from skactive.nets import StopAtR2, as_estimator
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> reg = as_estimator(nn.Linear(2, 1), task="regression", lr=0.05,
    ...                    callbacks=[StopAtR2(0.9)], random_state=0)
    >>> len(reg.fit(X, X[:, 0]).net_.history) < 100
    True
    """

    _score = staticmethod(r2)

    @staticmethod
    def _count(output, y):
        if not y.dtype.is_floating_point:
            raise ValueError(
                "StopAtR2 is for regressors; use StopAtAccuracy or StopAtSaturation "
                "(presets.get(..., task='classification'))."
            )
        return count_errors(output, y)


class StopAtSaturation(StopAtScore):
    """Stop when the training data is learned, or when training improves no more.

    A skorch callback for classifiers and regressors. The score is the accuracy of a
    classifier or the R² of a regressor on the batches as they are trained on, with
    dropout and augmentation. Training ends after the first epoch at the target. It also
    ends where the best of the last epochs is no real improvement on the best one before
    them: of a classifier's accuracy by `tolerance`, of a regressor's squared error by
    that share of it. Labels without rhyme then cost `patience` epochs instead of
    ``max_epochs``.

    What it does not see is an improvement that is still to come: of a learning rate
    that falls later, of a net that takes long to start. With a schedule, let `patience`
    be longer than its steps.

    Parameters
    ----------
    target : float or None, default=0.99
        The score; None stops at saturation alone.
    patience : int, default=10
        Number of epochs without improvement.
    tolerance : float, default=1e-3
        What counts as none; at least 0.

    See Also
    --------
    StopAtAccuracy, StopAtR2 : Stop when the mean score of ten epochs is at the target.

    References
    ----------
    Beck et al. (2021), "Effective Evaluation of Deep Active Learning on Image
    Classification Tasks", appendix A, for classifiers.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from torch import nn
    >>> from skactive.nets import StopAtSaturation, as_estimator
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = as_estimator(nn.Linear(4, 3), task="classification", lr=0.05,
    ...                    callbacks=[StopAtSaturation(0.9)], random_state=0)
    >>> len(clf.fit(X, y).net_.history) < 50
    True
    """

    _parameter_constraints = {
        "target": [_TARGET, None],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "tolerance": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, target=0.99, patience=10, tolerance=1e-3):
        self.target = target
        self.patience = patience
        self.tolerance = tolerance

    def on_train_begin(self, net, **kwargs):
        self.errors_ = []

    def _reached(self, sums):
        """Whether training stops after an epoch in which `_count` gave these sums."""
        is_regression = sums.ndim == 2
        score = self._score(sums)
        # Of targets that do not vary R² says nothing, and the error does.
        error = sums[0].sum() / sums[3].sum() if is_regression else 1 - score
        self.errors_.append(error)
        if self.target is not None and score >= self.target:
            return True
        if len(self.errors_) <= self.patience:
            return False
        before = min(self.errors_[: -self.patience])
        gain = before - min(self.errors_[-self.patience :])
        least = self.tolerance * (before if is_regression else 1)
        return not gain > least  # also where the training has diverged
