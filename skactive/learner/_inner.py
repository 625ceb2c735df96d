"""The estimator inside: what may stand there, and what it knows."""

from __future__ import annotations

import numpy as np


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


def knows_all(classifier, y):
    """Whether a fitted classifier has seen every class in `y`."""
    return bool(np.isin(y, classifier.classes_).all())
