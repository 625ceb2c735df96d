"""What is drawn anew in every repeat: test set, seed set, pool and seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
from sklearn.model_selection import train_test_split

from skactive.simulation._candidates import FixedPool, FreshPools, Labeled, label
from skactive.simulation._classes import check_class_labels, check_two_classes
from skactive.simulation._initial import first_rows, order_of_first
from skactive.utils import derive_seed, make_rng, stack_rows, take_rows


@dataclass(frozen=True)
class TrainingPart:
    """Samples of a table that may be asked, and what the annotator says of them."""

    rows: np.ndarray  # of the table; a row that is there twice is two samples
    y: np.ndarray
    jitter: object = 0.0  # what sets copies apart; see make_redundant
    seed: int = 0  # of the noise

    def samples(self, X):
        """Take the samples from the table."""
        if self.jitter == 0:
            return take_rows(X, self.rows)
        from skactive.datasets._redundant import set_apart

        first = np.unique(self.rows, return_index=True)[1]
        copies = np.setdiff1d(np.arange(len(self.rows)), first)
        rng = make_rng(self.seed, "jitter")
        near = set_apart(X, take_rows(X, self.rows[copies]), self.jitter, rng)
        stacked = stack_rows(take_rows(X, self.rows[first]), near)
        return take_rows(stacked, np.argsort(np.concatenate([first, copies])))


@dataclass(frozen=True)
class TableRepeat:
    """What all strategies of one repeat share, where all labels are known.

    Plain data, for it travels to other processes; rows are taken there.
    """

    data: tuple  # X and y as they were passed to simulate
    train: TrainingPart
    seed_rows: np.ndarray  # rows of the training part
    test_rows: np.ndarray | None
    fixed_test: tuple  # X and y; used where there are no test rows
    seed: int  # of the model and the strategy

    columns = ("row",)  # of the table of picks

    def open(self):
        """Return the seed set and the pool it was drawn from."""
        X = self.train.samples(self.data[0])
        pool = FixedPool(X, self.train.y.__getitem__, self.train.rows)
        return pool.answer(self.seed_rows), pool

    def test(self):
        """Return samples and labels to score on."""
        if self.test_rows is None:
            return self.fixed_test
        return tuple(take_rows(part, self.test_rows) for part in self.data)


@dataclass(frozen=True)
class ProblemRepeat:
    """What all strategies of one repeat share, where labels are computed when asked."""

    problem: object
    first: Labeled
    fixed_test: tuple
    pool_ratio: float | None
    pool_size: int | None  # used where there is no ratio
    pool_seed: int
    seed: int  # of the model and the strategy

    @property
    def columns(self):
        """Columns of the table of picks."""
        return self.problem.input_names

    def open(self):
        """Return the seed set, and a pool that has nothing to do with it."""
        if self.pool_ratio is not None:
            pool = FreshPools(self.problem, self.pool_ratio, self.pool_seed)
        else:
            X = self.problem.sample(self.pool_size, self.pool_seed)
            pool = FixedPool(X, lambda rows: label(self.problem, X[rows]), X)
        return self.first, pool

    def test(self):
        """Return samples and labels to score on."""
        return self.fixed_test

    def with_ratio(self, pool_ratio):
        """Return the same repeat with another ratio of its pools."""
        return replace(self, pool_ratio=pool_ratio)


def plan_table(
    seed, X, y, *, test_size, test, initial, n_initial, budget, classifier, reshape=None
):
    """Split the data and choose the seed set.

    Parameters
    ----------
    seed : int
    X : container of n_samples rows
    y : ndarray of shape (n_samples, ...)
    test_size : float, int or None
        None: no split, for there is a test set.
    test : tuple
        X and y of the test set, or None and None.
    initial : {'random', 'stratified'} or ActiveLearner
    n_initial, budget : int
    classifier : bool
        Stratify the split, and have two classes in the seed set.
    reshape : callable, default=None
        ``reshape(train, seed, classifies)`` gives another TrainingPart for one.

    Returns
    -------
    repeat : TableRepeat
    """
    rows, test_rows = np.arange(len(y)), None
    if test_size is not None:
        rows, test_rows = train_test_split(
            rows,
            test_size=test_size,
            stratify=y if classifier and _can_stratify(y, test_size) else None,
            random_state=derive_seed(seed, "split"),
        )
    train = TrainingPart(rows, y[rows])
    if reshape is not None:
        train = reshape(train, derive_seed(seed, "reshape"), classifier)
    if budget > len(train.y):
        raise ValueError(
            f"budget={budget} but there are only {len(train.y)} training samples; "
            "lower the budget, or let there be more samples."
        )
    n_distinct = len(np.unique(train.rows))
    if train.jitter == 0 and n_distinct < n_initial:
        raise ValueError(
            f"n_initial={n_initial} but only {n_distinct} of {len(train.y)} training "
            "samples are not copies of others; lower n_initial, or let there be fewer "
            "copies."
        )
    order = order_of_first(initial, train.samples(X), train.y, n_initial, seed)
    if classifier:
        check_two_classes("The training part of y", train.y)
    seed_rows = first_rows(order, train.y, n_initial, two_classes=classifier)
    if len(seed_rows) > budget:
        raise ValueError(
            f"budget={budget} but the seed set took {len(seed_rows)} labels in search "
            "of a second class; raise the budget."
        )
    seed = derive_seed(seed, "model")
    return TableRepeat((X, y), train, seed_rows, test_rows, test, seed)


def plan_problem(
    seed,
    problem,
    *,
    test_size,
    test,
    pool_ratio,
    pool_size,
    initial,
    n_initial,
    budget,
    classifier,
):
    """Draw the seed set and the test set from the problem's sampler.

    Parameters
    ----------
    seed : int
    problem : Problem
    test_size : int or None
        None: there is a test set.
    test : tuple
        X and y of the test set, or None and None.
    pool_ratio : float or None
    pool_size : int or None
    initial : 'random' or ActiveLearner
        A strategy chooses from ten times the seed set, but at least 1000 samples.
    n_initial, budget : int
    classifier : bool
        Have two classes in the seed set.

    Returns
    -------
    repeat : ProblemRepeat
    """
    if test_size is not None:
        X_test = problem.sample(test_size, derive_seed(seed, "test set"))
        test = X_test, label(problem, X_test)
    n_to_choose_from = budget if initial == "random" else max(1000, 10 * n_initial)
    X = problem.sample(n_to_choose_from, derive_seed(seed, "seed set"))
    if initial != "random":  # they are in random order already
        X = X[order_of_first(initial, X, None, n_initial, seed)]
    y = label(problem, X[:n_initial])
    if classifier:
        check_class_labels(f"The answer of {problem.name}", y)
        # One at a time: a label costs something.
        while len(np.unique(y)) == 1 and len(y) < budget:
            y = np.concatenate([y, label(problem, X[len(y) : len(y) + 1])])
        if len(np.unique(y)) == 1:
            raise ValueError(
                f"budget={budget} but the seed set took all these labels in search of "
                "a second class; raise the budget."
            )
    X = X[: len(y)]
    return ProblemRepeat(
        problem,
        Labeled(np.arange(len(y)), X, X, y),
        test,
        pool_ratio,
        pool_size,
        derive_seed(seed, "pool"),
        derive_seed(seed, "model"),
    )


def _can_stratify(y, test_size):
    """Whether each class can be in both parts."""
    if y.ndim != 1:
        return False
    counts = np.unique(y, return_counts=True)[1]
    n_test = test_size if isinstance(test_size, Integral) else test_size * len(y)
    return counts.min() > 1 and len(counts) <= min(n_test, len(y) - n_test)
