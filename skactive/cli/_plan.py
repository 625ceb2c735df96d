"""What a campaign is: a table with an estimator, and sizes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skactive.cli._data import load_data
from skactive.cli._errors import say
from skactive.cli._estimators import check_estimator, make_estimator
from skactive.cli._sizes import choose_sizes


class Plan(NamedTuple):
    """What the arguments stand for."""

    params: dict  # of simulate: data, estimator, strategies and sizes
    task: str
    facts: dict  # what the setting of the result says of it
    rows: np.ndarray | None = None  # where the samples stood in the file


def plan_table(args, seed):
    """Load a table or a problem, and choose what the arguments leave open."""
    name = args.estimator or "forest"
    check_estimator(name)
    data = load_data(args, seed)
    estimator, X = make_estimator(name, data.task, data.X, data.columns)
    params = {
        "estimator": estimator,
        "X": X,
        "y": data.y,
        "strategies": args.strategies or _default_strategies(data.task),
        **choose_sizes(args, data.y, data.task),
    }
    # The name says more than the Pipeline that was made of it.
    return Plan(params, data.task, {**data.facts, "estimator": name}, data.rows)


def _default_strategies(task):
    names = ["random", "badge" if task == "classification" else "lcmd"]
    say(f"Strategies: {' and '.join(names)}; --strategies names others.")
    return names
