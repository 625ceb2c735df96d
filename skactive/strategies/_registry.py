"""The names of the strategies, and what stands behind them."""

from __future__ import annotations

from difflib import get_close_matches

from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skactive.utils._sklearn import InvalidParameterError

RECIPES = {}


def recipe(function):
    """Register a function under its own name."""
    RECIPES[function.__name__] = function
    return function


def names(task=None, estimator=None):
    """Names of the registered strategies.

    Parameters
    ----------
    task : {'classification', 'regression'}, default=None
        Only strategies for this task.
    estimator : estimator, default=None
        Only strategies that this fitted model can serve.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.names(task="regression")
    ['bait', 'cluster_variance', ..., 'variance']
    """
    if task not in (None, "classification", "regression"):
        raise InvalidParameterError(
            f"task={task!r} is not a task; pass 'classification', 'regression' or None."
        )
    found = []
    for name in sorted(RECIPES):
        facts = get_tags(get(name)).strategy
        if task is not None and facts.task not in ("both", task):
            continue
        if estimator is not None and not _serves(estimator, facts):
            continue
        found.append(name)
    return found


def get(name, **params):
    """Make a registered strategy.

    Parameters
    ----------
    name : str
        One of ``names()``.
    **params
        Parameters of the function of that name.

    Returns
    -------
    strategy : QueryStrategy

    Raises
    ------
    ValueError
        If there is no such strategy; the message lists near names.

    Examples
    --------
    >>> from skactive import strategies
    >>> strategies.get("bald", n_draws=50)
    BALD(n_draws=50)
    """
    if name not in RECIPES:
        near = get_close_matches(str(name).lower(), RECIPES, n=3)
        guess = f" did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(
            f"There is no strategy named {name!r};{guess} the names are "
            f"{', '.join(sorted(RECIPES))}."
        )
    return RECIPES[name](**params)


def _serves(estimator, facts):
    """Whether a model of this kind gives what the facts say is needed."""
    from skactive.adapters import find_adapter

    check_is_fitted(estimator)
    adapter = find_adapter(estimator)
    task = "classification" if adapter.is_classifier else "regression"
    return facts.task in ("both", task) and all(
        any(adapter.has(name) for name in need.split("|")) for need in facts.needs
    )
