"""Keep the weights of some epochs, and predict with each of them.

So that what a net has said of a sample in the course of its training can be told of any
pool, also of one that was not there then.
"""

import math
from copy import copy, deepcopy
from numbers import Integral

import numpy as np

from skactive.nets._callbacks import CheckedCallback
from skactive.nets._forward import forward
from skactive.utils import count_rows, take_rows
from skactive.utils._sklearn import Interval

# Numbers in a block of samples, and of answers of all epochs to it.
_N_NUMBERS = 2**23


class Snapshots(CheckedCallback):
    """Keep the weights that a net had after some of its epochs.

    A skorch callback. The epochs are evenly spaced from the first one on: where there
    would be too many, every other one is dropped and the step doubled, so between half
    of `n_snapshots` and all of them remain. Weights that are frozen are not kept. The
    last epoch is that of the net itself and is not kept either.

    What the net said in these epochs is an output of its view,
    `ModelView.predict_epochs <skactive.ModelView.predict_epochs>`. The strategies
    `prediction_switches` and `epoch_variability` need it, and without dropout layers
    the epochs serve as draws of the posterior, for `bald` and others. A pass over the
    pool is needed for each snapshot.

    Parameters
    ----------
    n_snapshots : int, default=10
        At most so many are kept. Each takes the memory of the trained weights, where
        the CPU has its memory; copies and pickles of the estimator have them too.

    Attributes
    ----------
    epochs_ : list of int
        Numbers of the epochs, from 1.
    states_ : list of dict
        Weights and statistics after these epochs.

    References
    ----------
    Toneva et al. (2019), "An Empirical Study of Example Forgetting during Deep Neural
    Network Learning", for what the course of training tells of a sample.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from torch import nn
    >>> from skactive import ModelView
    >>> from skactive.nets import Snapshots, as_estimator
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = as_estimator(nn.Linear(4, 3), task="classification", max_epochs=20,
    ...                    callbacks=[("snapshots", Snapshots(8))], random_state=0)
    >>> dict(clf.fit(X, y).net_.callbacks_)["snapshots"].epochs_
    [1, 5, 9, 13, 17]
    >>> ModelView(X, clf).predict_epochs().shape
    (150, 6, 3)
    """

    _parameter_constraints = {
        "n_snapshots": [Interval(Integral, 1, None, closed="left")]
    }

    def __init__(self, n_snapshots=10):
        self.n_snapshots = n_snapshots

    def on_train_begin(self, net, **kwargs):
        if sum(isinstance(call, Snapshots) for _, call in net.callbacks_) > 1:
            raise ValueError(
                "Two Snapshots keep epochs of one net; keep one of them in `callbacks`."
            )
        self.epochs_, self.states_ = [], []
        self.n_epochs_, self.step_ = 0, 1

    # The state after an epoch is that before the next one, if there is a next one.
    def on_epoch_begin(self, net, **kwargs):
        n_epochs = self.n_epochs_
        self.n_epochs_ += 1
        if n_epochs == 0 or (n_epochs - 1) % self.step_:
            return
        if len(self.states_) == self.n_snapshots:
            self.step_ *= 2
            del self.epochs_[1::2], self.states_[1::2]
            if (n_epochs - 1) % self.step_:
                return
        self.epochs_.append(n_epochs)
        self.states_.append(_state(net.module_))


def _state(module):
    """Copies of trained weights and of all statistics."""
    frozen = {name for name, p in module.named_parameters() if not p.requires_grad}
    return {
        name: value.detach().cpu().clone()
        for name, value in module.state_dict().items()
        if name not in frozen
    }


def find_snapshots(estimator):
    """The states that a fitted estimator has kept; an empty list without any.

    Where a net was trained by another loop than its own, callbacks never ran.
    """
    calls = [call for _, call in estimator.net_.callbacks_]
    calls = [call for call in calls if isinstance(call, Snapshots)]
    return next((getattr(call, "states_", []) for call in calls), [])


def keeps_snapshots(estimator):
    """Whether a fitted estimator has kept the state of an epoch at least."""
    return len(find_snapshots(estimator)) > 0


def epoch_answers(estimator, X):
    """Yield what the net says of samples after each kept epoch, and now.

    The fitted net stays as it is: a copy of its module takes one state after another.

    Parameters
    ----------
    estimator : NetClassifier or NetRegressor
        Fitted, with `Snapshots`.
    X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
        Samples as `fit` takes them.

    Yields
    ------
    answers : ndarray of shape (n_rows, n_epochs, n_outputs)
        Of the next samples: probabilities (float32) of a classifier, predictions
        (float64, in units of y) of a regressor.
    """
    twin = copy(estimator)
    # By hand, since skorch copies as it pickles: all that is on a device, in bytes.
    twin.net_ = object.__new__(type(estimator.net_))
    vars(twin.net_).update(vars(estimator.net_))
    module = vars(twin.net_)["module_"] = deepcopy(estimator.net_.module_)
    states = [*find_snapshots(estimator), _state(module)]
    n_rows = count_rows(X)
    start, size = 0, 2**10  # the first block tells the number of outputs
    while start < n_rows:
        part = take_rows(X, np.arange(start, min(start + size, n_rows)))
        answers = [_answers(twin, module, state, part) for state in states]
        yield np.stack(answers, axis=1)
        start += size
        n_answers = len(states) * answers[0].shape[1]
        n_cells = math.prod(getattr(part, "shape", (1,))[1:])
        size = max(1, _N_NUMBERS // max(n_answers, n_cells))


def _answers(twin, module, state, X):
    module.load_state_dict(state, strict=False)
    result = forward(twin, X)
    return result.output if result.proba is None else result.proba.astype(np.float32)
