"""The loop: fit, query, teach."""

from skactive.learner._learner import ActiveLearner
from skactive.learner._record import QueryRecord
from skactive.learner._strategy import check_strategy

__all__ = ["ActiveLearner", "QueryRecord", "check_strategy"]
