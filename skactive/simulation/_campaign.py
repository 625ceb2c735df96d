"""One campaign: a learner asks for labels, and is scored on the way."""

from __future__ import annotations

import traceback
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.metrics import check_scoring

from skactive.exceptions import MissingCapability
from skactive.simulation._devices import spread_devices
from skactive.simulation._loop import replay_rounds, run_rounds
from skactive.simulation._threads import single_thread
from skactive.utils import reseed_nested


class Campaign(NamedTuple):
    """What a campaign starts from; plain data, for it travels to other processes."""

    learner: object
    repeat: object  # TableRepeat or ProblemRepeat
    totals: list  # number of labels after the seed set and after each round
    number: int = 0  # among those that run side by side


class PlayedRound(NamedTuple):
    """What is kept of a round."""

    rows: list  # of the pool, in the order of picking
    places: list  # what tells these samples apart for a reader
    n_labeled: int
    fit_time: float  # seconds
    query_time: float  # seconds
    scores: dict  # metric -> score


class OtherWriter(RuntimeError):
    """Another process plays the same campaign, and other rounds of it."""


class Failure(NamedTuple):
    """Where a campaign ended before its time, and why."""

    round: int
    error: str  # the last line of the traceback
    traceback: str


class Outcome(NamedTuple):
    """What one campaign measured."""

    rounds: list  # of PlayedRound
    failure: Failure | None


def run_campaign(campaign, scorers, where, **options):
    """Play a campaign, or what is left of it.

    Parameters
    ----------
    campaign, scorers, where, **options
        As for `play_campaign`.

    Returns
    -------
    outcome : Outcome
    """
    with single_thread():
        try:
            next(play_campaign(campaign, scorers, where, **options))
        except StopIteration as end:
            return end.value


def play_campaign(
    campaign, scorers, where, *, played=(), keep=None, mark_errors=False, collect=None
):
    """Play a campaign, or what is left of it; within `single_thread`.

    Parameters
    ----------
    campaign : Campaign
    scorers : dict of str -> callable
    where : str
        What a note on an exception says before the round.
    played : sequence of PlayedRound
        Rounds that were played before it was interrupted.
    keep : callable, default=None
        Called with every PlayedRound as it ends.
    mark_errors : bool, default=False
        Return an exception as a Failure, unless it is a MissingCapability, which no
        other repeat would do without, or an OtherWriter, which is no fault of the
        campaign.
    collect : callable, default=None
        ``collect(untrained)`` gives a context in which `fit` of a net adds to that list
        what it leaves untrained.

    Yields
    ------
    untrained : Untrained
        What is to be trained before the campaign goes on, with `collect`. The seconds
        it took are sent back, or what was raised is thrown.

    Returns
    -------
    outcome : Outcome
    """
    rounds, untrained = list(played), []
    try:
        if len(rounds) < len(campaign.totals):
            learner = start_learner(campaign)
            test = campaign.repeat.test()
            learning = nullcontext if collect is None else partial(collect, untrained)
            for done in _rounds_left(campaign, learner, rounds, learning):
                joint_time = (yield untrained.pop()) if untrained else 0.0
                rounds.append(
                    PlayedRound(
                        done.rows.tolist(),
                        np.column_stack([done.places]).tolist(),
                        done.n_labeled,
                        done.fit_time + joint_time,
                        done.query_time,
                        _scores(learner, test, scorers),
                    )
                )
                if keep is not None:
                    keep(rounds[-1])
    except Exception as error:
        error.add_note(f"{where}, round {len(rounds)}.")
        if not mark_errors or isinstance(error, MissingCapability | OtherWriter):
            raise
        last = traceback.format_exception_only(error)[0].strip()
        return Outcome(rounds, Failure(len(rounds), last, traceback.format_exc()))
    return Outcome(rounds, None)


def start_learner(campaign):
    """Return the learner of a campaign with the seeds of its repeat, not fitted."""
    # Every random_state, also the learner's own, which seeds the strategy.
    learner = reseed_nested(clone(campaign.learner), campaign.repeat.seed)
    return spread_devices(learner, campaign.number)


def _rounds_left(campaign, learner, played, learning):
    """Play on from the rounds that are played already."""
    first, pool = campaign.repeat.open()
    if played:
        asked = [np.array(done.rows, dtype=np.int64) for done in played[1:]]
        replay_rounds(learner, first, pool, asked)
    start = len(played)
    return run_rounds(
        learner, first, pool, campaign.totals, start=start, learning=learning
    )


def _scores(learner, test, scorers):
    # All at once: scikit-learn then computes each prediction once.
    scores = check_scoring(learner, scoring=scorers)(learner, *test)
    scores = {metric: float(score) for metric, score in scores.items()}
    for metric, score in scores.items():
        if not np.isfinite(score):
            raise ValueError(
                f"{metric}={score}; choose a scoring that is defined in every round."
            )
    return scores
