"""Density-aware core-sets: k-center within regions of like density."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from scipy.special import softmax

from skactive.base import Facts, QueryStrategy
from skactive.features import FeatureMap
from skactive.geometry import farthest_first, mean_nearest_distances, natural_breaks
from skactive.utils._sklearn import HasMethods, Interval

# Densities are rounded, so that equal neighborhoods are equally dense.
_DECIMALS = 10

# No bin has a share of nothing: it may have to take what the others cannot.
_LEAST_SHARE = 1e-100


class DensityAwareKCenter(FeatureMap, QueryStrategy):
    """Share the batch out among regions of like density, and cover each of them.

    The mean distance to its nearest neighbors says how sparse the pool is around a
    sample. The samples are split into bins where these numbers have gaps, and each bin
    gets a share of the batch: the fewer samples it has, the larger, in proportion to
    ``exp((1 - share of the pool) / temperature)``. Numbers are rounded down, and what
    is left goes to the largest remainders, the sparser bin first among equals. What a
    bin has not enough samples for goes to the others.

    In each bin samples are picked by greedy k-center, each the farthest from everything
    labeled or picked so far, also in other bins. The bin with the largest share comes
    first. With one bin this is `KCenterGreedy`. In a bin full of copies, copies are
    picked.

    Time grows with the square of the pool: put :class:`~skactive.compose.Subsample`
    around the strategy.

    Parameters
    ----------
    features : transformer, default=None
        The space of the distances; None means ``Embedding()``.
    n_bins : int, default=5
        Number of bins, at most.
    n_neighbors : int, default=10
        Nearest samples that the density looks at.
    temperature : float, default=1.0
        The smaller, the more the small bins get.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR, ProductFeatures, StackedFeatures}
        Features of the labeled samples.

    Notes
    -----
    The paper learns to predict densities; here they are measured. Its natural breaks
    are those of k-means in one dimension. The defaults are ours.

    References
    ----------
    After Kim and Shin (2022), "In Defense of Core-set: A Density-aware Core-set
    Selection for Active Learning".

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import DensityAwareKCenter
    >>> dense, sparse = np.linspace(0, 1, 60), np.linspace(5, 20, 4)
    >>> pool = np.concatenate([dense, sparse])[:, None]
    >>> rows = DensityAwareKCenter(n_bins=2, n_neighbors=1).select(pool, 4)
    >>> (rows < 60).sum()
    np.int64(1)
    """

    facts = Facts(cold_start=True, quadratic=True)
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, features=None, n_bins=5, n_neighbors=10, temperature=1.0):
        self.features = features
        self.n_bins = n_bins
        self.n_neighbors = n_neighbors
        self.temperature = temperature

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._map(X)

    def _select(self, X, n_queries, given):
        features = self._map(X)
        bins = self._bins(features)
        free = np.ones(len(X), dtype=bool)
        free[given] = False
        sizes = np.bincount(bins)
        shares = softmax((1 - sizes / len(X)) / self.temperature)
        quotas = share_out(
            n_queries, shares, np.bincount(bins[free], minlength=len(sizes))
        )
        rng = self._rng(X, "ties")
        chosen = list(given)
        # The largest share first; of equal ones, the sparser bin.
        for b in np.lexsort((-np.arange(len(sizes)), sizes)):
            if quotas[b]:
                rows = np.union1d(np.flatnonzero(free & (bins == b)), chosen)
                picked = farthest_first(
                    features[rows.astype(np.int64)],
                    quotas[b],
                    centers=getattr(self, "labeled_features_", None),
                    given=np.searchsorted(rows, chosen),
                    rng=rng,
                )
                chosen.extend(rows[picked])
        return np.array(chosen[len(given) :], dtype=np.int64)

    def _bins(self, features):
        """Bins of like density, the densest first."""
        distances = mean_nearest_distances(features, self.n_neighbors)
        largest = distances.max() or 1
        return natural_breaks(np.round(distances / largest, _DECIMALS), self.n_bins)


def share_out(n, shares, capacities):
    """Whole numbers in proportion to `shares`, adding up to `n`, none above capacity.

    What a capacity cuts off is shared out among the others in the same way. Of equal
    remainders the last is served first.
    """
    shares = np.maximum(shares, _LEAST_SHARE)
    numbers = np.zeros(len(shares), dtype=np.int64)
    while numbers.sum() < n:
        weights = np.where(numbers < capacities, shares, 0)
        wanted = (n - numbers.sum()) * weights / weights.sum()
        more = np.floor(wanted).astype(np.int64)
        remainders = np.round(wanted - more, _DECIMALS)
        order = np.lexsort((np.arange(len(shares)), remainders, weights > 0))[::-1]
        more[order[: n - numbers.sum() - more.sum()]] += 1
        numbers = np.minimum(numbers + more, capacities)
    return numbers
