"""Choices by a network that looks at each sample and at those that resemble it."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.features import FeatureMap
from skactive.geometry import (
    dense_rows,
    farthest_first,
    graph_network,
    min_squared_distances,
    top_k,
    unit_rows,
)
from skactive.utils._sklearn import HasMethods, Interval

# Rounding differs between copies of a row; scores do not.
_DECIMALS = 9

_NOTHING = np.empty(0, dtype=np.int64)


class _GraphNetwork(FeatureMap, Score):
    """Trains the network anew in every `select`."""

    facts = Facts(stochastic=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight": [Interval(Real, 0, None, closed="neither")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_units_ = self._units(X)

    def _units(self, X):
        features = self._map(X)
        if not sparse.issparse(features):
            features = dense_rows(features, type(self).__name__)
        return unit_rows(features).astype(np.float32)

    def _trained(self, X, given):
        """What the network says of the labeled rows and of those of the pool."""
        check_is_fitted(self, "labeled_units_")
        stack = sparse.vstack if sparse.issparse(self.labeled_units_) else np.vstack
        units = stack([self.labeled_units_, self._units(X)])
        n_labeled = units.shape[0] - len(X)
        is_labeled = np.arange(units.shape[0]) < n_labeled
        is_labeled[n_labeled + given] = True
        labeledness, hidden = graph_network(
            units.tocsr() if sparse.issparse(units) else units,
            is_labeled,
            rng=self._rng(X),
            hidden_size=self.hidden_size,
            dropout=self.dropout,
            weight=self.weight,
            lr=self.lr,
            weight_decay=self.weight_decay,
            max_epochs=self.max_epochs,
        )
        return labeledness[n_labeled:], hidden[:n_labeled], hidden[n_labeled:]


class UncertainGCN(_GraphNetwork):
    """Ask for samples that a graph network holds for unlabeled, with some doubt.

    A graph convolutional network learns to tell the labeled samples from the pool. All
    samples are linked, as strongly as their directions agree. Picked are those whose
    estimated probability to be labeled is closest to `margin`. The model serves as the
    space only. Given rows count as labeled.

    Links are cosines where no feature is negative, as behind a rectifier, and ``(1 +
    cosine) / 2`` otherwise. They are never computed one by one: time and memory are
    linear in the pool. The network is trained in every `select`, on the whole pool:
    put :class:`~skactive.compose.Subsample` around to train on a part of it. The batch
    is the top of the list, so copies come together.

    Parameters
    ----------
    margin : float, default=0.1
        The probability that is asked for.
    features : transformer, default=None
        What the network sees; None means ``Embedding()``. Directions count only.
    hidden_size : int, default=128
        Units of the hidden layer.
    dropout : float, default=0.3
        Probability of dropping one of them, while training.
    weight : float, default=1.2
        Weight of the pool in the loss, beside the labeled samples.
    lr : float, default=0.001
        Learning rate of Adam.
    weight_decay : float, default=0.0005
        Its weight decay.
    max_epochs : int, default=200
        Steps of training, each on all samples.
    random_state : int, RandomState instance or None, default=None
        Seed of weights and dropout; a learner fills it.

    Attributes
    ----------
    labeled_units_ : {ndarray, CSR} of shape (n_labeled, n_features)
        Features of the labeled samples, scaled to length one.

    See Also
    --------
    CoreGCN : Covers the pool, as the same network sees it.

    References
    ----------
    Caramalau, Bhattarai and Kim (2021), "Sequential Graph Convolutional Network for
    Active Learning".

    Examples
    --------
    >>> from skactive.selection import UncertainGCN
    >>> pool = [[0.0, 2.0], [0.1, 2.0], [3.0, 0.1], [4.0, 0.0]]
    >>> strategy = UncertainGCN(margin=0, random_state=0).fit([[0.0, 1.0]])
    >>> bool(strategy.select(pool)[0] >= 2)
    True
    """

    _parameter_constraints = {
        **_GraphNetwork._parameter_constraints,
        "margin": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        margin=0.1,
        features=None,
        hidden_size=128,
        dropout=0.3,
        weight=1.2,
        lr=1e-3,
        weight_decay=5e-4,
        max_epochs=200,
        random_state=None,
    ):
        self.margin = margin
        self.features = features
        self.hidden_size = hidden_size
        self.dropout = dropout
        self.weight = weight
        self.lr = lr
        self.weight_decay = weight_decay
        self.max_epochs = max_epochs
        self.random_state = random_state

    def _score(self, X):
        return self._closeness(X, _NOTHING)

    def _select(self, X, n_queries, given):
        closeness = self._closeness(X, given)
        return top_k(closeness, n_queries, rng=self._rng(X, "ties"), exclude=given)

    def _closeness(self, X, given):
        labeledness, _, _ = self._trained(X, given)
        return np.round(-np.abs(labeledness - self.margin), _DECIMALS)


class CoreGCN(_GraphNetwork):
    """Cover the pool, as a graph network sees it that knows the labeled samples.

    The network is that of :class:`UncertainGCN`. Each pick is the sample farthest from
    the nearest labeled or picked one, between activations of its hidden layer.

    Parameters
    ----------
    features : transformer, default=None
        What the network sees; None means ``Embedding()``. Directions count only.
    hidden_size : int, default=128
        Units of the hidden layer.
    dropout : float, default=0.3
        Probability of dropping one of them, while training.
    weight : float, default=1.2
        Weight of the pool in the loss, beside the labeled samples.
    lr : float, default=0.001
        Learning rate of Adam.
    weight_decay : float, default=0.0005
        Its weight decay.
    max_epochs : int, default=200
        Steps of training, each on all samples.
    random_state : int, RandomState instance or None, default=None
        Seed of weights and dropout; a learner fills it.

    Attributes
    ----------
    labeled_units_ : {ndarray, CSR} of shape (n_labeled, n_features)
        Features of the labeled samples, scaled to length one.

    See Also
    --------
    KCenterGreedy : The same between features themselves.

    References
    ----------
    Caramalau, Bhattarai and Kim (2021), "Sequential Graph Convolutional Network for
    Active Learning".

    Examples
    --------
    >>> from skactive.selection import CoreGCN
    >>> labeled, pool = [[0.0, 1.0]], [[0.0, 2.0], [0.1, 2.0], [4.0, 0.0]]
    >>> CoreGCN(random_state=0).fit(labeled).select(pool)
    array([2])
    """

    facts = Facts(stochastic=True, diverse=True)

    def __init__(
        self,
        features=None,
        hidden_size=128,
        dropout=0.3,
        weight=1.2,
        lr=1e-3,
        weight_decay=5e-4,
        max_epochs=200,
        random_state=None,
    ):
        self.features = features
        self.hidden_size = hidden_size
        self.dropout = dropout
        self.weight = weight
        self.lr = lr
        self.weight_decay = weight_decay
        self.max_epochs = max_epochs
        self.random_state = random_state

    def _score(self, X):
        _, labeled, pool = self._trained(X, _NOTHING)
        return np.sqrt(min_squared_distances(pool, labeled))

    def _select(self, X, n_queries, given):
        _, labeled, pool = self._trained(X, given)
        rng = self._rng(X, "ties")
        return farthest_first(pool, n_queries, centers=labeled, given=given, rng=rng)
