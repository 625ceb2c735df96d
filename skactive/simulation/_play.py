"""Play strategies against each other under one condition or several."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import product
from typing import NamedTuple

from sklearn.base import is_classifier

import skactive
from skactive.learner import ActiveLearner
from skactive.simulation._arguments import (
    check_named_scorers,
    check_on_error,
    check_sizes,
    describe_scoring,
    make_learners,
    make_plan,
    make_scorers,
)
from skactive.simulation._campaign import Campaign, run_campaign
from skactive.simulation._cells import make_tables, run_cells, where_of
from skactive.simulation._checkpoint import Checkpoint, check_file_labels
from skactive.simulation._initial import make_initial
from skactive.simulation._result import choose_baseline
from skactive.simulation._side_by_side import check_side_by_side
from skactive.utils import as_labels, derive_seed, describe, draw_seed


class Key(NamedTuple):
    """Names a campaign of a simulation."""

    strategy: object  # its label
    repeat: int


class StudyKey(NamedTuple):
    """Names a campaign of a study."""

    strategy: object  # its label
    value: object  # label of the condition
    repeat: int


class Played(NamedTuple):
    """What was measured; the tables of a study have a column ``value``."""

    frame: object
    picks: object
    failures: object
    baseline: object  # label of a strategy
    setting: dict


def play(
    name,
    base,
    X,
    y,
    *,
    strategies,
    baseline,
    n_repeats,
    test_size,
    X_test,
    y_test,
    scoring,
    random_state,
    n_jobs,
    verbose,
    checkpoint,
    on_error,
    batch_repeats,
    conditions=None,
    factor=None,
    pool_ratio=None,
    pool_size=None,
):
    """Check the arguments of :func:`simulate`, and play all campaigns.

    Parameters
    ----------
    name : str
        Of the function that the user called.
    base : Condition
        What was passed to it.
    X, y, strategies, baseline, n_repeats, test_size, X_test, y_test, scoring
        As for :func:`simulate`, as are all others but the next.
    conditions : dict of label -> Condition, default=None
        Those of a study. None: `base` alone.
    factor : str, default=None
        What the conditions differ in.

    Returns
    -------
    played : Played
    """
    if conditions is None:
        conditions = {None: base}
    for value, condition in conditions.items():
        with _naming(factor, value):
            check_sizes(**condition.sizes, n_repeats=n_repeats)
    check_on_error(on_error)
    learners = {}
    for value, condition in conditions.items():
        # Other factors change nothing of the learners.
        with _naming(factor if factor == "estimator" else None, value):
            learners[value] = make_learners(condition.estimator, strategies)
    plan, facts = make_plan(
        X,
        y,
        X_test,
        y_test,
        test_size=test_size,
        pool_ratio=pool_ratio,
        pool_size=pool_size,
        n_to_ask=max(c.budget - c.n_initial for c in conditions.values()),
        classifies=any(is_classifier(m) for v in learners.values() for m in v.values()),
    )
    default = next(iter(conditions))
    labels = list(learners[default])
    if baseline is None:
        baseline = choose_baseline(labels)
    elif baseline not in labels:
        raise ValueError(f"baseline={baseline!r} is not among {labels}.")
    scorers = make_scorers(scoring)
    initial = {}
    for value, condition in conditions.items():
        with _naming(factor, value):
            initial[value] = make_initial(condition.initial, condition.estimator)
    store = None if checkpoint is None else Checkpoint(checkpoint)
    seed = draw_seed(random_state) if store is None else store.seed(random_state)
    repeats = {}
    for number, (value, condition) in product(range(n_repeats), conditions.items()):
        with _naming(factor, value):
            repeats[value, number] = plan(
                derive_seed(seed, "repeat", number),
                initial=initial[value],
                n_initial=condition.n_initial,
                budget=condition.budget,
                classifier=any(map(is_classifier, learners[value].values())),
                **({"reshape": condition.reshape} if condition.reshape else {}),
            )
    cells = {}
    for label, (value, condition), number in product(
        labels, conditions.items(), range(n_repeats)
    ):
        key = Key(label, number) if factor is None else StudyKey(label, value, number)
        cells[key] = Campaign(
            learners[value][label], repeats[value, number], condition.totals
        )
    if batch_repeats:
        check_side_by_side({key: cells[key] for key in cells if key.repeat == 0})
    first = repeats[default, 0]
    check_named_scorers(
        scoring, first.test()[1], classifies=is_classifier(learners[default][baseline])
    )
    setting = {
        **facts,
        **{name: int(n) for name, n in base.sizes.items() if n is not None},
        "random_state": seed,
    }

    def shares_model(label):
        return learners[default][label].estimator is conditions[default].estimator

    if store is not None:
        check_file_labels("strategies", labels)
        check_file_labels("values", conditions)
        strategies = {
            # The model of the first value plays no part.
            ("strategy", label): describe(
                ActiveLearner(base.estimator, learner.strategy)
                if shares_model(label)
                else learner
            )
            for label, learner in learners[default].items()
        }
        values = {
            (factor, value): describe(condition._asdict())
            for value, condition in conditions.items()
            if factor
        }
        targets = {"y": y, "y_test": y_test}
        data = {
            **{"X": X, "X_test": X_test},
            # A Series and its array are the same labels.
            **{n: None if v is None else as_labels(v) for n, v in targets.items()},
        }
        store.agree(
            {
                **setting,
                **({} if factor is None else {"vary": factor}),
                **_described(base, scoring, first),
                **{name: describe(value) for name, value in data.items()},
            },
            {**strategies, **values},
        )
    outcomes = run_cells(
        cells,
        scorers,
        name=name,
        n_jobs=n_jobs,
        verbose=verbose,
        checkpoint=store,
        on_error=on_error,
        batch_repeats=batch_repeats,
    )
    for key, outcome in outcomes.items():
        if key.strategy == baseline and outcome.failure is not None:
            # There is nothing to compare with: play on, to raise what it raised.
            outcomes[key] = run_campaign(
                cells[key], scorers, where_of(name, key), played=outcome.rounds
            )
    tables = make_tables(outcomes, first.columns)
    setting = {"estimator": repr(base.estimator), **setting}
    own = [label for label in labels if not shares_model(label)]
    if own:
        setting["own_models"] = own
    if base.initial != "random":
        setting["initial"] = base.initial
    return Played(*tables, baseline, setting)


@contextmanager
def _naming(factor, value):
    """Say in what is raised for which value of a study it is raised."""
    try:
        yield
    except Exception as error:
        where = f"vary={factor!r}, value {value!r}"
        if factor is not None and isinstance(error, ValueError | TypeError):
            error.args = (f"{where}: {error}",)
        elif factor is not None:
            error.add_note(f"In study: {where}.")
        raise


def _described(base, scoring, first):
    """What all rounds of a run share besides numbers and data, by its content."""
    initial = base.initial
    return {
        "estimator": describe(base.estimator),
        "initial": initial if isinstance(initial, str) else describe(initial),
        "scoring": describe_scoring(scoring),
        # A function has no name that tells it from all others; its answers do.
        "labels of the first test set": describe(first.test()[1]),
        "version": skactive.__version__,
    }
