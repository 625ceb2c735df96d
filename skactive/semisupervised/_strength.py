"""How strong an augmentation may be: it should leave labels alone."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone

from skactive.semisupervised._folds import make_folds
from skactive.utils import take_rows

_N_FOLDS = 5
_N_COPIES = 10
# A thousandth of the strength is none.
_MOST_HALVINGS = 10


def weaken_if_needed(augmentation, estimator, X, y, rng, tolerance=0.05):
    """Halve the strength of an augmentation until labels survive it.

    Models trained on a part of the labeled samples predict augmented copies of the
    others. Their accuracy may be lower than on the samples as they are by `tolerance`
    at most.

    Parameters
    ----------
    augmentation : Augmentation
        Fitted.
    estimator : classifier
        Cloned for each part.
    X, y : samples and their labels
    rng : numpy.random.Generator
    tolerance : float, default=0.05

    Returns
    -------
    augmentation : Augmentation
        As it came if nothing can be told from so few labels.
    """
    if augmentation.strength is None:
        return augmentation
    folds = make_folds(np.unique(y, return_inverse=True)[1], _N_FOLDS, rng)
    parts = [
        (clone(estimator).fit(take_rows(X, train), y[train]), take_rows(X, rest), rest)
        for train, rest in folds
    ]
    if not parts:
        return augmentation

    def accuracy(change):
        hits = [(model.predict(change(own)) == y[rest]) for model, own, rest in parts]
        return np.concatenate(hits).mean()

    plain = accuracy(lambda own: own)
    for _ in range(_MOST_HALVINGS):
        copies = [
            accuracy(lambda own: augmentation.augment(own, rng))  # noqa: B023
            for _ in range(_N_COPIES)
        ]
        if plain - np.mean(copies) <= tolerance:
            break
        augmentation = augmentation.weakened()
    return augmentation
