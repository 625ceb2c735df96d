"""Replay active learning on known labels and measure whether it pays."""

from skactive.simulation import settings
from skactive.simulation._batch_diagnostics import batch_diagnostics
from skactive.simulation._budgeted import BudgetedLearner
from skactive.simulation._cost_display import CostDisplay
from skactive.simulation._cost_model import CostModel
from skactive.simulation._display import LabelingCurveDisplay
from skactive.simulation._efficiency_display import EfficiencyDisplay
from skactive.simulation._learning_curve import CurveDiagnosis, diagnose_curve
from skactive.simulation._penalty_display import PenaltyMatrixDisplay
from skactive.simulation._pool_ratio import pool_ratio_study
from skactive.simulation._pool_ratio_display import PoolRatioDisplay
from skactive.simulation._pool_ratio_result import PoolRatioResult
from skactive.simulation._query_map import QueryMapDisplay
from skactive.simulation._result import SimulationResult
from skactive.simulation._simulate import simulate
from skactive.simulation._study import study
from skactive.simulation._study_display import StudyDisplay
from skactive.simulation._study_result import StudyResult

__all__ = [
    "BudgetedLearner",
    "CostDisplay",
    "CostModel",
    "CurveDiagnosis",
    "EfficiencyDisplay",
    "LabelingCurveDisplay",
    "PenaltyMatrixDisplay",
    "PoolRatioDisplay",
    "PoolRatioResult",
    "QueryMapDisplay",
    "SimulationResult",
    "StudyDisplay",
    "StudyResult",
    "batch_diagnostics",
    "diagnose_curve",
    "pool_ratio_study",
    "settings",
    "simulate",
    "study",
]
