"""DCoM: cover the pool first, ask in doubt later; each label has its own radius."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real

import numpy as np

from skactive.base import Facts, Score
from skactive.features import ClusterFeatureMap
from skactive.geometry import CoverGains, squared_distances, top_two
from skactive.selection._prob_cover import (
    BALL_CONSTRAINTS,
    INSIDE,
    ProbCover,
    n_classes,
)
from skactive.utils import look_up, row_keys
from skactive.utils._sklearn import Interval

# Competence as a function of coverage: how steep it is, and where it is one half.
_STEEPNESS = 50
_MIDDLE = 0.8

# Distances between so many pairs at once.
_N_PAIRS = 2**21


class DCoM(ClusterFeatureMap, Score):
    """Weigh coverage against doubt by how much of the pool the labels cover.

    Each labeled sample has a ball of its own: as large as the model, within it,
    predicts its label often enough. With little of the pool in these balls, picks are
    those of `ProbCover` with the mean radius; with nearly all of it, those of margin
    sampling; in between, the weighted sum of both, each scaled to 0 to 1. A sample in
    no ball and without doubt is as good as any other.

    Radii are remembered from round to round by the content of the rows, and made for
    new labels only: take features that stay the same, such as ``Inputs()`` or the
    output of a pretrained model. Time grows with the square of the pool.

    Parameters
    ----------
    features : transformer, default=None
        The space of the balls; None means ``Embedding()``.
    delta : float or 'purity', default='purity'
        Radius as long as nothing is labeled; see `ProbCover`.
    growth : float, default=1.5
        Radii are at most so many times `delta`.
    purity : float, default=0.95
        For ``delta='purity'``; see `ProbCover`.
    n_clusters : int, default=None
        For ``delta='purity'``; None means the number of classes.
    metric : {'euclidean', 'cosine'}, default='cosine'
        'cosine' scales every vector to length one.
    random_state : int, RandomState instance or None, default=None
        Seed of the clusters; a learner fills it.

    Attributes
    ----------
    delta_ : float
        The radius as long as nothing is labeled.
    row_keys_ : ndarray of shape (n_known,), uint64
        Sorted digests of all rows that have a radius.
    row_radii_ : ndarray of shape (n_known,), float64
        Their radii.
    coverage_ : float
        Share of the labeled samples and the pool in the ball of a labeled one.
    competence_ : float
        Weight of the doubt, from 0 to 1.

    References
    ----------
    Mishal and Weinshall (2024), "DCoM: Active Learning for All Learners".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import DCoM
    >>> proba = [[0.9, 0.1], [0.8, 0.2], [0.5, 0.5], [0.6, 0.4]]
    >>> view = ModelView.from_outputs(
    ...     proba=proba, embedding=[[0.0], [1.0], [2.0], [9.0]]
    ... )
    >>> DCoM(delta=1.5, metric="euclidean").select(view)
    array([1])
    """

    facts = Facts(task="classification", needs=("proba",), quadratic=True)
    _parameter_constraints = {
        **BALL_CONSTRAINTS,
        "growth": [Interval(Real, 1, None, closed="left")],
    }

    def __init__(
        self,
        features=None,
        delta="purity",
        growth=1.5,
        purity=0.95,
        n_clusters=None,
        metric="cosine",
        random_state=None,
    ):
        self.features = features
        self.delta = delta
        self.growth = growth
        self.purity = purity
        self.n_clusters = n_clusters
        self.metric = metric
        self.random_state = random_state

    def _facts(self):
        # Clusters depend on where k-means starts.
        return replace(super()._facts(), stochastic=self.delta == "purity")

    _pure_radius = ProbCover._pure_radius

    def resume(self, previous):
        """Take over the radii of an earlier round.

        Parameters
        ----------
        previous : QueryStrategy or None
            The fitted strategy of that round.

        Returns
        -------
        self : DCoM
        """
        super().resume(previous)
        if isinstance(previous, DCoM) and hasattr(previous, "row_keys_"):
            self._inherited = previous.row_keys_, previous.row_radii_, previous.delta_
        return self

    def _fit(self, X, y):
        super()._fit(X, y)
        if y is None:
            raise ValueError("DCoM needs the labels; call fit(X, y).")
        # Kept apart from what `select` learns: asked again, it answers the same.
        self._known = self.__dict__.pop("_inherited", None)
        self.labeled_features_ = self._map(X)
        self.labeled_guesses_ = X.predict_proba().argmax(axis=1)
        self.labels_ = np.searchsorted(X.classes, y)
        self.n_classes_ = n_classes(X, y)
        self.labeled_keys_ = row_keys(X.X)

    def _score(self, X):
        return self._worth(*self._state(X), np.ones(len(X), dtype=bool))

    def _select(self, X, n_queries, given):
        cover, doubt = self._state(X)
        if len(given):
            cover.add(given)
        order = self._rng(X, "ties").permutation(len(X))
        free = ~np.isin(np.arange(len(X)), given)
        picked = []
        while len(picked) < n_queries:
            worth = self._worth(cover, doubt, free)
            picked.append(order[np.where(free[order], worth[order], -1).argmax()])
            free[picked[-1]] = False
            cover.add(picked[-1:])
        return np.array(picked, dtype=np.int64)

    def _worth(self, cover, doubt, free):
        """What each row is worth, 0 to 1 for the free ones."""
        competence = self.competence_
        return competence * _scaled(doubt, free) + (1 - competence) * _scaled(
            cover.counts, free
        )

    def _state(self, X):
        """The balls so far, and the doubt in each row of the pool."""
        features, proba = self._map(X), X.predict_proba()
        keys, radii, self.delta_ = self._memory(X, features)
        labeled, own, radius = None, None, self.delta_
        if hasattr(self, "labeled_features_"):
            labeled = self.labeled_features_
            own = look_up(self.labeled_keys_, keys, radii, np.nan)
            self._add_radii(own, features, proba.argmax(axis=1))
            keys, radii = np.append(keys, self.labeled_keys_), np.append(radii, own)
            radius = own.mean()
        self.row_keys_, first = np.unique(keys, return_index=True)
        self.row_radii_ = radii[first]
        cover = CoverGains(features, radius, labeled, own)
        self.coverage_ = _coverage(cover, own)
        self.competence_ = _competence(self.coverage_)
        best, second = top_two(proba)
        return cover, second - best

    def _memory(self, X, features):
        """Keys and radii of earlier rounds, and the radius before all of them."""
        known = getattr(self, "_known", None)
        if known is not None:
            return known
        delta = self.delta
        if delta == "purity":
            delta = self._pure_radius(X, features)
        return np.empty(0, dtype=np.uint64), np.empty(0), delta

    def _add_radii(self, radii, features, guesses):
        """Write radii in the place of NaN.

        A ball is pure enough if, of all other rows in it, a share of at least
        ``0.2 * coverage + 0.4`` is taken for what its center is.
        """
        new = np.flatnonzero(np.isnan(radii))
        if not len(new):
            return
        typical = self.delta_ if len(new) == len(radii) else np.nanmean(radii)
        so_far = np.where(np.isnan(radii), typical, radii)
        cover = CoverGains(features, typical, self.labeled_features_, so_far)
        purity = 0.2 * _coverage(cover, so_far) + 0.4
        limit = self.growth * self.delta_
        n_pool, labeled = features.shape[0], self.labeled_features_
        guesses = np.append(guesses, self.labeled_guesses_)
        size = max(1, _N_PAIRS // len(guesses))
        for some in np.split(new, np.arange(size, len(new), size)):
            squares = [squared_distances(x, labeled[some]) for x in (features, labeled)]
            distances = np.sqrt(np.concatenate(squares))
            distances[n_pool + some, np.arange(len(some))] = np.nan
            for i, apart in zip(some, distances.T, strict=True):
                agree = guesses == self.labels_[i]
                radii[i] = _largest_pure(apart, agree, purity, limit)


def _largest_pure(distances, agree, purity, limit):
    """The largest radius, up to a limit, of a ball in which so large a share agrees."""
    order = np.argsort(distances)
    order = order[distances[order] < limit]  # NaN is no row
    distances, agree = distances[order], agree[order]
    # The ball up to the next row, which is not in it, for each number of rows in it.
    edges = np.append(distances, limit)
    shares = np.append(1, np.cumsum(agree) / np.arange(1, len(order) + 1))
    # Rows at equal distances are in it together.
    whole = np.append(True, edges[1:] > edges[:-1])
    return INSIDE * edges[(shares >= purity) & whole].max()


def _coverage(cover, radii):
    """Share of the pool and the labeled rows in a ball of a labeled one."""
    # A labeled row is in its own ball, if that has a radius.
    n_labeled = 0 if radii is None else np.count_nonzero(radii)
    n_all = len(cover) + (0 if radii is None else len(radii))
    return (np.count_nonzero(~cover.uncovered) + n_labeled) / n_all


def _competence(coverage):
    rise = 1 + np.exp(-_STEEPNESS * (1 - _MIDDLE))
    return rise / (1 + np.exp(-_STEEPNESS * (coverage - _MIDDLE)))


def _scaled(values, free):
    """Values from 0 to 1 among the free rows; zeros where they are all equal."""
    low, high = values[free].min(), values[free].max()
    if low == high:
        return np.zeros(len(values))
    return np.clip((values - low) / (high - low), 0, 1)
