"""skactive: which samples to label next, and whether it paid."""

from importlib import import_module

from skactive import strategies
from skactive.base import QueryStrategy, Score
from skactive.committee import Committee
from skactive.learner import ActiveLearner
from skactive.view import ModelView

__version__ = "0.1.0.dev0"

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

# Imported when first asked for: what is behind them takes time to load.
_LAZY_NAMES = {"BudgetedLearner", "SimulationResult", "simulate"}
_LAZY_MODULES = {"datasets", "estimator_checks", "nets", "simulation"}


def __getattr__(name):
    if name in _LAZY_NAMES:
        return getattr(import_module("skactive.simulation"), name)
    if name in _LAZY_MODULES:
        return import_module(f"skactive.{name}")
    raise AttributeError(f"module 'skactive' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_LAZY_NAMES, *_LAZY_MODULES})
