"""Greedy batches by a score and the distance to everything chosen."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind, min_squared_distances
from skactive.geometry._picks import check_finite, check_given

__all__ = ["ranked_batch", "ranked_worth"]

# Rows measured at once when one of them must be.
_N_MEASURED = 128

# What is this close is equal: copies at the same distance, but for rounding.
_TIE = 1e-12


def ranked_batch(features, scores, n_picks, *, centers=None, given=None, rng):
    """Pick rows one by one, each with the best mean of its score and its distance.

    A row is worth ``alpha * (1 - 1 / (1 + d)) + (1 - alpha) * score``, where d is its
    distance to the nearest chosen row and alpha the share of rows not chosen: first to
    explore, then to exploit (Cardoso et al. 2017). Exact, but lazy: d only shrinks, so
    an old worth is an upper bound.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
    scores : ndarray of shape (n_rows,)
        What a row is worth by itself, on a scale of 0 to 1.
    n_picks : int
        Number of rows to pick.
    centers : same kind as `features`, of shape (n_centers, n_features), or None
        Chosen already, but not part of the pool: the labeled samples.
    given : array-like of int or None, default=None
        Rows of `features` that are chosen already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Without `centers` and `given` the first is that of
        the best score.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import ranked_batch
    >>> line, scores = np.array([[0.0], [0.1], [9.0]]), np.array([0.9, 0.8, 0.1])
    >>> ranked_batch(line, scores, 2, rng=np.random.default_rng(0))
    array([0, 2])
    """
    n_rows = features.shape[0]
    chosen = list(check_given(n_rows, n_picks, given))
    n_given = len(chosen)
    n_centers = 0 if centers is None else centers.shape[0]
    origin = _blocks.central_point(features)
    rank = rng.permutation(n_rows)  # the first of equals is taken
    distances = np.full(n_rows, np.inf)
    if n_centers:
        check_same_kind(features, centers, "centers")
        distances = np.sqrt(min_squared_distances(features, centers))
        check_finite(distances)
    n_seen = np.zeros(n_rows, dtype=np.intp)
    free = np.ones(n_rows, dtype=bool)
    free[chosen] = False
    while len(chosen) < n_given + n_picks:
        counts = n_rows - len(chosen), n_centers + len(chosen)
        n_measured = _N_MEASURED
        while True:
            worth = ranked_worth(distances, scores, *counts)
            fresh = free & (n_seen == len(chosen))
            best = worth[fresh].max(initial=-np.inf)
            stale = np.flatnonzero(free & ~fresh & (worth > best - _TIE))
            if len(stale) == 0:
                break
            if len(stale) > n_measured:
                largest = np.argpartition(worth[stale], -n_measured)[-n_measured:]
                stale = stale[largest]
            n_measured *= 2
            missed = chosen[n_seen[stale].min() :]
            squares = _blocks.minima(features[stale], features[missed], origin)
            check_finite(squares)
            distances[stale] = np.minimum(distances[stale], np.sqrt(squares))
            n_seen[stale] = len(chosen)
        tied = np.flatnonzero(fresh & (worth >= best - _TIE))
        row = tied[rank[tied].argmin()]
        chosen.append(row)
        free[row] = False
    return np.array(chosen[n_given:], dtype=np.int64)


def ranked_worth(distances, scores, n_left, n_chosen):
    """Mean of the worth by distance and the score, weighted by what is left."""
    if n_chosen == 0:  # nothing to be far from
        return scores
    alpha = n_left / (n_left + n_chosen)
    return alpha * (1 - 1 / (1 + distances)) + (1 - alpha) * scores
