"""How much predictions differ from those of the nearest labeled samples."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import row_entropy, squared_distances
from skactive.utils._sklearn import HasMethods, Interval

# Smaller probabilities count as this.
_LEAST = 1e-7

# Pairs of samples looked at at once.
_N_PAIRS = 2**20

# Distances this close are equal, but for rounding, and so are scores.
_TIE = 1e-9
_DECIMALS = 9


class NeighborContrast(FeatureMap, Score):
    """Divergence of the prediction from those of the labeled samples next to it.

    Contrastive active learning: the mean, over the nearest labeled samples, of the
    Kullback-Leibler divergence from their class probabilities to those of the sample.
    It is high where a sample looks like labeled ones, and the model sees it otherwise.
    Probabilities are kept above 1e-7. Labeled samples as far off as the last of the
    nearest count too.

    With few labels for each class the nearest ones are of any class, and samples that
    the model is sure of diverge most: begin with several times `n_neighbors` of each,
    or lower it. The batch is the top of the list, so copies come together. The time
    grows with the number of labeled samples times that of the pool.

    Parameters
    ----------
    n_neighbors : int, default=10
        Labeled samples next to each; all of them if there are fewer.
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.

    Attributes
    ----------
    labeled_features_ : {ndarray, CSR, ProductFeatures}
        Features of the labeled samples.
    labeled_proba_ : ndarray of shape (n_labeled, n_classes)
        Their class probabilities.

    References
    ----------
    Margatina et al. (2021), "Active Learning by Acquiring Contrastive Examples",
    algorithm 1.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import NeighborContrast
    >>> labeled = ModelView.from_outputs(proba=[[0.9, 0.1]], embedding=[[0.0]])
    >>> pool = {"proba": [[0.9, 0.1], [0.5, 0.5]], "embedding": [[1.0], [2.0]]}
    >>> contrast = NeighborContrast().fit(labeled)
    >>> contrast.score_samples(ModelView.from_outputs(**pool)).round(4).tolist()
    [0.0, 0.3681]
    """

    facts = Facts(task="classification", needs=("proba",))
    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "features": [None, HasMethods(["fit", "transform"])],
    }

    def __init__(self, n_neighbors=10, features=None):
        self.n_neighbors = n_neighbors
        self.features = features

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)
        self.labeled_proba_ = X.predict_proba()

    def _score(self, X):
        check_is_fitted(self, "labeled_proba_")
        features, proba = self._map(X), X.predict_proba()
        labeled = _clipped(self.labeled_proba_)
        inner = -row_entropy(labeled)
        n_neighbors = min(self.n_neighbors, len(labeled))
        scores = np.empty(len(X))
        for rows in gen_batches(len(X), max(1, _N_PAIRS // len(labeled))):
            distances = squared_distances(features[rows], self.labeled_features_)
            last = np.partition(distances, n_neighbors - 1, axis=1)[:, n_neighbors - 1]
            near = distances <= (1 + _TIE) * last[:, np.newaxis]
            divergences = inner - np.log(_clipped(proba[rows])) @ labeled.T
            divergences[~near] = 0
            scores[rows] = divergences.sum(axis=1) / near.sum(axis=1)
        return np.maximum(np.round(scores, _DECIMALS), 0)


def _clipped(proba):
    proba = np.maximum(proba.astype(np.float64), _LEAST)
    return proba / proba.sum(axis=1, keepdims=True)
