"""Many small decision trees grown at once, level by level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Trees(NamedTuple):
    """What is asked of trees while they grow."""

    # (n_trees, n_asked): share of class 1 in the leaf, or mean of the targets
    value: np.ndarray
    depth: np.ndarray  # (n_trees,)
    importance: np.ndarray  # (n_trees, n_features): sums to 1 unless there is no split


class _Nodes(NamedTuple):
    tree: np.ndarray  # (n_nodes,)
    weights: np.ndarray  # (n_nodes, n_samples): zero for samples of other nodes
    asked: np.ndarray  # (n_nodes, n_asked) of bool: who falls into the node

    def some(self, rows):
        return _Nodes(self.tree[rows], self.weights[rows], self.asked[rows])


def grow_trees(X, y, weights, X_asked, *, n_tried, rng):
    """Grow trees for two classes, or for numbers, until all leaves are pure.

    A tree is that of :class:`sklearn.tree.DecisionTreeClassifier`, or of
    :class:`sklearn.tree.DecisionTreeRegressor`. One by one, most of the time for a few
    dozen samples is overhead.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The samples that the trees share; of each feature, no two values equal.
    y : ndarray of shape (n_samples,)
        Their classes, the integers 0 and 1, or targets, of type float.
    weights : ndarray of shape (n_trees, n_samples)
        How often each tree has each sample, each tree at least one.
    X_asked : ndarray of shape (n_asked, n_features)
        Samples to predict.
    n_tried : int
        Features tried for each split, drawn at random.
    rng : numpy.random.Generator

    Returns
    -------
    trees : Trees
    """
    n_trees, n_features = len(weights), X.shape[1]
    order = np.argsort(X, axis=0)
    value = np.zeros((n_trees, len(X_asked)))
    depth = np.zeros(n_trees, dtype=np.int64)
    importance = np.zeros((n_trees, n_features))
    nodes = _Nodes(
        np.arange(n_trees),
        np.asarray(weights, dtype=np.float64),
        np.ones((n_trees, len(X_asked)), dtype=bool),
    )
    level = 0
    while True:
        means = nodes.weights @ y / nodes.weights.sum(axis=1)
        inside = nodes.weights > 0
        lowest = np.where(inside, y, np.inf).min(axis=1)
        pure = lowest == np.where(inside, y, -np.inf).max(axis=1)
        leaves = nodes.some(pure)
        leaf, who = np.nonzero(leaves.asked)
        value[leaves.tree[leaf], who] = means[pure][leaf]
        depth[leaves.tree] = level  # the last leaf of a tree is the deepest
        nodes = nodes.some(~pure)
        if len(nodes.tree) == 0:
            break
        feature, cut, gain = _best_splits(X, y, order, nodes.weights, n_tried, rng)
        np.add.at(importance, (nodes.tree, feature), gain)
        left = (X[:, feature] <= cut).T
        asked_left = (X_asked[:, feature] <= cut).T
        nodes = _Nodes(
            np.tile(nodes.tree, 2),
            np.concatenate([nodes.weights * left, nodes.weights * ~left]),
            np.concatenate([nodes.asked & asked_left, nodes.asked & ~asked_left]),
        )
        level += 1
    total = importance.sum(axis=1, keepdims=True)
    np.divide(importance, total, out=importance, where=total > 0)
    return Trees(value, depth, importance)


def _best_splits(X, y, order, weights, n_tried, rng):
    """Feature, threshold and weighted decrease of the impurity of each node.

    Of classes it is the Gini impurity, of numbers their variance.
    """
    purity_of = _purity_of_classes if y.dtype.kind == "i" else _purity_of_numbers
    n_nodes, n_features = len(weights), X.shape[1]
    tried = rng.random((n_nodes, n_features)).argsort(axis=1)[:, :n_tried]
    at = np.arange(n_nodes)
    best = np.full(n_nodes, -np.inf)
    features, thresholds = np.zeros(n_nodes, dtype=np.int64), np.zeros(n_nodes)
    for feature in tried.T:
        rows = order[:, feature].T
        sorted_weights = np.take_along_axis(weights, rows, axis=1)
        below = sorted_weights.cumsum(axis=1)
        sums = (sorted_weights * y[rows]).cumsum(axis=1)
        above = below[:, -1:] - below
        with np.errstate(divide="ignore", invalid="ignore"):
            purity = purity_of(sums, below)
            purity += purity_of(sums[:, -1:] - sums, above)
        purity[(below == 0) | (above == 0)] = -np.inf
        # The first of equal cuts comes right after a sample of the node.
        cut = purity.argmax(axis=1)
        following = (below > below[at, cut][:, np.newaxis]).argmax(axis=1)
        middle = (X[rows[at, cut], feature] + X[rows[at, following], feature]) / 2
        better = purity[at, cut] > best
        best[better] = purity[at, cut][better]
        features[better], thresholds[better] = feature[better], middle[better]
    return features, thresholds, best - purity_of(weights @ y, weights.sum(axis=1))


def _purity_of_classes(ones, n):
    return (ones**2 + (n - ones) ** 2) / n


def _purity_of_numbers(sums, n):
    return sums**2 / n
