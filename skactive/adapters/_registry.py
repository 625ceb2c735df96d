"""Which adapter speaks for which model."""

from __future__ import annotations

from importlib import import_module

from skactive.adapters._base import Adapter
from skactive.adapters._route import find_route
from skactive.utils import class_names

# "package.Class": adapter, or "module:Adapter" where importing it costs too much.
_BY_NAME = {
    "sklearn.BaseForest": "skactive.adapters._members:ForestAdapter",
    "sklearn.BaseBagging": "skactive.adapters._members:BaggingAdapter",
    "sklearn.BaseDecisionTree": "skactive.adapters._members:TreeAdapter",
    "sklearn.BaseGradientBoosting": "skactive.adapters._members:BoostingAdapter",
    "sklearn.GaussianProcessRegressor": (
        "skactive.adapters._gaussian_process:GaussianProcessAdapter"
    ),
    "sklearn.LinearClassifierMixin": (
        "skactive.adapters._linear:LinearClassifierAdapter"
    ),
    "skactive.NetClassifier": "skactive.adapters._skorch:NetAdapter",
    "skactive.NetRegressor": "skactive.adapters._skorch:NetAdapter",
}
_BY_TYPE = {}


def register_adapter(estimator_type, factory):
    """Say how models of a type are asked for their outputs.

    Parameters
    ----------
    estimator_type : type
        The class of the fitted estimator; its subclasses follow unless they are
        registered themselves.
    factory : callable
        ``factory(model) -> Adapter``, usually a subclass of `Adapter`. `model` is the
        outermost model; the estimator of the type is ``adapter.inner``.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skactive import ModelView
    >>> from skactive.adapters import Adapter, register_adapter
    >>> class MyNeighbors(KNeighborsClassifier):
    ...     pass
    >>> class MyAdapter(Adapter):
    ...     def embedding(self, view, layer=None):
    ...         return self.inner.kneighbors(view.inputs(), 1)[0]
    >>> register_adapter(MyNeighbors, MyAdapter)
    >>> model = MyNeighbors(1).fit([[0.0], [4.0]], [0, 1])
    >>> ModelView([[1.0], [4.5]], model).embed().ravel()
    array([1. , 0.5], dtype=float32)
    """
    if not isinstance(estimator_type, type):
        raise TypeError(
            f"estimator_type={estimator_type!r} is not a class; pass the type of the "
            "estimator."
        )
    _BY_TYPE[estimator_type] = factory


def find_adapter(model):
    """The adapter of the innermost estimator, bound to the whole model."""
    inner = find_route(model).inner
    for base, name in zip(type(inner).__mro__, class_names(inner), strict=True):
        if base in _BY_TYPE:
            return _BY_TYPE[base](model)
        if name in _BY_NAME:
            module, _, attribute = _BY_NAME[name].partition(":")
            return getattr(import_module(module), attribute)(model)
    return Adapter(model)
