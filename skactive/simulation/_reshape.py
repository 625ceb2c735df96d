"""What a study does to the part of a table that may be asked.

Each is called as ``reshape(train, seed, classifies)`` and returns another TrainingPart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np

from skactive.utils import check_count, check_ratio, check_share, make_rng


@dataclass(frozen=True)
class Subset:
    """A random part of the samples."""

    size: float | int

    def __call__(self, train, seed, classifies):
        n_kept = self.size
        if isinstance(n_kept, Real) and not isinstance(n_kept, Integral):
            n_kept = round(n_kept * len(train.y))
        if not isinstance(n_kept, Integral) or not 1 <= n_kept <= len(train.y):
            raise ValueError(
                f"pool_size={self.size!r}; there are {len(train.y)} training samples, "
                "so pass a share of at most 1.0 or a number of at most that."
            )
        kept = make_rng(seed, "subset").permutation(len(train.y))[:n_kept]
        return _part(train, kept)


@dataclass(frozen=True)
class Redundant:
    """A tenth of the samples once, copies of some others in place of the rest."""

    factor: int
    jitter: float = 0.0

    def __call__(self, train, seed, classifies):
        from skactive.datasets import make_redundant

        check_count("redundancy", self.factor)
        n_samples = len(train.y)
        _, _, kept = make_redundant(
            train.rows,
            # Numbers that are whole are no classes of a regressor.
            train.y if classifies else np.zeros(n_samples),
            n_unique=n_samples // 10,
            factor=self.factor,
            total=n_samples,
            random_state=seed,
        )
        n_most = np.bincount(kept).max()
        if n_most < self.factor:
            raise ValueError(
                f"{n_samples} training samples leave room for {n_most} copies of one, "
                f"and not for {self.factor}; ask for fewer copies, or pass more "
                "samples."
            )
        return replace(_part(train, kept), jitter=self.jitter, seed=seed)


@dataclass(frozen=True)
class PerClass:
    """As many samples of each class."""

    n_per_class: int

    def __call__(self, train, seed, classifies):
        from skactive.datasets import take_per_class

        _, _, kept = take_per_class(
            train.rows, train.y, self.n_per_class, random_state=seed
        )
        return _part(train, kept)


@dataclass(frozen=True)
class Imbalanced:
    """Fewer and fewer samples from class to class."""

    ratio: float

    def __call__(self, train, seed, classifies):
        from skactive.datasets import make_imbalanced

        check_ratio("imbalance", self.ratio)
        _, _, kept = make_imbalanced(train.rows, train.y, self.ratio, random_state=seed)
        n_most = np.unique(train.y[kept], return_counts=True)[1].max()
        if n_most < int(self.ratio):
            raise ValueError(
                f"imbalance={self.ratio!r} lets the largest class have {n_most} "
                "samples, and the smallest less than one; pass a smaller ratio, or "
                "more samples."
            )
        return _part(train, kept)


@dataclass(frozen=True)
class NoisyLabels:
    """Answers of an annotator who is wrong at times; the test set is not."""

    share: float

    def __call__(self, train, seed, classifies):
        from skactive.datasets import make_noisy_labels

        if classifies:
            check_share("label_noise", self.share)
            y, _ = make_noisy_labels(train.y, self.share, random_state=seed)
            return replace(train, y=y)
        if not isinstance(self.share, Real) or not 0 <= self.share < np.inf:
            raise ValueError(f"label_noise={self.share!r}; pass a number >= 0.")
        noise = make_rng(seed, "noise").standard_normal(train.y.shape)
        return replace(train, y=train.y + self.share * train.y.std(axis=0) * noise)


def _part(train, kept):
    """Some of the samples, in the order they had: all of them change nothing."""
    kept = np.sort(kept)
    return replace(train, rows=train.rows[kept], y=train.y[kept])
