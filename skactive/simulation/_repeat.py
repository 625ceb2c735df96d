"""What is drawn anew in every repeat: split, seed set and seeds."""

from __future__ import annotations

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split

from skactive.simulation._loop import draw_seed_set
from skactive.utils import derive_seed, make_rng


class Repeat(NamedTuple):
    """What all strategies of one repeat share."""

    train_rows: np.ndarray  # rows of the X passed to simulate
    test_rows: np.ndarray | None  # None: a test set was passed
    seed_rows: np.ndarray  # rows of the training part
    seed: int  # of the model and the strategy


def plan_repeat(seed, y, *, test_size, n_initial, budget, classifier):
    """Split the data and draw the seed set.

    Parameters
    ----------
    seed : int
    y : ndarray of shape (n_samples, ...)
    test_size : float, int or None
        None: no split, for there is a test set.
    n_initial, budget : int
    classifier : bool
        Stratify the split, and have two classes in the seed set.

    Returns
    -------
    repeat : Repeat
    """
    rows, test_rows = np.arange(len(y)), None
    if test_size is not None:
        rows, test_rows = train_test_split(
            rows,
            test_size=test_size,
            stratify=y if classifier and _can_stratify(y, test_size) else None,
            random_state=derive_seed(seed, "split"),
        )
    if budget > len(rows):
        raise ValueError(
            f"budget={budget} but there are only {len(rows)} training samples."
        )
    seed_rows = draw_seed_set(
        y[rows], n_initial, make_rng(seed, "seed set"), two_classes=classifier
    )
    if len(seed_rows) > budget:
        raise ValueError(
            f"budget={budget} but the seed set took {len(seed_rows)} labels in search "
            "of a second class; raise the budget."
        )
    return Repeat(rows, test_rows, seed_rows, derive_seed(seed, "model"))


def _can_stratify(y, test_size):
    """Whether each class can be in both parts."""
    if y.ndim != 1:
        return False
    counts = np.unique(y, return_counts=True)[1]
    n_test = test_size if isinstance(test_size, Integral) else test_size * len(y)
    return counts.min() > 1 and len(counts) <= min(n_test, len(y) - n_test)
