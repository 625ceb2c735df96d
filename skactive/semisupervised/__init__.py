"""Estimators that learn from unlabeled samples too, given as ``X_unlabeled``.

`PseudoLabelClassifier` and `PseudoLabelRegressor` do so with any estimator;
`MixMatchClassifier`, `ConsistencyClassifier` and `WAALClassifier` train a net;
`MinusOneClassifier` holds scikit-learn's own. `skactive.ActiveLearner` takes unlabeled
samples in ``fit`` and ``teach`` and hands them to whichever of these it finds in its
estimator.
"""

from importlib import import_module

from skactive.semisupervised._augment import (
    Augmentation,
    Jitter,
    MarginalSwap,
    NeighborSwap,
    RowMixup,
)
from skactive.semisupervised._fitting import (
    fit_with_unlabeled,
    takes_unlabeled,
)
from skactive.semisupervised._minus_one import MinusOneClassifier
from skactive.semisupervised._pseudo_labels import (
    PseudoLabelClassifier,
    PseudoLabelRegressor,
)

# Nets load torch, which takes seconds.
_NETS = {
    "ConsistencyClassifier": "skactive.semisupervised._consistency",
    "MixMatchClassifier": "skactive.semisupervised._mixmatch",
    "WAALClassifier": "skactive.semisupervised._waal",
}

__all__ = [
    "Augmentation",
    "ConsistencyClassifier",
    "Jitter",
    "MarginalSwap",
    "MinusOneClassifier",
    "MixMatchClassifier",
    "NeighborSwap",
    "PseudoLabelClassifier",
    "PseudoLabelRegressor",
    "RowMixup",
    "WAALClassifier",
    "fit_with_unlabeled",
    "takes_unlabeled",
]


def __getattr__(name):
    if name in _NETS:
        globals()[name] = getattr(import_module(_NETS[name]), name)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_NETS})
