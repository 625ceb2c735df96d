"""What a strategy starts from in a check, and the choice it makes."""

from __future__ import annotations

from typing import NamedTuple

from sklearn.base import clone
from sklearn.utils import get_tags

from skactive.estimator_checks._samples import Samples, make_samples, make_X
from skactive.utils import reseed_nested


class Case(NamedTuple):
    """What one query starts from."""

    labeled: Samples
    pool: Samples


def facts_of(strategy):
    """Read the declared facts of a strategy."""
    return get_tags(strategy).strategy


def named_outputs(strategy):
    """List all outputs that the facts mention."""
    needs = facts_of(strategy).needs
    return {name for need in needs for name in need.split("|")}


def tasks(strategy):
    """List the tasks that a strategy is for and whose models can serve it."""
    facts = facts_of(strategy)
    return [
        task
        for task in ("classification", "regression")
        if facts.task in ("both", task)
        and all(
            make_samples(task, make_X(1, 0)).outputs.keys() & need.split("|")
            for need in facts.needs
        )
    ]


def cases(strategy, n_pool=12, seed=1):
    """Make a case for each task of the strategy, with the outputs that it declares."""
    for task in tasks(strategy):
        names = named_outputs(strategy)
        if task == "regression":
            names |= {"prediction"}  # tells a view without a model what its task is
        yield Case(
            make_samples(task, make_X(6, 10 * seed)).only(names),
            make_samples(task, make_X(n_pool, 10 * seed + 1)).only(names),
        )


def seeded(strategy, seed):
    """Clone a strategy so that everything random follows from the seed."""
    return reseed_nested(clone(strategy), seed)


def fitted(strategy, labeled, seed=0):
    """Fit a seeded clone."""
    return seeded(strategy, seed).fit(labeled.view(seed), labeled.y)


def choose(strategy, case, n_queries, *, seed=0, given=None):
    """Let a fresh clone of the strategy choose rows."""
    chooser = fitted(strategy, case.labeled, seed)
    return chooser.select(case.pool.view(seed), n_queries, given=given)
