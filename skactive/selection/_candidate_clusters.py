"""k-means among the samples whose predicted class is easily changed."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, QueryStrategy
from skactive.features import FeatureMap
from skactive.geometry import (
    check_vectors,
    cluster_means,
    squared_distances,
    unit_rows,
)
from skactive.selection._k_means import middle_rows
from skactive.utils._sklearn import HasMethods, Interval


class _CandidateClusters(FeatureMap, QueryStrategy):
    """Cluster the directions of the candidates, and take one from each cluster.

    A subclass writes ``_levels(X, n_queries, given, rng)``: 0 for a candidate, and the
    larger, the later a sample is asked where candidates are too few.
    """

    facts = Facts(task="classification", needs=("head",), stochastic=True)

    def _select(self, X, n_queries, given):
        rng = self._rng(X)
        features = self._map(X)
        check_vectors(features, type(self).__name__)
        levels = self._levels(X, n_queries, given, rng)
        free = np.delete(np.arange(len(X)), given)
        free = rng.permutation(free)
        order = free[np.argsort(levels[free], kind="stable")]
        n_candidates = np.count_nonzero(levels[free] == 0)
        if n_candidates <= n_queries:
            return order[:n_queries]
        rows = np.sort(np.concatenate([order[:n_candidates], given]))
        taken = np.searchsorted(rows, given)
        directions = unit_rows(features[rows])
        return rows[
            middle_rows(directions, n_queries, np.ones(len(rows)), taken, rng=rng)
        ]


class DropQuery(_CandidateClusters):
    """Cluster the samples whose class dropout of the embedding changes.

    A part of each embedding is set to zero, several times over, and the last layer of
    the model predicts again. The samples that change class more often than not are
    candidates. k-means clusters the directions of their embeddings, and from each
    cluster comes the sample nearest to its center, the largest cluster first. A given
    row takes up a cluster, as in `KMeansSampling`.

    Where there are fewer candidates than queries, those that changed class less often
    follow, and at last random ones. The model takes no pass but the one for the
    embedding.

    Parameters
    ----------
    n_drops : int, default=3
        How often a sample is predicted again.
    rate : float, default=0.75
        Share of the embedding that is set to zero; the rest is scaled up in return.
    features : transformer, default=None
        The space of the clusters; None means ``Embedding()``.
    random_state : int, RandomState instance or None, default=None
        Seed of dropout and of the clusters; a learner fills it.

    See Also
    --------
    AlfaMix : Moves embeddings where the loss grows.

    References
    ----------
    Gupte et al. (2024), "Revisiting Active Learning in the Era of Vision Foundation
    Models", section 3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.adapters import InputGradient
    >>> from skactive.selection import DropQuery
    >>> embedding = [[3.0, -2.9], [3.0, 3.0], [-2.9, 3.0], [5.0, 5.0]]
    >>> head = InputGradient.linear(embedding, [[1.0, 1.0]], [0.0])
    >>> view = ModelView.from_outputs(head=head, embedding=embedding, classes=[0, 1])
    >>> sorted(DropQuery(n_drops=25, rate=0.5, random_state=1).select(view, 2).tolist())
    [0, 2]
    """

    _parameter_constraints = {
        "n_drops": [Interval(Integral, 1, None, closed="left")],
        "rate": [Interval(Real, 0, 1, closed="neither")],
        "features": [None, HasMethods(["fit", "transform"])],
        "random_state": ["random_state"],
    }

    def __init__(self, n_drops=3, rate=0.75, features=None, random_state=None):
        self.n_drops = n_drops
        self.rate = rate
        self.features = features
        self.random_state = random_state

    def _levels(self, X, n_queries, given, rng):
        def changes(inputs, logits_at):
            own = logits_at(inputs)[0].argmax(axis=1)
            counts = np.zeros(len(inputs), dtype=np.int64)
            for _ in range(self.n_drops):
                kept = rng.random(inputs.shape, dtype=np.float32) >= self.rate
                dropped = inputs * kept
                dropped /= 1 - self.rate
                counts += logits_at(dropped)[0].argmax(axis=1) != own
            return counts

        # Candidates are those that change more often than not.
        enough = self.n_drops // 2 + 1
        return np.maximum(enough - X.output("head").map(changes), 0)


class AlfaMix(_CandidateClusters):
    """Cluster the samples whose class changes as they move towards labeled ones.

    Each class has an anchor: the mean embedding of its labeled samples. Mixing an
    embedding z with an anchor z', each feature in the share under which the loss grows
    most, moves it by ``epsilon |z' - z|`` along the gradient of the loss at the
    model's own guess. The samples whose class changes then for any anchor are
    candidates; while there are no more of them than queries, `epsilon` grows by its own
    size, up to 1. k-means clusters the directions of their embeddings, and from each
    cluster comes the sample nearest to its center, the largest cluster first. A given
    row takes up a cluster, as in `KMeansSampling`.

    Where there are still fewer candidates than queries, the rest is random. The model
    takes no pass but the one for the embedding: under a linear last layer the length of
    the shortest move that changes the class is known in closed form.

    Parameters
    ----------
    epsilon : float, default=None
        Length of the move, as a share of the distance to the anchor; None means
        ``0.2 / sqrt(n_dimensions)``.
    features : transformer, default=None
        The space of the clusters; None means ``Embedding()``.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Attributes
    ----------
    anchors_ : ndarray of shape (n_seen_classes, n_dimensions)
        Mean embedding of the labeled samples of each class.

    See Also
    --------
    DropQuery : Drops a part of the embedding instead.

    References
    ----------
    Parvaneh et al. (2022), "Active Learning by Feature Mixing", section 3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.adapters import InputGradient
    >>> from skactive.selection import AlfaMix
    >>> def view(embedding):
    ...     head = InputGradient.linear(embedding, [[1.0]], [0.0])
    ...     outputs = {"head": head, "embedding": embedding}
    ...     return ModelView.from_outputs(classes=[0, 1], **outputs)
    >>> strategy = AlfaMix(epsilon=0.1).fit(view([[-5.0], [5.0]]), [0, 1])
    >>> rows = strategy.select(view([[0.4], [0.3], [-0.3], [3.0], [-4.0]]), 2)
    >>> set(rows.tolist()) < {0, 1, 2}
    True
    """

    _parameter_constraints = {
        "epsilon": [None, Interval(Real, 0, 1, closed="right")],
        "features": [None, HasMethods(["fit", "transform"])],
        "random_state": ["random_state"],
    }

    def __init__(self, epsilon=None, features=None, random_state=None):
        self.epsilon = epsilon
        self.features = features
        self.random_state = random_state

    def _fit(self, X, y):
        if y is None:
            raise ValueError("AlfaMix needs the labels: fit(X, y).")
        super()._fit(X, y)
        classes, labels = np.unique(y, return_inverse=True)
        self.anchors_ = cluster_means(X.output("head").samples, labels, len(classes))

    def _levels(self, X, n_queries, given, rng):
        check_is_fitted(self, "anchors_")
        epsilon = self.epsilon or 0.2 / np.sqrt(self.anchors_.shape[1])
        free = np.delete(np.arange(len(X)), given)
        steps = np.ceil(X.output("head").map(self._least_epsilon) / epsilon)
        allowed = max(1, int(1 / epsilon))
        if len(free) > n_queries:
            enough = np.partition(steps[free], n_queries)[n_queries]
            allowed = int(np.clip(enough, 1, allowed))
        return (steps > allowed).astype(np.int64)

    def _least_epsilon(self, inputs, logits_at):
        """From which epsilon on the class of each row changes."""
        logits, pull_back = logits_at(inputs)
        if logits.shape[1] == 1:
            return np.full(len(inputs), np.inf)  # there is no other class
        at_own = np.arange(len(inputs)), logits.argmax(axis=1)
        rivals = logits.copy()
        rivals[at_own] = -np.inf
        gaps = logits[at_own][:, np.newaxis] - rivals
        # The gradient of the loss, but for a factor that is zero for a sure model.
        weights = np.exp(rivals - rivals.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        weights[at_own] = -1
        gradient = pull_back(weights)
        lengths = np.linalg.norm(gradient, axis=1, keepdims=True)
        unit = gradient / np.where(lengths > 0, lengths, 1)
        slopes = logits_at(inputs + unit)[0] - logits
        closing = slopes - slopes[at_own][:, np.newaxis]
        moves = np.full(gaps.shape, np.inf)
        np.divide(gaps, closing, out=moves, where=closing > 0)
        # The farthest anchor allows the longest move.
        radius = np.sqrt(squared_distances(inputs, self.anchors_).max(axis=1))
        least = np.full(len(inputs), np.inf)
        np.divide(moves.min(axis=1), radius, out=least, where=radius > 0)
        return least
