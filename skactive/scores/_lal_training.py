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
_SCHEMA = 1
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


def describe_numbers(mean, spread, oob_score, importance, depth, n_labeled):
    """What the worth of a label is learned from where labels are numbers.

    All of it in units of the standard deviation of the labels, so that their scale
    plays no part, and neither does their sign.

    Parameters
    ----------
    mean, spread : ndarray of shape (n_samples,)
        Mean and standard deviation of the trees' predictions, the mean from that of the
        labels.
    oob_score : float
        Out-of-bag R² of the forest, -1 if it is less.
    importance : ndarray of shape (n_features,)
        Importances of the features; they sum to 1.
    depth : float
        Mean depth of the trees.
    n_labeled : int
        Number of labels.

    Returns
    -------
    description : ndarray of shape (n_samples, 7)
    """
    state = [
        oob_score,
        np.std(importance) / len(importance),
        spread.mean(),
        depth,
        n_labeled,
    ]
    return np.column_stack([np.abs(mean), spread, np.tile(state, (len(mean), 1))])


@lru_cache(maxsize=8)
def gain_regressor(n_tasks, n_trees, data_home=None, task="classification"):
    """The regressor from descriptions to gains, trained once per process.

    Parameters
    ----------
    n_tasks : int
        Number of made-up tasks.
    n_trees : int
        Trees of the forests that are described.
    data_home : str, default=None
        Folder with the training sets of earlier processes; None: there is none.
    task : {'classification', 'regression'}, default='classification'
        What the tasks are.

    Returns
    -------
    regressor : RandomForestRegressor
    """
    descriptions, gains = _training_set(n_tasks, n_trees, data_home, task)
    gains = gains.clip(*np.quantile(gains, [0.01, 0.99]))
    if task == "classification":
        mirrored = descriptions.copy()  # the classes change their roles
        mirrored[:, [0, 2]] = 1 - mirrored[:, [0, 2]]
        descriptions = np.concatenate([descriptions, mirrored])
        gains = np.tile(gains, 2)
    regressor = RandomForestRegressor(
        n_estimators=100,
        max_depth=10,
        max_features=4,
        min_samples_leaf=100,
        random_state=0,
    )
    return regressor.fit(descriptions, gains)


def _training_set(n_tasks, n_trees, data_home, task):
    """Descriptions and gains, from the folder if they are there."""
    if data_home is None:
        return make_training_set(n_tasks, n_trees, task=task)
    kind = "lal" if task == "classification" else "lal_regression"
    name = f"skactive_{kind}_{_SCHEMA}_{n_tasks}_{n_trees}.npz"
    file = Path(get_data_home(data_home)) / name
    if not file.exists():
        descriptions, gains = make_training_set(n_tasks, n_trees, task=task)
        unfinished = file.with_suffix(f".{os.getpid()}")
        with open(unfinished, "wb") as stream:
            np.savez(stream, descriptions=descriptions, gains=gains)
        unfinished.replace(file)
    with np.load(file, allow_pickle=False) as stored:
        return stored["descriptions"], stored["gains"]


def make_training_set(n_tasks, n_trees, seed=0, task="classification"):
    """Add labels to forests on made-up tasks and see what the error does.

    Parameters
    ----------
    n_tasks : int
        Number of tasks.
    n_trees : int
        Number of trees of a forest.
    seed : int, default=0
        Everything random follows from it.
    task : {'classification', 'regression'}, default='classification'
        What the tasks are.

    Returns
    -------
    descriptions : ndarray of shape (n_added, 8) or (n_added, 7)
        Of the samples that were added.
    gains : ndarray of shape (n_added,)
        By how much the squared error on other samples sank; where labels are numbers,
        as a share of it.
    """
    rng = np.random.default_rng(seed)
    make_task = _make_task if task == "classification" else _make_smooth_task
    rounds = [
        _added_labels(*make_task(rng), n_labeled, n_trees, rng)
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


def _make_smooth_task(rng):
    """Numbers that are a few waves of any length over the samples, and noise."""
    n_features, n_waves = int(rng.integers(2, 9)), int(rng.integers(1, 9))
    X = rng.normal(size=(_N_SAMPLES, n_features))
    relevant = rng.random(n_features) < rng.uniform(0.3, 1)
    directions = rng.normal(size=(n_features, n_waves)) * relevant[:, np.newaxis]
    phases = rng.uniform(0, 2 * np.pi, n_waves)
    waves = np.sin(rng.uniform(0.3, 2) * X @ directions + phases)
    y = waves @ rng.normal(size=n_waves)
    y += max(y.std(), 1e-3) * rng.uniform(0, 0.5) * rng.normal(size=_N_SAMPLES)
    return X, y


def _added_labels(X, y, n_labeled, n_trees, rng):
    """Descriptions and gains of a few candidates for one more label."""
    is_classification = y.dtype.kind == "i"
    rows = rng.permutation(len(X))
    if is_classification:  # one of each class comes first
        first = [int(np.argmax(y[rows] == c)) for c in (0, 1)]
        rows = np.concatenate([rows[first], np.delete(rows, first)])
    X, y = X[rows], y[rows]
    if not is_classification:
        y = (y - y[:n_labeled].mean()) / y[:n_labeled].std()
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
    value = np.tile(forest.value, (_N_CANDIDATES, 1, 1))
    value[counts > 0] = grow(added[counts > 0]).value
    test = slice(n_shared, None)
    # Squared: wrong classes alone are too few for a difference to show.
    before = np.mean((forest.value[:, test].mean(axis=0) - y[test]) ** 2)
    after = np.mean((value[..., test].mean(axis=1) - y[test]) ** 2, axis=1)
    mean = forest.value[:, n_labeled:].mean(axis=0)
    spread = forest.value[:, n_labeled:].std(axis=0)
    own, labels = forest.value[:, :n_labeled], y[:n_labeled]
    known, voted = _out_of_bag(own, weights[:, :n_labeled])
    state = forest.importance.mean(axis=0), forest.depth.mean(), n_labeled
    if is_classification:
        score = np.mean((voted > 0.5) == labels[known]) if known.any() else 0.0
        description = describe(1 - mean, spread, labels.mean(), score, *state)
        return description[:_N_CANDIDATES], before - after
    # A row that every tree has is predicted by the mean of the labels.
    predicted = np.zeros(n_labeled)
    predicted[known] = voted
    description = describe_numbers(mean, spread, oob_r2(predicted, labels), *state)
    return description[:_N_CANDIDATES], (before - after) / before


def oob_r2(predicted, y):
    """R² of predictions of standardized labels, -1 if it is less."""
    return max(1 - np.mean((predicted - y) ** 2), -1.0)


def _out_of_bag(value, weights):
    """Which rows some tree has not seen, and the mean of such trees there."""
    out = weights == 0
    known = out.any(axis=0)
    return known, (value * out).sum(axis=0)[known] / out.sum(axis=0)[known]
