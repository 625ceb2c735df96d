"""From a torch module or a skorch net to an estimator, in one call."""

import torch
from sklearn.base import ClassifierMixin, RegressorMixin, clone
from skorch import NeuralNet, NeuralNetClassifier, NeuralNetRegressor
from torch import nn

from skactive.nets._classifier import NetClassifier
from skactive.nets._regressor import NetRegressor

_ESTIMATORS = {"classification": NetClassifier, "regression": NetRegressor}
_OF_THE_ESTIMATOR = (
    "classes",
    "start",
    "shrink",
    "perturb",
    "augment",
    "random_state",
)


def as_estimator(module, *, task=None, **net_params):
    """Wrap a torch module or a skorch net in `NetClassifier` or `NetRegressor`.

    Parameters
    ----------
    module : torch.nn.Module (class or instance) or skorch.NeuralNet
        A module for classification returns logits, one column per class; a module for
        regression, one column per target. A class is sized to the table where its
        constructor takes ``n_in`` and ``n_out``.
    task : {'classification', 'regression'}, default=None
        What the module is for. A skorch classifier or regressor says it itself.
    **net_params : dict
        Parameters of the estimator (``classes``, ``start``, ``shrink``, ``perturb``,
        ``augment``, ``random_state``) and of the skorch net (``lr``, ``max_epochs``,
        ``module__n_hidden``, ...). For a module the net has cross-entropy or squared
        error as its criterion, Adam, ``lr=0.001``, ``max_epochs=100`` and
        ``batch_size=32`` unless they say otherwise.

    Returns
    -------
    estimator : NetClassifier or NetRegressor
        Unfitted. A skorch net in it is a clone.

    Raises
    ------
    ValueError
        If `task` is missing, unknown, or contradicts the net.
    TypeError
        If `module` is neither a torch module nor a skorch net.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from torch import nn
    >>> from skactive.nets import as_estimator
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = as_estimator(nn.Linear(4, 3), task="classification", random_state=0)
    >>> clf.set_params(net__lr=0.05).fit(X, y).score(X, y) > 0.9
    True
    """
    own = {
        name: net_params.pop(name) for name in _OF_THE_ESTIMATOR if name in net_params
    }
    task = _checked_task(module, task)
    if isinstance(module, NeuralNet):
        net = clone(module).set_params(**net_params)
    else:
        net = _make_net(module, task, net_params)
    return _ESTIMATORS[task](net, **own)


def _make_net(module, task, params):
    params = {
        "optimizer": torch.optim.Adam,
        "lr": 1e-3,
        "max_epochs": 100,
        "batch_size": 32,
        **params,
    }
    if task == "classification":
        return NeuralNetClassifier(
            module, **{"criterion": nn.CrossEntropyLoss, **params}
        )
    return NeuralNetRegressor(module, **params)


def _checked_task(module, task):
    known = _task_of(module)
    if task is None and known is None:
        raise ValueError(
            "A net without a task could be for either; say which: "
            'as_estimator(module, task="classification") or task="regression".'
        )
    if task is not None and task not in _ESTIMATORS:
        raise ValueError(
            f"task={task!r} is unknown; it is 'classification' or 'regression'."
        )
    if task is not None and known is not None and task != known:
        raise ValueError(
            f"task={task!r} contradicts the net, a {type(module).__name__} for {known}."
        )
    return task or known


def _task_of(module):
    if isinstance(module, NeuralNet):
        if isinstance(module, ClassifierMixin):
            return "classification"
        return "regression" if isinstance(module, RegressorMixin) else None
    is_class = isinstance(module, type) and issubclass(module, nn.Module)
    if not is_class and not isinstance(module, nn.Module):
        raise TypeError(
            f"module={module!r} is neither a torch.nn.Module (class or instance) nor a "
            "skorch net."
        )
    return None
