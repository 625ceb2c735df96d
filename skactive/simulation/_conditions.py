"""What a study varies: each value changes one thing of a simulation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.base import is_classifier

from skactive.simulation._loop import label_totals
from skactive.simulation._reshape import (
    Imbalanced,
    NoisyLabels,
    PerClass,
    Redundant,
    Subset,
)


class Condition(NamedTuple):
    """The part of a simulation that a study may vary."""

    n_initial: int | None  # None: varied, and not passed
    n_queries: int | None
    budget: int
    initial: object = "random"
    estimator: object = None  # None: that of the simulation
    reshape: object = None  # of the training part; see plan_table

    @property
    def sizes(self):
        """The numbers of labels, by their names."""
        names = ("n_initial", "n_queries", "budget")
        return {name: getattr(self, name) for name in names}

    @property
    def totals(self):
        """Number of labels after the seed set and after each round."""
        return label_totals(self.n_initial, self.n_queries, self.budget)


class Factor(NamedTuple):
    """Something that a study varies."""

    change: object  # callable: (condition, value) -> condition
    values: object  # callable: (condition, y, n_train) -> default values
    axis: str  # what stands beside the axis of a plot
    classes_only: bool = False
    table_only: bool = False


def _reshaping(kind):
    return lambda condition, value: condition._replace(reshape=kind(value))


def _setting(name):
    return lambda condition, value: condition._replace(**{name: value})


def _doubled(name, most):
    """The size that was passed, twice and four times, as far as the budget allows."""

    def values(condition, y, n_train):
        size = getattr(condition, name)
        return [size, *(s for s in (2 * size, 4 * size) if s <= most(condition))]

    return values


def _shares_of_all(condition, y, n_train):
    return [s for s in (0.25, 0.5, 1.0) if s == 1 or s * n_train >= condition.budget]


def _copies_with_room(condition, y, n_train):
    """As many copies as the largest class has room for, however it is split."""
    n_rows = len(y)
    if is_classifier(condition.estimator):
        n_rows = np.unique(y, return_counts=True)[1].max()
    n_filled = 0.9 * n_rows * n_train / len(y)
    return [1, *(n for n in (2, 5, 10) if n**2 <= n_filled)]


def _shares_of_a_class(condition, y, n_train):
    counts = np.unique(y, return_counts=True)[1]
    n_most = int(counts.min() * n_train // len(y))
    n_least = -(-condition.budget // len(counts))
    sizes = np.geomspace(n_least, n_most, 3) if n_most > n_least else [n_most]
    return np.unique(np.floor(sizes).astype(int)).tolist()


FACTORS = {
    "n_initial": Factor(
        _setting("n_initial"),
        _doubled("n_initial", lambda condition: condition.budget - 1),
        "labels to begin with",
    ),
    "n_queries": Factor(
        _setting("n_queries"),
        _doubled("n_queries", lambda c: c.budget - c.n_initial),
        "labels per round",
    ),
    "initial": Factor(
        _setting("initial"),
        lambda *_: ["random", "kmeans", "facility_location"],
        "seed set",
    ),
    "estimator": Factor(_setting("estimator"), None, "model"),
    "pool_size": Factor(
        _reshaping(Subset),
        _shares_of_all,
        "share or number of unlabeled samples",
        table_only=True,
    ),
    "redundancy": Factor(
        _reshaping(Redundant),
        _copies_with_room,
        "copies of each sample",
        table_only=True,
    ),
    "jitter": Factor(
        _reshaping(lambda scale: Redundant(5, scale)),
        lambda *_: [0.0, 0.05, 0.2, 0.5],
        "noise of five near copies, in standard deviations",
        table_only=True,
    ),
    "n_per_class": Factor(
        _reshaping(PerClass),
        _shares_of_a_class,
        "samples of each class",
        classes_only=True,
        table_only=True,
    ),
    "imbalance": Factor(
        _reshaping(Imbalanced),
        lambda *_: [1, 4, 16],
        "largest class / smallest class",
        classes_only=True,
        table_only=True,
    ),
    "label_noise": Factor(
        _reshaping(NoisyLabels),
        lambda *_: [0.0, 0.1, 0.2, 0.4],
        "share of wrong labels, or noise in standard deviations",
        table_only=True,
    ),
}
