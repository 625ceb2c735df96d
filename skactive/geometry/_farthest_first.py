"""Greedy k-center without a pass over the pool per pick."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._distances import check_same_kind, squared_distances_to_mean
from skactive.geometry._picks import check_finite, check_given

__all__ = ["farthest_first"]

# Rows looked at per pick: so many, or this share of a large pool.
_N_ACTIVE = 4096
_ACTIVE_SHARE = 1 / 32

# Rows measured at once when one of them must be.
_N_MEASURED = 128


def farthest_first(features, n_picks, *, centers=None, given=None, rng):
    """Pick rows one by one, each the farthest from everything chosen before.

    The greedy algorithm for k-center, whose covering radius is at most twice the best
    possible (Gonzalez 1985; Sener and Savarese 2018, section 4). Exact, but lazy: the
    distance to the nearest chosen row only shrinks, so an old value is an upper bound,
    and only the rows with the largest bounds are measured again.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures} of shape (n_rows, n_features)
        The pool.
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
        Distinct rows in pick order. Without `centers` and `given` the first is the row
        closest to the mean.

    Raises
    ------
    TypeError
        If `centers` is not of the same kind as `features`.
    ValueError
        If `n_picks`, `given` or the width of `centers` do not fit `features`, or the
        features are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import farthest_first
    >>> line = np.arange(11.0)[:, np.newaxis]
    >>> farthest_first(line, 2, centers=line[:1], rng=np.random.default_rng(0))
    array([10,  5])
    """
    chosen = check_given(features.shape[0], n_picks, given)
    n_chosen = len(chosen) + n_picks
    if centers is not None:
        check_same_kind(features, centers, "centers")
    order = rng.permutation(features.shape[0])
    if len(chosen) == 0 and (centers is None or centers.shape[0] == 0):
        from_mean = squared_distances_to_mean(features)
        check_finite(from_mean)
        chosen = order[[from_mean[order].argmin()]]
    state = _NearestChosen(features, centers, chosen, order)
    while len(state.chosen) < n_chosen:
        top, largest = state.top()
        if largest == 0:  # copies of chosen rows are all that is left
            state.chosen.extend(order[state.bounds == 0])
        elif state.is_exact(top):
            state.choose(top)
        else:
            state.measure(top)
    return np.array(state.chosen[n_chosen - n_picks : n_chosen], dtype=np.int64)


class _NearestChosen:
    """Squared distance of every row to the nearest chosen one, exact on demand.

    All arrays are in the random `order` of the rows, so that the first of equals, which
    NumPy prefers, is a random one.

    Attributes
    ----------
    chosen : list of int
        The rows chosen so far; `centers` count as chosen before all of them.
    bounds : ndarray of shape (n_rows,)
        Never below the true value; -inf for chosen rows.
    n_seen : ndarray of shape (n_rows,)
        How many of `chosen` a bound takes into account exactly; -1 if it is rough.
    active : ndarray
        Where the largest bounds are. No other bound is larger than `floor`.
    """

    def __init__(self, features, centers, chosen, order):
        self.features = features
        self.centers = centers
        self.chosen = list(chosen)
        self.order = order
        self.origin = _blocks.central_point(features)
        self.bounds = self._rough_bounds()[order]
        self.n_seen = np.where(self.bounds == -np.inf, len(order), -1)
        self.active = np.arange(len(order))
        self.floor = np.inf
        self.n_measured = _N_MEASURED

    @np.errstate(over="ignore", invalid="ignore")  # the result is checked
    def _rough_bounds(self):
        """Bounds from one pass in the precision of the features: it has half to do."""
        others = [self.features[self.chosen]] if self.chosen else []
        if self.centers is not None:
            others.append(self.centers)
        dtype = np.result_type(
            np.float32, self.features.dtype, *(part.dtype for part in others)
        )
        bounds = np.full(self.features.shape[0], np.inf)
        for part in others:
            rough = _blocks.minima(
                self.features, part, self.origin, _blocks.block_bounds, dtype
            )
            np.minimum(bounds, rough, out=bounds)
        check_finite(bounds)
        bounds[self.chosen] = -np.inf
        return bounds

    def top(self):
        """Return where the largest bound is, and that bound."""
        bounds = self.bounds[self.active]
        largest = bounds.max()
        if largest < self.floor:
            self._find_active()
            return self.top()
        return self.active[bounds.argmax()], largest

    def _find_active(self):
        size = max(_N_ACTIVE, int(_ACTIVE_SHARE * len(self.bounds)))
        k = max(0, len(self.bounds) - size)
        self.floor = np.partition(self.bounds, k)[k]
        above = np.flatnonzero(self.bounds > self.floor)
        tied = np.flatnonzero(self.bounds == self.floor)[: size - len(above)]
        self.active = np.sort(np.concatenate([above, tied]))

    def is_exact(self, top):
        return self.n_seen[top] == len(self.chosen)

    def choose(self, top):
        self.chosen.append(self.order[top])
        self.bounds[top] = -np.inf
        self.n_seen[top] = len(self.order)  # never to be measured again
        self.n_measured = _N_MEASURED

    def measure(self, top):
        """Make one bound exact, and the next largest with it.

        Only rows that have missed no more than the first one, so that one product of
        matrices serves all; twice as many every time a pick needs yet another round.
        """
        since = self.n_seen[top]
        n_seen = self.n_seen[self.active]
        some = self.active[(n_seen >= since) & (n_seen < len(self.chosen))]
        if len(some) > self.n_measured:
            largest = np.argpartition(self.bounds[some], -self.n_measured)
            some = np.append(some[largest[-self.n_measured :]], top)
        self.n_measured = min(2 * self.n_measured, _N_ACTIVE)

        part = self.features[self.order[some]]
        if since < 0 and self.centers is not None:
            self._lower(some, part, self.centers)
        missed = self.chosen[max(since, 0) :]
        if missed:
            self._lower(some, part, self.features[missed])
        self.n_seen[some] = len(self.chosen)

    def _lower(self, some, part, centers):
        distances = _blocks.minima(part, centers, self.origin)
        self.bounds[some] = np.minimum(self.bounds[some], distances)
