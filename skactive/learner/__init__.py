"""The loop: fit, query, teach."""

from skactive.learner._learner import ActiveLearner
from skactive.learner._record import QueryRecord

__all__ = ["ActiveLearner", "QueryRecord"]
