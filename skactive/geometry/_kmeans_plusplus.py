"""Sampling proportional to squared distance, by rejection from stale weights."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import min_squared_distances, squared_norms
from skactive.geometry._picks import check_finite, check_given

__all__ = ["kmeans_plusplus"]

_N_PROPOSALS = 128

# What a proposal costs, in rows of a pass over the pool.
_PROPOSAL_COST = 8


def kmeans_plusplus(
    features, n_picks, *, centers=None, given=None, first="max_norm", rng
):
    """Pick rows with probability proportional to their squared distance to the picks.

    The seeding of k-means++ (Arthur and Vassilvitskii 2007), on gradient embeddings the
    batch of BADGE (Ash et al. 2020, algorithm 1). The distribution is exactly that of
    the sequential algorithm, without its pass over the pool per pick: distances only
    shrink, so rows are proposed with old weights and accepted with the ratio of the new
    to the old one.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    n_picks : int
        Number of rows to pick.
    centers : same kind as `features`, of shape (n_centers, n_features), or None
        Picked already, but not part of the pool: the labeled samples.
    given : array-like of int or None, default=None
        Rows that are picked already. Never returned.
    first : {'max_norm', 'uniform'}, default='max_norm'
        The first pick where nothing is picked already: a row of the largest norm, as in
        the published code of BADGE, or any row, as in the papers.
    rng : numpy.random.Generator
        Draws the picks.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Where all rows left are copies of picks, they are
        drawn uniformly.

    Raises
    ------
    ValueError
        If `n_picks`, `given` or `first` do not fit, or the features are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import kmeans_plusplus
    >>> points = np.array([[0.0], [0.0], [7.0]])
    >>> kmeans_plusplus(points, 1, given=[0], rng=np.random.default_rng(0))
    array([2])
    """
    n_rows = features.shape[0]
    chosen = list(check_given(n_rows, n_picks, given))
    n_given = len(chosen)
    norms = squared_norms(features)
    check_finite(norms)
    if centers is None or not centers.shape[0]:
        if not chosen:
            chosen = [_first_pick(norms, first, rng)]
        # The triangle inequality: a pass over the pool can wait.
        weights = (np.sqrt(norms) + np.sqrt(norms[chosen].min())) ** 2
    else:
        weights = min_squared_distances(features, centers)
        check_finite(weights)
    sampler = _StaleWeights(features, weights, chosen)
    while len(sampler.chosen) < n_given + n_picks:
        if sampler.total > 0:
            sampler.propose(n_given + n_picks, rng)
        else:
            rest = np.setdiff1d(np.arange(n_rows), sampler.chosen)
            n_missing = n_given + n_picks - len(sampler.chosen)
            sampler.chosen.extend(rng.choice(rest, n_missing, replace=False))
    return np.array(sampler.chosen[n_given:], dtype=np.int64)


def _first_pick(norms, first, rng):
    if first == "uniform":
        return rng.integers(len(norms))
    if first == "max_norm":
        return rng.choice(np.flatnonzero(norms == norms.max()))
    raise ValueError(f"first={first!r} must be 'max_norm' or 'uniform'.")


class _StaleWeights:
    """Upper bounds of the squared distances to the chosen rows, to draw from.

    Attributes
    ----------
    chosen : list of int
        The rows chosen so far.
    weights : ndarray of shape (n_rows,)
        Squared distances to the centers and the first `n_seen` of them, or larger.
    """

    def __init__(self, features, weights, chosen):
        self.features = features
        self.origin = _blocks.central_point(features)
        self.chosen = chosen
        self.n_seen = 0
        self._set_weights(weights)

    def _set_weights(self, weights):
        weights[self.chosen] = 0
        self.weights = weights
        self.cumulated = np.cumsum(weights)
        self.total = self.cumulated[-1]
        self.credit = len(weights)  # spent by proposals, earned by a pass over the pool

    def refresh(self):
        """Take all chosen rows into account, in one pass over the pool."""
        centers = self.features[self.chosen[self.n_seen :]]
        distances = min_squared_distances(self.features, centers)
        self.n_seen = len(self.chosen)
        self._set_weights(np.minimum(self.weights, distances))

    def propose(self, n_wanted, rng):
        """Draw rows by their weights, and choose those that are accepted."""
        positions, levels = rng.random((2, _N_PROPOSALS))
        draws = self.cumulated.searchsorted(positions * self.total, side="right")
        draws = np.minimum(draws, len(self.weights) - 1)
        levels *= self.weights[draws]
        rows, draws = np.unique(draws, return_inverse=True)
        part = self.features[rows]
        distances = self.weights[rows]
        missed = self.chosen[self.n_seen :]
        if missed:
            exact = _blocks.minima(part, self.features[missed], self.origin)
            distances = np.minimum(distances, exact)
        block = _blocks.shifted(part, self.origin)
        between = _blocks.block_distances(block, block)
        accepted = levels < distances[draws]
        # In turn: distances shrink, so a row once rejected is not accepted later on.
        while accepted.any() and len(self.chosen) < n_wanted:
            turn = accepted.argmax()
            self.chosen.append(rows[draws[turn]])
            distances = np.minimum(distances, between[draws[turn]])
            accepted = levels < distances[draws]
        self.credit -= _PROPOSAL_COST * _N_PROPOSALS
        if self.credit < 0:
            self.refresh()
