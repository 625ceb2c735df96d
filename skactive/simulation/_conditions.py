"""What a study varies: each value changes one thing of a simulation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from skactive.simulation._loop import label_totals
from skactive.utils import make_rng

_PLAIN_SHARE = 0.75  # of a table, or of a class, that a test set leaves


class Condition(NamedTuple):
    """The part of a simulation that a study may vary."""

    n_initial: int
    n_queries: int
    budget: int
    initial: object = "random"
    estimator: object = None  # None: that of the simulation
    reshape: object = None  # of the training part; see plan_table

    @property
    def totals(self):
        """Number of labels after the seed set and after each round."""
        return label_totals(self.n_initial, self.n_queries, self.budget)


class Factor(NamedTuple):
    """Something that a study varies."""

    change: object  # callable: (condition, value) -> condition
    values: object  # callable: (condition, y of the table or None) -> default values
    axis: str  # what stands beside the axis of a plot
    classes_only: bool = False
    table_only: bool = False


@dataclass(frozen=True)
class Subset:
    """A random part of the samples."""

    size: float | int

    def __call__(self, train, seed, classifies):
        n_kept = self.size
        if not isinstance(n_kept, int):
            n_kept = round(n_kept * len(train.y))
        if not 1 <= n_kept <= len(train.y):
            raise ValueError(
                f"pool_size={self.size!r}; there are {len(train.y)} training samples, "
                "so pass a share of at most 1.0 or a number of at most that."
            )
        kept = make_rng(seed, "subset").permutation(len(train.y))[:n_kept]
        return replace(train, rows=train.rows[kept], y=train.y[kept])


@dataclass(frozen=True)
class Redundant:
    """A tenth of the samples once, copies of some others in place of the rest."""

    factor: int
    jitter: float = 0.0

    def __call__(self, train, seed, classifies):
        from skactive.datasets import make_redundant

        n_samples = len(train.y)
        rows, y, _ = make_redundant(
            train.rows,
            train.y,
            n_unique=n_samples // 10,
            factor=self.factor,
            total=n_samples,
            random_state=seed,
        )
        return replace(train, rows=rows, y=y, jitter=self.jitter, seed=seed)


@dataclass(frozen=True)
class PerClass:
    """As many samples of each class."""

    n_per_class: int

    def __call__(self, train, seed, classifies):
        from skactive.datasets import take_per_class

        rows, y, _ = take_per_class(
            train.rows, train.y, self.n_per_class, random_state=seed
        )
        return replace(train, rows=rows, y=y)


@dataclass(frozen=True)
class Imbalanced:
    """Fewer and fewer samples from class to class."""

    ratio: float

    def __call__(self, train, seed, classifies):
        from skactive.datasets import make_imbalanced

        rows, y, _ = make_imbalanced(train.rows, train.y, self.ratio, random_state=seed)
        return replace(train, rows=rows, y=y)


@dataclass(frozen=True)
class NoisyLabels:
    """Answers of an annotator who is wrong at times; the test set is not."""

    share: float

    def __call__(self, train, seed, classifies):
        from skactive.datasets import make_noisy_labels

        if classifies:
            y, _ = make_noisy_labels(train.y, self.share, random_state=seed)
            return replace(train, y=y)
        noise = make_rng(seed, "noise").standard_normal(train.y.shape)
        return replace(train, y=train.y + self.share * train.y.std(axis=0) * noise)


def _reshaping(kind):
    return lambda condition, value: condition._replace(reshape=kind(value))


def _setting(name):
    return lambda condition, value: condition._replace(**{name: value})


def _doubled(name, most):
    """The size that was passed, twice and four times, as far as the budget allows."""

    def values(condition, y):
        sizes = [getattr(condition, name) * times for times in (1, 2, 4)]
        return [size for size in sizes if size <= most(condition)]

    return values


def _shares_of_all(condition, y):
    n_train = _PLAIN_SHARE * len(y)
    return [s for s in (0.25, 0.5, 1.0) if s == 1 or s * n_train >= condition.budget]


def _shares_of_a_class(condition, y):
    n_most = int(_PLAIN_SHARE * np.unique(y, return_counts=True)[1].min())
    n_least = -(-condition.budget // len(np.unique(y)))
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
        lambda condition, y: ["random", "kmeans", "facility_location"],
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
        lambda condition, y: [1, 2, 5, 10],
        "copies of each sample",
        table_only=True,
    ),
    "jitter": Factor(
        _reshaping(lambda scale: Redundant(5, scale)),
        lambda condition, y: [0.0, 0.05, 0.2, 0.5],
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
        lambda condition, y: [1, 4, 16],
        "largest class / smallest class",
        classes_only=True,
        table_only=True,
    ),
    "label_noise": Factor(
        _reshaping(NoisyLabels),
        lambda condition, y: [0.0, 0.1, 0.2, 0.4],
        "share of wrong labels, or noise in standard deviations",
        table_only=True,
    ),
}
