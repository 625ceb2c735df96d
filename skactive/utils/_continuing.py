"""Estimators whose training goes on from what they have learned."""

from __future__ import annotations

from copy import deepcopy

from skactive.utils._names import class_names

# warm_start of these adds members and does nothing where none are asked for: new labels
# would not be learned.
_GROWING = {"sklearn.BaseEnsemble", "sklearn.BaseHistGradientBoosting"}


def continues_training(estimator):
    """Whether its parameters say that training goes on from what was learned.

    ``warm_start=True``, or a `start` of ours other than "reset".
    """
    params = estimator.get_params(deep=True)
    for name, value in params.items():
        outer, _, last = name.rpartition("__")
        if last == "start" and isinstance(value, str) and value != "reset":
            return True
        if last == "warm_start" and value is True:
            owner = params[outer] if outer else estimator
            if not _GROWING.intersection(class_names(owner)):
                return True
    return False


def resume_fitted(estimator, fitted):
    """Give an unfitted estimator what a fitted one of its kind has learned.

    The next ``fit`` goes on from there, with the parameters of `estimator`. Of a
    Pipeline, the last step goes on; preprocessing is fitted anew.

    Parameters
    ----------
    estimator : estimator
        Changed in place; pass a clone.
    fitted : estimator
        Stays as it is.

    Returns
    -------
    estimator : estimator
    """
    inner, learned = _last_step(estimator), _last_step(fitted)
    params = inner.get_params(deep=False)
    for name, value in vars(learned).items():
        if name not in params:
            setattr(inner, name, deepcopy(value))
    return estimator


def _last_step(estimator):
    while "sklearn.Pipeline" in class_names(estimator):
        estimator = estimator[-1]
    return estimator
