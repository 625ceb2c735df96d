"""Replay active learning on labels that are known already."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from itertools import product

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone, is_classifier

from skactive.simulation._arguments import (
    check_data,
    check_sizes,
    make_learners,
    make_scorers,
)
from skactive.simulation._loop import Round, label_totals, run_rounds
from skactive.simulation._repeat import plan_repeat
from skactive.simulation._result import SimulationResult
from skactive.simulation._threads import single_thread
from skactive.utils import derive_seed, draw_seed, reseed_nested, take_rows


def simulate(
    estimator,
    X,
    y=None,
    *,
    strategies,
    n_initial,
    n_queries,
    budget,
    initial="random",
    baseline=None,
    n_repeats=5,
    test_size=0.25,
    X_test=None,
    y_test=None,
    scoring=None,
    random_state=None,
    n_jobs=None,
    verbose=0,
):
    """Measure what query strategies would have saved on labels that are known.

    The comparison is paired: in one repeat, all strategies share the split, the seed
    set and the seeds of the model. Every repeat draws its own. A learner sees the
    labels it asked for and no others, not even which classes there are.

    Parameters
    ----------
    estimator : estimator
        The model that is taught. In each repeat every ``random_state`` of a clone of it
        (and of the strategies) is replaced by one of that repeat, set or not.
    X : {array-like, sparse matrix, DataFrame, list} of n_samples rows
        All samples, with their labels known.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The labels.
    strategies : list, or dict of label -> strategy
        Registered names or strategy objects (labeled with their class's name). Values
        of a dict may also be None, the learner's default, or an
        :class:`~skactive.ActiveLearner`, which brings its own estimator.
    n_initial : int
        Size of the random seed set. For a classifier, a seed set of one class is
        extended, sample by sample, until it has two. The extra labels count: the next
        rounds of that repeat ask less, or nothing, until the others have caught up.
    n_queries : int
        Samples asked per round; the last batch is cut to fit the budget.
    budget : int
        Labels spent in total, the seed set included.
    initial : {'random'}, default='random'
        How the seed set is drawn.
    baseline : str, default=None
        Label of the strategy the others are compared with. None: 'random' if it is
        there, else the first.
    n_repeats : int, default=5
        Number of repeats. One shows nothing, five are few.
    test_size : float or int, default=0.25
        Share or number of samples kept for scoring; stratified for classifiers where
        every class has enough samples. Unused if a test set is passed.
    X_test, y_test : default=None
        A fixed test set; all of `X` is then the pool.
    scoring : str, callable, list, dict or None, default=None
        Name of a scorer of scikit-learn or a callable ``scorer(estimator, X, y)`` that
        returns one number; a list of names or a dict of label -> either for several.
        None is the estimator's own ``score``. Higher is better.
    random_state : int, RandomState, Generator or None, default=None
        Seed of everything. None: fresh entropy; ``result.setting`` tells the seed.
    n_jobs : int, default=None
        Number of processes (:class:`joblib.Parallel`). The table is the same for every
        value, times apart: each task runs on one thread. Threads as a joblib back-end
        are not supported.
    verbose : int, default=0
        Above 0, a progress bar on stderr.

    Returns
    -------
    result : SimulationResult
        The curves, who asked what, and what it shows: ``print(result)``.

    Raises
    ------
    ValueError
        If sizes do not fit together, a name is unknown, or a label is there twice;
        before anything is fitted. Exceptions of the estimator pass through.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import simulate
    >>> X, y = load_iris(return_X_y=True)
    >>> result = simulate(GaussianNB(), X, y, strategies=["random", "margin"],
    ...                   n_initial=10, n_queries=5, budget=22, random_state=0)
    >>> frame = result.to_frame()
    >>> frame.loc[frame["repeat"].eq(0), "n_labeled"].tolist()
    [10, 15, 20, 22, 10, 15, 20, 22]
    """
    X, y, X_test, y_test = check_data(X, y, X_test, y_test)
    check_sizes(
        n_initial=n_initial, n_queries=n_queries, budget=budget, n_repeats=n_repeats
    )
    if initial != "random":
        raise ValueError(f"initial={initial!r} is not known; use 'random'.")
    learners = make_learners(estimator, strategies)
    if baseline is not None and baseline not in learners:
        raise ValueError(f"baseline={baseline!r} is not among {list(learners)}.")
    scorers = make_scorers(scoring)
    seed = draw_seed(random_state)
    classifier = any(map(is_classifier, learners.values()))
    repeats = [
        plan_repeat(
            derive_seed(seed, "repeat", number),
            y,
            test_size=None if X_test is not None else test_size,
            n_initial=n_initial,
            budget=budget,
            classifier=classifier,
        )
        for number in range(n_repeats)
    ]
    totals = label_totals(n_initial, n_queries, budget)
    keys = list(product(learners, range(n_repeats)))
    done = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(_run_task)(
            (label, number),
            learners[label],
            (X, y),
            (X_test, y_test),
            repeats[number],
            totals,
            scorers,
        )
        for label, number in keys
    )
    if verbose > 0:
        from tqdm import tqdm

        done = tqdm(done, total=len(keys), desc="simulate", file=sys.stderr)
    outcomes = dict(done)
    frame, picks = _tables({key: outcomes[key] for key in keys})
    setting = {
        "estimator": repr(estimator),
        "n_initial": n_initial,
        "n_queries": n_queries,
        "budget": budget,
        "random_state": seed,
    }
    return SimulationResult.from_frame(frame, picks, baseline=baseline, setting=setting)


def _run_task(key, learner, data, test, repeat, totals, scorers):
    """One strategy in one repeat: its key, rows of the table, rows of the picks."""
    X, y = (take_rows(part, repeat.train_rows) for part in data)
    if repeat.test_rows is not None:
        test = [take_rows(part, repeat.test_rows) for part in data]
    # Every random_state, also the learner's own, which seeds the strategy.
    learner = reseed_nested(clone(learner), repeat.seed)
    records, picks = [], []
    with single_thread(), _blamed(key):
        rounds = run_rounds(learner, X, y, repeat.seed_rows, totals)
        for number, done in enumerate(rounds):
            picks += [(number, row) for row in repeat.train_rows[done.rows].tolist()]
            for metric, scorer in scorers.items():
                score = float(scorer(learner, *test))
                if not np.isfinite(score):
                    raise ValueError(
                        f"{metric}={score} for (strategy, repeat)={key} in round "
                        f"{number}; choose a scoring that is defined in every round."
                    )
                records.append((number, metric, score, *done[1:]))
    return key, (records, picks)


@contextmanager
def _blamed(key):
    """Note on an exception where it came from; it passes through as it is."""
    try:
        yield
    except Exception as error:
        label, number = key
        error.add_note(f"In simulate: strategy {label!r}, repeat {number}.")
        raise


def _tables(outcomes):
    """Join the tasks' rows to the long table and the table of picks."""
    import pandas as pd

    names = ["strategy", "repeat", "round"]
    rows = [(*key, *row) for key, (records, _) in outcomes.items() for row in records]
    frame = pd.DataFrame(rows, columns=[*names, "metric", "score", *Round._fields[1:]])
    frame.insert(len(names), "n_labeled", frame.pop("n_labeled"))
    rows = [(*key, *row) for key, (_, picks) in outcomes.items() for row in picks]
    return frame, pd.DataFrame(rows, columns=[*names, "row"])
