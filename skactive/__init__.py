"""skactive: which samples to label next, and whether it paid."""

from importlib import import_module

__version__ = "0.1.0.dev0"

# Where each name lives. All are imported when first asked for: scikit-learn alone takes
# a second to load, torch several.
_HOMES = {
    "ActiveLearner": "skactive.learner",
    "BudgetedLearner": "skactive.simulation",
    "Committee": "skactive.committee",
    "ModelView": "skactive.view",
    "QueryStrategy": "skactive.base",
    "Score": "skactive.base",
    "SimulationResult": "skactive.simulation",
    "simulate": "skactive.simulation",
}
_MODULES = {
    "compose",
    "datasets",
    "estimator_checks",
    "exceptions",
    "features",
    "nets",
    "scores",
    "selection",
    "semisupervised",
    "simulation",
    "strategies",
}

__all__ = [
    "ActiveLearner",
    "BudgetedLearner",
    "Committee",
    "ModelView",
    "QueryStrategy",
    "Score",
    "SimulationResult",
    "simulate",
    "strategies",
]


def __getattr__(name):
    if name in _HOMES:
        globals()[name] = getattr(import_module(_HOMES[name]), name)
        return globals()[name]
    if name in _MODULES:
        return import_module(f"skactive.{name}")
    raise AttributeError(f"module 'skactive' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_HOMES, *_MODULES})
