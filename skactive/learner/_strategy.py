"""From the parameter `strategy` to a strategy that can answer one query."""

from __future__ import annotations

from inspect import isfunction

from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from skactive import strategies
from skactive.base import QueryStrategy, check_capabilities, check_task
from skactive.exceptions import MissingCapability
from skactive.utils import seed_nested


def check_strategy(strategy, *, classifies=None):
    """Refuse what cannot be a strategy, or is for another task, before any training."""
    if isinstance(strategy, str):
        who, strategy = repr(strategy), strategies.get(strategy)
    elif isinstance(strategy, type) or isfunction(strategy):
        name = strategy.__name__
        raise TypeError(
            f"strategy={name} is not called; pass {name}(...) or a name such as "
            "'margin'."
        )
    elif strategy is not None and not isinstance(strategy, QueryStrategy):
        raise TypeError(
            f"strategy={strategy!r} is not a strategy; pass a name such as 'margin' or "
            "an object such as skactive.strategies.margin()."
        )
    else:
        who = type(strategy).__name__
    if strategy is not None:  # the learner's default suits
        strategy._validate_params()
        if classifies is not None:
            task = "classification" if classifies else "regression"
            check_task(get_tags(strategy).strategy, task, who)


def make_strategy(strategy, pool, *, classifies, n_labeled):
    """A seeded clone, or the strategy of a name, that this pool's model can serve."""
    check_strategy(strategy)
    if strategy is None:
        strategy = _default(pool, classifies)
    if isinstance(strategy, str):
        made, who = strategies.get(strategy), repr(strategy)
    else:
        made, who = clone(strategy), type(strategy).__name__
    facts = get_tags(made).strategy
    if pool.model is None and not facts.cold_start:
        able = [n for n in strategies.names() if _starts_cold(n)]
        raise NotFittedError(
            f"{who} needs a fitted model; call fit first, or use a strategy that "
            f"needs none: {', '.join(able)}."
        )
    if pool.model is None:
        _check_samples(facts.before_fit(), pool, who)
    else:
        check_capabilities(facts, pool, who)
    return seed_nested(made, pool.seed, mix=n_labeled)


def _check_samples(facts, pool, who):
    """Check that samples without a model are what a strategy needs to see."""
    try:
        check_capabilities(facts, pool, who)
    except MissingCapability as error:
        raise MissingCapability(
            f"{who} needs a table of numbers, and without a model these samples are "
            "none; call fit first, or use 'random'."
        ) from error


def _default(pool, classifies):
    """The name that strategy=None stands for."""
    if classifies and pool.model is not None:
        if pool.provides("proba") and pool.provides("embedding"):
            return "badge"
        if pool.provides("proba") or pool.provides("decision"):
            return "margin"
    elif pool.model is not None and pool.provides("gradient_factors"):
        return "lcmd"
    return "coreset"


def _starts_cold(name):
    return get_tags(strategies.get(name)).strategy.cold_start
