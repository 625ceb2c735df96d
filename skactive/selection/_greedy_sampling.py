"""Greedy sampling of regressors: far from the labels, by predictions and inputs."""

from __future__ import annotations

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.features import FeatureMap, Inputs
from skactive.geometry import (
    farthest_first,
    min_distance_products,
    min_squared_distances,
)
from skactive.scores._regression import target_scale
from skactive.utils._sklearn import HasMethods

# What is this close is equal: copies at the same distance, but for rounding.
_TIE = 1e-12


class _Labels:
    """Mixin: keep the labels, and put predictions beside them."""

    def _keep(self, y):
        if y is None:
            raise ValueError(
                f"{type(self).__name__} needs the labels: fit(X, y). Label some "
                "samples that 'gsx' chooses first."
            )
        labels = _as_columns(y)
        # One target stays in its own units: its scale changes no order.
        self.scale_ = target_scale(labels) if labels.shape[1] > 1 else np.ones(1)
        self.labels_ = labels / self.scale_

    def _predicted(self, X):
        """Predictions in the units of the labels that are kept."""
        check_is_fitted(
            self,
            "labels_",
            msg="%(name)s needs the labels: call fit(X, y) before select.",
        )
        return _as_columns(X.predict()) / self.scale_


class GreedyOutputs(_Labels, Score):
    """Pick samples whose prediction is farthest from all labels.

    Each pick has the largest distance of its prediction to the nearest label. A picked
    sample counts as labeled with its prediction. Samples that are predicted alike, or
    like a label, gain nothing; once no other is left, they fill the batch at random.
    It works with labels only: take the first ones by ``strategies.gsx()``.

    Several targets are divided by the standard deviation of their labels, and the
    distance is Euclidean.

    Attributes
    ----------
    labels_ : ndarray of shape (n_labeled, n_targets)
        The labels, several targets in units of `scale_`.
    scale_ : ndarray of shape (n_targets,)
        Standard deviation of each target; 1 for a single target.

    References
    ----------
    Wu, Lin and Huang (2019), "Active Learning for Regression Using Greedy Sampling",
    GSy.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import GreedyOutputs
    >>> view = ModelView.from_outputs(prediction=[1.0, 6.0, 9.0])
    >>> GreedyOutputs().fit([[0.0], [4.0]], [0.0, 8.0]).score_samples(view)
    array([1., 2., 1.])
    """

    facts = Facts(task="regression", needs=("prediction",), diverse=True)

    def _fit(self, X, y):
        self._keep(y)

    def _score(self, X):
        return np.sqrt(min_squared_distances(self._predicted(X), self.labels_))

    def _select(self, X, n_queries, given):
        return farthest_first(
            self._predicted(X),
            n_queries,
            centers=self.labels_,
            given=given,
            rng=self._rng(X, "ties"),
        )


class GreedyProducts(_Labels, FeatureMap, Score):
    """Pick samples that are far from all labeled ones, in inputs and output together.

    For each labeled sample take the product of two distances, that of the features and
    that of its label to the prediction; a candidate is worth the smallest product. A
    picked sample counts as labeled with its prediction. Copies of labeled or picked
    samples, and samples predicted like one of their labels, gain nothing; once no other
    is left, they fill the batch at random. It works with labels only: take the first
    ones by ``strategies.gsx()``.

    Several targets are divided by the standard deviation of their labels, and their
    distance is Euclidean. A pick takes one pass over the features of the pool.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Inputs()``.

    Attributes
    ----------
    labels_ : ndarray of shape (n_labeled, n_targets)
        The labels, several targets in units of `scale_`.
    scale_ : ndarray of shape (n_targets,)
        Standard deviation of each target; 1 for a single target.
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.

    References
    ----------
    Wu, Lin and Huang (2019), "Active Learning for Regression Using Greedy Sampling",
    iGS.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import GreedyProducts
    >>> view = ModelView.from_outputs([[1.0], [2.0], [6.0]], prediction=[1, 6, 9])
    >>> GreedyProducts().fit([[0.0], [4.0]], [0.0, 8.0]).score_samples(view)
    array([1., 4., 2.])
    """

    facts = Facts(task="regression", needs=("prediction",), diverse=True)
    _default_features = Inputs
    _parameter_constraints = {"features": [None, HasMethods(["fit", "transform"])]}

    def __init__(self, features=None):
        self.features = features

    def _fit(self, X, y):
        super()._fit(X, y)
        self._keep(y)
        self.labeled_features_ = self._map(X)

    def _score(self, X):
        return self._worth(self._predicted(X), self._map(X))

    def _select(self, X, n_queries, given):
        predicted, features = self._predicted(X), self._map(X)
        worth = self._worth(predicted, features)
        rank = self._rng(X, "ties").permutation(len(X))  # the first of equals is taken
        if len(given):
            _lower(worth, predicted, features, given)
        rows = []
        while len(rows) < n_queries:
            tied = np.flatnonzero(worth >= (1 - _TIE) * worth.max())
            row = tied[rank[tied].argmin()]
            rows.append(row)
            _lower(worth, predicted, features, [row])
        return np.array(rows)

    def _worth(self, predicted, features):
        return np.sqrt(
            min_distance_products(
                features, predicted, self.labeled_features_, self.labels_
            )
        )


def _lower(worth, predicted, features, rows):
    """Count some rows as labeled with their predictions, and never as candidates."""
    products = min_distance_products(
        features, predicted, features[rows], predicted[rows]
    )
    np.minimum(worth, np.sqrt(products), out=worth)
    worth[rows] = -1


def _as_columns(values):
    return np.asarray(values, dtype=np.float64).reshape(len(values), -1)
