"""What a label is worth, learned from made-up tasks."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
from sklearn.datasets import get_data_home, make_classification
from sklearn.ensemble import RandomForestRegressor

from skactive.scores._lockstep_trees import grow_trees

# Part of the file's name: another meaning of the columns makes it another file.
_SCHEMA = 2
_N_LABELED = (2, 5, 10, 20, 50)
_N_CANDIDATES = 16
_N_SAMPLES = 250


def describe(proba, spread, share, oob_score, importance, depth, n_labeled):
    """What the worth of a label is learned from.

    Parameters
    ----------
    proba, spread : ndarray of shape (n_samples,)
        Mean and standard deviation, over the trees, of the probability of the negative
        class.
    share : float
        Share of the positive class in the labels.
    oob_score : float
        Out-of-bag accuracy of the forest.
    importance : ndarray of shape (n_features,)
        Importances of the features; they sum to 1.
    depth : float
        Mean depth of the trees.
    n_labeled : int
        Number of labels.

    Returns
    -------
    description : ndarray of shape (n_samples, 8)
    """
    state = [
        share,
        oob_score,
        np.std(importance) / len(importance),
        spread.mean(),
        depth,
        n_labeled,
    ]
    return np.column_stack([proba, spread, np.tile(state, (len(proba), 1))])


@lru_cache(maxsize=8)
def gain_regressor(n_tasks, n_trees, data_home=None):
    """The regressor from descriptions to gains, trained once per process.

    Parameters
    ----------
    n_tasks : int
        Number of made-up tasks.
    n_trees : int
        Trees of the forests that are described.
    data_home : str, default=None
        Folder with the training sets of earlier processes; None: there is none.

    Returns
    -------
    regressor : RandomForestRegressor
    """
    descriptions, gains = _training_set(n_tasks, n_trees, data_home)
    low, high = np.quantile(gains, [0.01, 0.99])
    mirrored = descriptions.copy()  # the classes change their roles
    mirrored[:, [0, 2]] = 1 - mirrored[:, [0, 2]]
    regressor = RandomForestRegressor(
        n_estimators=100,
        max_depth=10,
        max_features=4,
        min_samples_leaf=100,
        random_state=0,
    )
    return regressor.fit(
        np.concatenate([descriptions, mirrored]), np.tile(gains.clip(low, high), 2)
    )


def _training_set(n_tasks, n_trees, data_home):
    """Descriptions and gains, from the folder if they are there."""
    if data_home is None:
        return make_training_set(n_tasks, n_trees)
    name = f"skactive_lal_{_SCHEMA}_{n_tasks}_{n_trees}.npz"
    file = Path(get_data_home(data_home)) / name
    if not file.exists():
        descriptions, gains = make_training_set(n_tasks, n_trees)
        unfinished = file.with_suffix(f".{os.getpid()}")
        with open(unfinished, "wb") as stream:
            np.savez(stream, descriptions=descriptions, gains=gains)
        unfinished.replace(file)
    with np.load(file, allow_pickle=False) as stored:
        return stored["descriptions"], stored["gains"]


def make_training_set(n_tasks, n_trees, seed=0):
    """Add labels to forests on made-up tasks and see what the error does.

    Parameters
    ----------
    n_tasks : int
        Number of tasks.
    n_trees : int
        Number of trees of a forest.
    seed : int, default=0
        Everything random follows from it.

    Returns
    -------
    descriptions : ndarray of shape (n_added, 8)
        Of the samples that were added.
    gains : ndarray of shape (n_added,)
        By how much the squared error on other samples sank.
    """
    rng = np.random.default_rng(seed)
    rounds = [
        _added_labels(*_make_task(rng), n_labeled, n_trees, rng)
        for _ in range(n_tasks)
        for n_labeled in _N_LABELED
    ]
    descriptions, gains = zip(*rounds, strict=True)
    return np.concatenate(descriptions), np.concatenate(gains)


def _make_task(rng):
    """Samples of two classes, of any shape and difficulty."""
    n_features = int(rng.integers(2, 9))
    return make_classification(
        _N_SAMPLES,
        n_features,
        n_informative=int(rng.integers(2, n_features + 1)),
        n_redundant=0,
        n_clusters_per_class=int(rng.integers(1, 3)),
        weights=[rng.uniform(0.3, 0.7)],
        class_sep=rng.uniform(0.5, 1.5),
        flip_y=rng.uniform(0, 0.1),
        random_state=int(rng.integers(2**31)),
    )


def _added_labels(X, y, n_labeled, n_trees, rng):
    """Descriptions and gains of a few candidates for one more label."""
    rows = rng.permutation(len(X))
    # One of each class comes first.
    first = [int(np.argmax(y[rows] == c)) for c in (0, 1)]
    rows = np.concatenate([rows[first], np.delete(rows, first)])
    X, y = X[rows], y[rows]
    n_shared = n_labeled + _N_CANDIDATES
    n_tried = max(1, int(np.sqrt(X.shape[1])))

    def grow(weights):
        own, classes = X[:n_shared], y[:n_shared]
        return grow_trees(own, classes, weights, X, n_tried=n_tried, rng=rng)

    weights = np.zeros((n_trees, n_shared))
    weights[:, :n_labeled] = rng.poisson(1, (n_trees, n_labeled))
    empty = weights.sum(axis=1) == 0
    weights[empty, rng.integers(n_labeled, size=empty.sum())] = 1
    forest = grow(weights)
    added = np.repeat(weights[np.newaxis], _N_CANDIDATES, axis=0)
    candidates = np.arange(_N_CANDIDATES)
    counts = rng.poisson(1, (_N_CANDIDATES, n_trees))
    added[candidates, :, n_labeled + candidates] = counts
    # A tree that has the new sample zero times is the tree it was.
    proba = np.tile(forest.proba, (_N_CANDIDATES, 1, 1))
    proba[counts > 0] = grow(added[counts > 0]).proba
    test = slice(n_shared, None)
    # Squared: wrong classes alone are too few for a difference to show.
    before = np.mean((forest.proba[:, test].mean(axis=0) - y[test]) ** 2)
    after = np.mean((proba[..., test].mean(axis=1) - y[test]) ** 2, axis=1)
    description = describe(
        1 - forest.proba[:, n_labeled:].mean(axis=0),
        forest.proba[:, n_labeled:].std(axis=0),
        y[:n_labeled].mean(),
        _oob_score(forest.proba[:, :n_labeled], weights[:, :n_labeled], y[:n_labeled]),
        forest.importance.mean(axis=0),
        forest.depth.mean(),
        n_labeled,
    )
    return description[:_N_CANDIDATES], before - after


def _oob_score(proba, weights, y):
    out = weights == 0
    known = out.any(axis=0)
    votes = (proba * out).sum(axis=0)[known] / out.sum(axis=0)[known]
    return np.mean((votes > 0.5) == y[known]) if known.any() else 0.0
