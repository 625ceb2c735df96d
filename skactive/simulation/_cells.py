"""Play many campaigns, on several processes, and join what they measured to tables."""

from __future__ import annotations

import sys
import warnings
from contextlib import nullcontext
from numbers import Real

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.exceptions import FitFailedWarning

from skactive.simulation._campaign import run_campaign
from skactive.simulation._rounds_bar import RoundsBar
from skactive.simulation._side_by_side import play_side_by_side
from skactive.utils import n_processes


def run_cells(
    cells,
    scorers,
    *,
    name,
    n_jobs,
    verbose,
    checkpoint=None,
    on_error="raise",
    batch_repeats=False,
):
    """Play the campaigns.

    Parameters
    ----------
    cells : dict of key -> Campaign
        A key is a NamedTuple that says what the cell is, such as strategy and repeat.
    scorers : dict of str -> callable
    name : str
        Of the function that the user called.
    n_jobs : int or None
    verbose : int
    checkpoint : Checkpoint or None
        Where rounds are kept, and taken from if they are there already.
    on_error : {'raise', 'mark'}
        What becomes of an exception; 'mark' lets the other campaigns end.
    batch_repeats : bool, default=False
        Train the nets of all campaigns of a process at once.

    Returns
    -------
    outcomes : dict of key -> Outcome
        In the order of the cells.
    """
    if not isinstance(verbose, Real):
        raise ValueError(f"verbose={verbose!r}; pass a number, 0 for no progress bar.")
    n_jobs = n_processes(n_jobs)
    # Repeat by repeat: a strategy that cannot work is known before the first one ends.
    in_turn = sorted(cells, key=lambda key: key.repeat)
    n_groups = len(cells)
    if batch_repeats:
        n_groups = min(n_groups, effective_n_jobs(n_jobs))
    groups = [
        {
            in_turn[position]: cells[in_turn[position]]._replace(number=number)
            for position in positions
        }
        for number, positions in enumerate(
            np.array_split(np.arange(len(cells)), n_groups)
        )
    ]
    # All campaigns of a process end together: what it has done are rounds.
    bar_each = verbose > 0 and batch_repeats
    parts = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(_run_group)(
            group,
            scorers,
            name,
            {}
            if checkpoint is None
            else {key: checkpoint.log(key, group[key].totals) for key in group},
            on_error == "mark",
            batch_repeats,
            RoundsBar(name, number, n_groups) if bar_each else None,
        )
        for number, group in enumerate(groups)
    )
    done = (pair for part in parts for pair in part.items())
    if verbose > 0 and not bar_each:
        from tqdm import tqdm

        done = tqdm(done, total=len(cells), desc=name, file=sys.stderr)
    outcomes = dict(done)
    outcomes = {key: outcomes[key] for key in cells}
    _tell_failures(outcomes, name)
    return outcomes


def _run_group(group, scorers, name, logs, mark_errors, side_by_side, bar):
    options = {
        key: {"where": where_of(name, key), "mark_errors": mark_errors} for key in group
    }
    for key, log in logs.items():
        options[key] |= {"played": log.rounds(), "keep": log.append}
    if side_by_side:
        with nullcontext() if bar is None else bar.count(group, options):
            return play_side_by_side(group, scorers, options)
    return {
        key: run_campaign(campaign, scorers, **options[key])
        for key, campaign in group.items()
    }


def where_of(name, key):
    """What a note on an exception says of its campaign."""
    return f"In {name}: {_spelled(key)}"


def _spelled(key):
    return ", ".join(f"{part} {value!r}" for part, value in key._asdict().items())


def _tell_failures(outcomes, name):
    failed = {key: done.failure for key, done in outcomes.items() if done.failure}
    if failed:
        lines = [
            f"{_spelled(key)}, round {failure.round}: {failure.error}"
            for key, failure in failed.items()
        ]
        warnings.warn(
            f"{name}: {len(failed)} of {len(outcomes)} campaigns failed; the result "
            "compares the strategies without a failure, and its attribute `failures` "
            "has the tracebacks.\n" + "\n".join(lines),
            FitFailedWarning,
            stacklevel=5,
        )


def make_tables(outcomes, columns):
    """Join the outcomes to the long table, the table of picks and that of failures.

    Parameters
    ----------
    outcomes : dict of key -> Outcome
        In the order of the tables; not empty.
    columns : sequence of str
        What a place consists of.

    Returns
    -------
    frame, picks, failures : DataFrame
    """
    import pandas as pd

    names = [*next(iter(outcomes))._fields, "round"]
    rows, picks, failures = [], [], []
    for key, outcome in outcomes.items():
        for number, done in enumerate(outcome.rounds):
            cell = (*key, number)
            picks += [(*cell, *place) for place in done.places]
            rows += [
                (*cell, done.n_labeled, metric, score, done.fit_time, done.query_time)
                for metric, score in done.scores.items()
            ]
        if outcome.failure is not None:
            failures.append((*key, *outcome.failure))
    measured = ["n_labeled", "metric", "score", "fit_time", "query_time"]
    return (
        pd.DataFrame(rows, columns=[*names, *measured]),
        pd.DataFrame(picks, columns=[*names, *columns]),
        pd.DataFrame(failures, columns=[*names, "error", "traceback"]),
    )
