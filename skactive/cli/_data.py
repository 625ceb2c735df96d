"""What a campaign is played on: a table of the user's, a bundled one, or a problem."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skactive.cli._arguments import BUNDLED, PROBLEMS
from skactive.cli._columns import clean
from skactive.cli._errors import UserError, near, say
from skactive.cli._read import find_column, read_table
from skactive.cli._target import split_target
from skactive.utils import make_rng, take_rows


class Data(NamedTuple):
    """Samples, their labels, and what is known about them."""

    X: object  # DataFrame, ndarray or Problem
    y: np.ndarray | None
    task: str
    rows: np.ndarray | None  # where the samples stood in the file; None for a Problem
    columns: object  # Columns of a DataFrame
    facts: dict  # for the setting of the result


def load_data(args, seed):
    """Load what the arguments name."""
    if args.table is not None:
        return _from_file(args, seed)
    if args.data in PROBLEMS:
        from skactive import datasets

        _check_task(args, "regression")
        if args.max_rows is not None:
            raise UserError(f"--max-rows is for tables, and {args.data} is a function")
        problem = getattr(datasets, args.data)()
        if problem.n_outputs > 1 and args.estimator == "gbdt":
            raise UserError(
                f"--data {args.data} has {problem.n_outputs} outputs, and gbdt learns "
                "one; use another --estimator"
            )
        return Data(problem, None, "regression", None, None, {})
    if args.data in BUNDLED:
        return _bundled(args, seed)
    names = [*BUNDLED, *PROBLEMS]
    raise UserError(
        f"there is no data {args.data!r}; {near(args.data, names)}the names are "
        f"{', '.join(names)}"
    )


def _from_file(args, seed):
    frame = read_table(
        args.table, header=args.header, sep=args.sep, encoding=args.encoding
    )
    if args.target is None:
        target = frame.columns[-1]
        say(f"Target: {target!r}, the last column; --target names another.")
    else:
        target = find_column(frame, args.target)
    drop = [find_column(frame, name) for name in args.drop.split(",") if name]
    if target in drop:
        raise UserError(f"{target!r} is the target and in --drop")
    frame, y, task = split_target(frame.drop(columns=drop), target, args.task)
    rows = _some_rows(len(frame), args.max_rows, seed)
    frame, columns = clean(frame.iloc[rows])
    facts = {"data": args.table, "target": target}
    return Data(frame, y[rows], task, frame.index.to_numpy(), columns, facts)


def _bundled(args, seed):
    from sklearn import datasets

    X, y = getattr(datasets, f"load_{args.data}")(return_X_y=True)
    task = "regression" if y.dtype.kind == "f" else "classification"
    _check_task(args, task)
    rows = _some_rows(len(X), args.max_rows, seed)
    return Data(take_rows(X, rows), y[rows], task, rows, None, {"data": args.data})


def _check_task(args, task):
    if args.task not in ("auto", task):
        raise UserError(f"--data {args.data} is for {task}")


def _some_rows(n_rows, max_rows, seed):
    """Return all rows in order, or some at random, in order."""
    if max_rows is None or max_rows >= n_rows:
        return np.arange(n_rows)
    if max_rows < 2:
        raise UserError(f"--max-rows {max_rows}; there must be at least 2")
    say(f"Took {max_rows} of {n_rows} rows at random.")
    rows = make_rng(seed, "max_rows").choice(n_rows, max_rows, replace=False)
    return np.sort(rows)
