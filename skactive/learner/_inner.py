"""The estimator inside: what may stand there, and its skin."""

from __future__ import annotations

import numpy as np

from skactive.semisupervised import MinusOneClassifier
from skactive.semisupervised._fitting import uses_minus_one
from skactive.utils import class_names

_SKINS = {
    "skactive.NetClassifier",
    "skactive.NetRegressor",
    "skactive.MinusOneClassifier",
}


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


def needs_skin(estimator):
    """Whether it is a raw net, or takes a label of -1 for none."""
    return is_raw_net(estimator) or uses_minus_one(estimator)


def put_into_skin(estimator):
    """A clone's raw skorch nets, wherever they stand, as estimators.

    Those of scikit-learn's estimators that take a label of -1 for none, too.

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
    bare = {
        name: put_into_skin(value)
        for name, value in params.items()
        if needs_skin(value) and not _is_skin(_owner(name, estimator, params))
    }
    if bare:
        estimator.set_params(**bare)
    if uses_minus_one(estimator):
        return MinusOneClassifier(estimator)
    return estimator


def _is_skin(estimator):
    return bool(_SKINS.intersection(class_names(estimator)))


def knows_all(classifier, y):
    """Whether a fitted classifier has seen every class in `y`."""
    return bool(np.isin(y, classifier.classes_).all())


def _owner(name, estimator, params):
    """The estimator that a nested parameter belongs to."""
    outer = name.rpartition("__")[0]
    return params[outer] if outer else estimator
