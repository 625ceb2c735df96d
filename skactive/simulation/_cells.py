"""Run many campaigns, on several processes, and join what they measured to tables."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone

from skactive.simulation._loop import Round, run_rounds
from skactive.simulation._threads import single_thread
from skactive.utils import reseed_nested


class Outcome(NamedTuple):
    """What one campaign measured, as plain rows of the two tables."""

    records: list  # (round, metric, score, n_labeled, fit_time, query_time)
    picks: list  # (round, *place)


def run_cells(cells, totals, scorers, *, name, n_jobs, verbose):
    """Run the campaigns.

    Parameters
    ----------
    cells : dict of key -> (learner, repeat)
        A key is a NamedTuple that says what the cell is, such as strategy and repeat.
    totals : list of int
        Number of labels after the seed set and after each round.
    scorers : dict of str -> callable
    name : str
        Of the function that the user called.
    n_jobs : int or None
    verbose : int

    Yields
    ------
    key, outcome : NamedTuple, Outcome
        In the order in which they are done.
    """
    # Repeat by repeat: a strategy that cannot work is known before the first one ends.
    in_turn = sorted(cells.items(), key=lambda cell: cell[0].repeat)
    done = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(_run_cell)(name, key, learner, repeat, totals, scorers)
        for key, (learner, repeat) in in_turn
    )
    if verbose > 0:
        from tqdm import tqdm

        done = tqdm(done, total=len(cells), desc=name, file=sys.stderr)
    yield from done


def _run_cell(name, key, learner, repeat, totals, scorers):
    # Every random_state, also the learner's own, which seeds the strategy.
    learner = reseed_nested(clone(learner), repeat.seed)
    records, picks = [], []
    with single_thread(), _blamed(name, key):
        first, pool = repeat.open()
        test = repeat.test()
        for number, done in enumerate(run_rounds(learner, first, pool, totals)):
            places = np.column_stack([done.places]).tolist()
            picks += [(number, *place) for place in places]
            for metric, scorer in scorers.items():
                score = float(scorer(learner, *test))
                if not np.isfinite(score):
                    raise ValueError(
                        f"{metric}={score} for ({', '.join(key._fields)})={tuple(key)} "
                        f"in round {number}; choose a scoring that is defined in every "
                        "round."
                    )
                records.append((number, metric, score, *done[1:]))
    return key, Outcome(records, picks)


@contextmanager
def _blamed(name, key):
    """Note on an exception where it came from; it passes through as it is."""
    try:
        yield
    except Exception as error:
        parts = (f"{k} {v!r}" for k, v in key._asdict().items())
        error.add_note(f"In {name}: {', '.join(parts)}.")
        raise


def make_tables(outcomes, columns):
    """Join the outcomes to the long table and the table of picks.

    Parameters
    ----------
    outcomes : dict of key -> Outcome
        In the order of the tables; not empty.
    columns : sequence of str
        What a place consists of.

    Returns
    -------
    frame, picks : DataFrame
    """
    import pandas as pd

    names = [*next(iter(outcomes))._fields, "round"]
    rows = [(*key, *row) for key, done in outcomes.items() for row in done.records]
    frame = pd.DataFrame(rows, columns=[*names, "metric", "score", *Round._fields[1:]])
    frame.insert(len(names), "n_labeled", frame.pop("n_labeled"))
    rows = [(*key, *row) for key, done in outcomes.items() for row in done.picks]
    return frame, pd.DataFrame(rows, columns=[*names, *columns])
