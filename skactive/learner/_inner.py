"""The estimator inside: what may stand there, and its skin."""

from __future__ import annotations

import numpy as np

from skactive.utils import class_names

_SKINS = {"skactive.NetClassifier", "skactive.NetRegressor"}


def check_estimator_object(estimator):
    """Refuse what is no estimator.

    Raises
    ------
    TypeError
        With the remedy.
    """
    if isinstance(estimator, type) and hasattr(estimator, "get_params"):
        raise TypeError(
            f"estimator={estimator.__name__} is a class; pass an object, "
            f"{estimator.__name__}()."
        )
    if not (hasattr(estimator, "fit") and hasattr(estimator, "get_params")):
        raise TypeError(
            f"estimator={estimator!r} is not a scikit-learn estimator; wrap a "
            "torch module as skactive.nets.as_estimator(module, "
            'task="classification").'
        )


def is_raw_net(estimator):
    """Whether it is a skorch net without the skin that makes it an estimator."""
    return "skorch.NeuralNet" in class_names(estimator)


def put_into_skin(estimator):
    """A clone's raw skorch nets, wherever they stand, as estimators.

    Parameters
    ----------
    estimator : estimator
        Changed in place where nets stand inside; pass a clone.

    Returns
    -------
    estimator : estimator
    """
    if is_raw_net(estimator):
        from skactive.nets import as_estimator

        return as_estimator(estimator)
    params = estimator.get_params(deep=True)
    nets = {
        name: put_into_skin(value)
        for name, value in params.items()
        if is_raw_net(value) and not _is_skin(_owner(name, estimator, params))
    }
    return estimator.set_params(**nets) if nets else estimator


def _is_skin(estimator):
    return bool(_SKINS.intersection(class_names(estimator)))


def knows_all(classifier, y):
    """Whether a fitted classifier has seen every class in `y`."""
    return bool(np.isin(y, classifier.classes_).all())


def _owner(name, estimator, params):
    """The estimator that a nested parameter belongs to."""
    outer = name.rpartition("__")[0]
    return params[outer] if outer else estimator
