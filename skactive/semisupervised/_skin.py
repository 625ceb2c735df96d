"""The skin of raw nets, and of estimators to which -1 is no label."""

from __future__ import annotations

from skactive.semisupervised._fitting import uses_minus_one
from skactive.semisupervised._minus_one import MinusOneClassifier
from skactive.utils import class_names

_SKINS = {
    "skactive.NetClassifier",
    "skactive.NetRegressor",
    "skactive.MinusOneClassifier",
}
# What scikit-learn's searches call the values that they try.
_GRIDS = ("param_grid", "param_distributions")


def is_raw_net(estimator):
    """Whether it is a skorch net without the skin that makes it an estimator."""
    return "skorch.NeuralNet" in class_names(estimator)


def needs_skin(estimator):
    """Whether it is a raw net, or takes a label of -1 for none."""
    return is_raw_net(estimator) or uses_minus_one(estimator)


def put_into_skin(estimator):
    """A clone's raw skorch nets, wherever they stand, as estimators.

    Those of scikit-learn's estimators that take a label of -1 for none, too. A search
    over such a one tries its parameters by their new names, ``net__lr`` for ``lr``.

    Parameters
    ----------
    estimator : estimator
        Changed in place where nets stand inside; pass a clone.

    Returns
    -------
    estimator : estimator
    """
    if is_raw_net(estimator):
        return _wrapped(estimator)
    params = estimator.get_params(deep=True)
    searches = {
        name: value
        for name, value in {"": estimator, **params}.items()
        if "sklearn.BaseSearchCV" in class_names(value)
    }
    bare = [
        name
        for name, value in params.items()
        if needs_skin(value) and not _is_skin(_owner(name, estimator, params))
    ]
    # The innermost first: those around them are wrapped with what they hold by then.
    for name in sorted(bare, key=len, reverse=True):
        skin = _wrapped(params[name])
        estimator.set_params(**{name: skin})
        for place, search in searches.items():
            _rename(search, place, name, params[name], skin)
    return _wrapped(estimator) if uses_minus_one(estimator) else estimator


def _wrapped(estimator):
    if is_raw_net(estimator):
        from skactive.nets import as_estimator

        return as_estimator(estimator)
    return MinusOneClassifier(estimator)


def _rename(search, place, name, bare, skin):
    """Let a search at `place` find the parameters of what got a skin at `name`."""
    root = f"{place}__estimator" if place else "estimator"
    if name != root and not name.startswith(f"{root}__"):
        return
    prefix = f"{name}__".removeprefix(f"{root}__")
    inside = "net" if is_raw_net(bare) else "estimator"
    # What only the skin has was meant for it, such as net__lr.
    of_skin = set(skin.get_params()) - set(bare.get_params())

    def renamed(grid):
        if isinstance(grid, list):
            return [renamed(each) for each in grid]
        if not isinstance(grid, dict):
            return grid  # the search says what is wrong with it
        if any(prefix.startswith(f"{key}__") for key in grid):
            return grid  # it puts other estimators there, and these are their names
        return {new_name(key): values for key, values in grid.items()}

    def new_name(key):
        rest = key.removeprefix(prefix)
        first = rest.partition("__")[0]
        if not key.startswith(prefix) or of_skin.intersection([rest, first]):
            return key
        return f"{prefix}{inside}__{rest}"

    for grid in _GRIDS:
        if hasattr(search, grid):
            search.set_params(**{grid: renamed(getattr(search, grid))})


def _is_skin(estimator):
    return bool(_SKINS.intersection(class_names(estimator)))


def _owner(name, estimator, params):
    """The estimator that a nested parameter belongs to."""
    outer = name.rpartition("__")[0]
    return params[outer] if outer else estimator
