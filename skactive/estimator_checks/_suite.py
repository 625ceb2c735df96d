"""All checks of a strategy, as one call or as tests."""

from __future__ import annotations

import re

from skactive.base import QueryStrategy, Score
from skactive.estimator_checks import (
    _chance,
    _declared,
    _models,
    _pools,
    _rows,
    _spy,
)
from skactive.estimator_checks._cases import (
    facts_of,
    named_outputs,
)


def check_query_strategy(strategy):
    """Check that a strategy keeps the contract of all strategies.

    Runs every check that the declared facts call for, on made-up samples and with small
    models: a second or two, and loading torch where a net can serve the strategy.

    Parameters
    ----------
    strategy : QueryStrategy
        An instance; it is cloned and not changed.

    Raises
    ------
    AssertionError
        At the first check that fails. The message says which promise is broken, and
        how.

    See Also
    --------
    parametrize_with_strategy_checks : The same as tests, one for each check.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import QueryStrategy
    >>> from skactive.estimator_checks import check_query_strategy
    >>> class FirstRows(QueryStrategy):
    ...     def _select(self, X, n_queries, given):
    ...         return np.delete(np.arange(len(X)), given)[:n_queries]
    >>> try:
    ...     check_query_strategy(FirstRows())
    ... except AssertionError as error:
    ...     print(str(error).split(":")[0])
    FirstRows breaks rule 3 (the order of the pool plays no part)
    """
    for check in strategy_checks(strategy):
        check(strategy)


def parametrize_with_strategy_checks(strategies):
    """Parametrize a pytest test with the checks of strategies.

    Parameters
    ----------
    strategies : iterable of QueryStrategy
        Instances.

    Returns
    -------
    decorator : pytest.MarkDecorator
        Of a test with the arguments `strategy` and `check`; it becomes one test for
        each strategy and check.

    See Also
    --------
    check_query_strategy : All checks of one strategy in one call.

    Examples
    --------
    >>> from skactive import strategies
    >>> from skactive.estimator_checks import parametrize_with_strategy_checks
    >>> @parametrize_with_strategy_checks([strategies.margin(), strategies.coreset()])
    ... def test_contract(strategy, check):
    ...     check(strategy)
    """
    import pytest

    return pytest.mark.parametrize(
        ("strategy", "check"),
        [
            pytest.param(strategy, check, id=f"{name}-{check.__name__}")
            for strategy, name in ((s, _name(s)) for s in strategies)
            for check in strategy_checks(strategy)
        ],
    )


def _name(strategy):
    """Write a strategy on one line, the same in every process: without addresses."""
    return re.sub(r" at 0x[0-9a-f]+|\s+", " ", repr(strategy))


def strategy_checks(strategy):
    """Yield the checks that the facts of a strategy call for."""
    if not isinstance(strategy, QueryStrategy):
        raise TypeError(
            f"strategy={strategy!r} is not a strategy; pass an instance of a subclass "
            "of skactive.QueryStrategy."
        )
    strategy._validate_params()
    facts = facts_of(strategy)
    yield _declared.check_facts
    yield _rows.check_rows
    yield _rows.check_given
    yield _rows.check_n_queries
    if hasattr(strategy, "score_samples"):
        yield _rows.check_scores
    if isinstance(strategy, Score):
        yield _rows.check_transform
    if facts.needs:
        yield _rows.check_not_finite
        yield _declared.check_missing_outputs
    if any("|" in need for need in facts.needs):
        yield _declared.check_alternatives
    if facts.cold_start:
        yield _declared.check_cold_start
    if "draws" in named_outputs(strategy):
        yield _chance.check_number_of_draws
    yield _chance.check_same_seed
    yield _chance.check_global_generators
    yield _chance.check_permutation
    yield _chance.check_ties
    yield _pools.check_inputs_unchanged
    yield _pools.check_odd_pools
    if facts.diverse:
        yield _pools.check_copies
    yield _pools.check_reuse
    yield _pools.check_memory
    yield _pools.check_containers
    yield _declared.check_parameters
    yield _spy.check_declared_outputs
    yield _models.check_candidates
    yield _models.check_model_unchanged
    if facts.needs:
        yield _models.check_net_unchanged
        if named_outputs(strategy) <= _models.PLAIN_OUTPUTS:
            yield _models.check_one_pass
