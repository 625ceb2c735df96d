"""Replay active learning on known labels and measure whether it pays."""

from skactive.simulation._budgeted import BudgetedLearner
from skactive.simulation._display import LabelingCurveDisplay
from skactive.simulation._pool_ratio import pool_ratio_study
from skactive.simulation._pool_ratio_display import PoolRatioDisplay
from skactive.simulation._pool_ratio_result import PoolRatioResult
from skactive.simulation._result import SimulationResult
from skactive.simulation._simulate import simulate

__all__ = [
    "BudgetedLearner",
    "LabelingCurveDisplay",
    "PoolRatioDisplay",
    "PoolRatioResult",
    "SimulationResult",
    "pool_ratio_study",
    "simulate",
]
