"""The contract of every strategy, as checks that run on any of them."""

from skactive.estimator_checks._suite import (
    check_query_strategy,
    parametrize_with_strategy_checks,
)

__all__ = ["check_query_strategy", "parametrize_with_strategy_checks"]
