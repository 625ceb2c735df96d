"""How published studies train their nets, as parameters of a skorch net.

>>> from skactive.nets import presets
>>> presets.names()
['beck/adam', 'beck/sgd', 'cure/sgd', 'cure/sgd-short']

Optimizer, learning rate and its schedule, batches, epochs and the stop; not the module,
its initialization or the augmentation. Whole experiments are in
`skactive.simulation.settings`, which take their numbers from here.
"""

from __future__ import annotations

from difflib import get_close_matches
from numbers import Integral

import torch
from skorch.callbacks import LRScheduler

from skactive.nets._stop import StopAtAccuracy, StopAtR2

__all__ = ["get", "names"]

# Milestones: the epochs after which the learning rate falls to a tenth; empty, where it
# falls along a cosine to zero; None, where it stays.
_BECK = {
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "lr": 0.01,
    "batch_size": 20,
    "max_epochs": 300,
    "milestones": [],
    "target_accuracy": 0.99,
}
_CURE = {
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "lr": 0.1,
    "batch_size": 256,
    "max_epochs": 150,
    "milestones": [80, 120],
    "target_accuracy": None,
}
_PRESETS = {
    "beck/sgd": _BECK,
    "beck/adam": {**_BECK, "momentum": None, "weight_decay": 0, "milestones": None},
    "cure/sgd": _CURE,
    "cure/sgd-short": {
        **_CURE,
        "batch_size": 128,
        "max_epochs": 50,
        "milestones": [20, 40],
    },
}

_STOPS = {"classification": StopAtAccuracy, "regression": StopAtR2}


def names():
    """Names of the presets.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skactive.nets import presets
    >>> [name for name in presets.names() if name.startswith("cure")]
    ['cure/sgd', 'cure/sgd-short']
    """
    return sorted(_PRESETS)


def get(name, *, task="classification", max_epochs=None):
    """Parameters of a skorch net that is trained as in a published study.

    ``beck/sgd``: stochastic gradient descent with momentum, batches of 20, a learning
    rate that falls from 0.01 along a cosine, at most 300 epochs and a stop at 99%
    [1]_. ``beck/adam``: Adam with a constant learning rate instead. ``cure/sgd``:
    batches of 256 and a learning rate of 0.1 that falls to a tenth after 80 and 120 of
    150 epochs [2]_; ``cure/sgd-short``, of their MNIST: after 20 and 40 of 50, with
    batches of 128. The rates are those of ResNets with BatchNorm; a net without
    BatchNorm may diverge with 0.1.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    task : {'classification', 'regression'}, default='classification'
        Whether training stops by accuracy or by R².
    max_epochs : int, default=None
        Another number of epochs; the schedule keeps its proportions.

    Returns
    -------
    params : dict
        For `skactive.nets.as_estimator` or a skorch net, made anew by each call. Add
        to ``params["callbacks"]`` what else you want.

    Raises
    ------
    ValueError
        If there is no such preset, or `task` or `max_epochs` is none.

    References
    ----------
    .. [1] N. Beck, D. Sivasubramanian, A. Dani, G. Ramakrishnan, R. Iyer. Effective
       evaluation of deep active learning on image classification tasks. 2021.
    .. [2] Y. Li et al. An empirical study on the efficacy of deep active learning
       techniques. arXiv:2212.03088, 2022.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.nets import LeNet, as_estimator, presets
    >>> digits = load_digits()
    >>> X, y = digits.images[:100, None] / 16, digits.target[:100]
    >>> clf = as_estimator(LeNet, task="classification", random_state=0,
    ...                    **presets.get("beck/sgd", max_epochs=20))
    >>> clf.net.optimizer.__name__, clf.net.lr, clf.net.batch_size
    ('SGD', 0.01, 20)
    >>> len(clf.fit(X, y).net_.history) <= 20
    True
    """
    values = numbers(name)
    if task not in _STOPS:
        raise ValueError(f"task={task!r}; pass 'classification' or 'regression'.")
    if max_epochs is not None:
        if not isinstance(max_epochs, Integral) or max_epochs < 1:
            raise ValueError(f"max_epochs={max_epochs!r}; pass at least 1.")
        rate = max_epochs / values["max_epochs"]
        values["max_epochs"] = max_epochs
        if values["milestones"]:
            values["milestones"] = [round(rate * at) for at in values["milestones"]]
    return training_params(**values, task=task)


def numbers(name):
    """Give the numbers of a preset, as `training_params` takes them."""
    if name not in _PRESETS:
        near = get_close_matches(str(name), _PRESETS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(
            f"There is no preset {name!r}; {hint}There are {', '.join(names())}."
        )
    return dict(_PRESETS[name])


def training_params(
    *,
    lr,
    momentum,
    weight_decay,
    batch_size,
    max_epochs,
    milestones,
    target_accuracy,
    task="classification",
):
    """Parameters of a skorch net from numbers.

    Parameters
    ----------
    lr, momentum, weight_decay : float
        Of stochastic gradient descent; of Adam, where the momentum is None.
    batch_size, max_epochs : int
        Of the training.
    milestones : list of int or None
        Epochs after which the learning rate falls to a tenth. Empty: it falls along a
        cosine to zero. None: it stays.
    target_accuracy : float or None
        Training stops at this accuracy, or R², on the batches as they are trained on,
        averaged over ten epochs.
    task : {'classification', 'regression'}, default='classification'
        What the net is for.

    Returns
    -------
    params : dict
    """
    callbacks = []
    if milestones:
        schedule = LRScheduler("MultiStepLR", milestones=milestones, gamma=0.1)
        callbacks.append(("schedule", schedule))
    elif milestones is not None:
        schedule = LRScheduler("CosineAnnealingLR", T_max=max_epochs)
        callbacks.append(("schedule", schedule))
    if target_accuracy is not None:
        callbacks.append(("stop", _STOPS[task](target_accuracy)))
    adam = momentum is None
    return {
        "optimizer": torch.optim.Adam if adam else torch.optim.SGD,
        **({} if adam else {"optimizer__momentum": momentum}),
        "optimizer__weight_decay": weight_decay,
        "lr": lr,
        "batch_size": batch_size,
        "max_epochs": max_epochs,
        "callbacks": callbacks,
    }
