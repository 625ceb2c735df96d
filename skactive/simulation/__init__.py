"""Replay active learning on known labels and measure whether it pays."""

from skactive.simulation._budgeted import BudgetedLearner
from skactive.simulation._display import LabelingCurveDisplay
from skactive.simulation._result import SimulationResult
from skactive.simulation._simulate import simulate

__all__ = ["BudgetedLearner", "LabelingCurveDisplay", "SimulationResult", "simulate"]
