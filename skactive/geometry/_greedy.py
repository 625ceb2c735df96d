"""Greedy maximisation of a set function: one row after the other, the largest gain.

A set function is an object with ``len(function)``, the number of rows to pick from,
``function.gains(rows)``, what each row would add to what is chosen, and
``function.add(rows)``, which chooses rows. Ties are broken by one random order of the
rows, the same in `naive_greedy` and `lazy_greedy`.
"""

import math

import numpy as np

from skactive.geometry._picks import check_given

__all__ = ["lazy_greedy", "naive_greedy", "stochastic_greedy"]

# Gains computed at once: first so many, then twice as many each time, up to the limit.
_N_MEASURED = 16
_MOST_MEASURED = 1024


def naive_greedy(function, n_picks, *, given=None, rng):
    """Pick the row of the largest gain, looking at all rows for each pick.

    For any set function; the one to take where gains are kept up to date by ``add``.

    Parameters
    ----------
    function : set function
        See `skactive.geometry.FacilityGains` and its neighbours. It is changed.
    n_picks : int
        Number of rows to pick.
    given : array-like of int or None, default=None
        Rows that are chosen already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import CosineSimilarity, DisparityGains, naive_greedy
    >>> points = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    >>> apart = DisparityGains(points, CosineSimilarity())
    >>> naive_greedy(apart, 1, given=[0], rng=np.random.default_rng(0))
    array([2])
    """
    given = _start(function, n_picks, given)
    order = rng.permutation(len(function))
    left = ~np.isin(order, given)
    picks = []
    while len(picks) < n_picks:
        top = np.where(left, function.gains(order), -np.inf).argmax()
        picks.append(order[top])
        left[top] = False
        function.add(picks[-1:])
    return np.array(picks, dtype=np.int64)


def lazy_greedy(function, n_picks, *, given=None, rng):
    """Pick as `naive_greedy` does, computing few gains for each pick.

    For monotone submodular functions: a gain only shrinks and is never negative, so an
    old one is an upper bound, and only the largest are computed again (Minoux 1978), a
    block at a time.

    Parameters
    ----------
    function : set function
        Monotone and submodular. It is changed.
    n_picks : int
        Number of rows to pick.
    given : array-like of int or None, default=None
        Rows that are chosen already. Never returned.
    rng : numpy.random.Generator
        Breaks ties, by one random order of the rows.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order. Where nothing gains any more, the rest is random.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import CosineSimilarity, FacilityGains, lazy_greedy
    >>> points = np.array([[1.0, 0.0], [1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])
    >>> worth = FacilityGains(points, CosineSimilarity())
    >>> lazy_greedy(worth, 2, rng=np.random.default_rng(0))
    array([2, 3])
    """
    given = _start(function, n_picks, given)
    order = rng.permutation(len(function))
    bounds = function.gains(order)
    bounds[np.isin(order, given)] = -np.inf
    n_seen = np.zeros(len(order), dtype=np.intp)
    n_measured = _N_MEASURED
    picks = []
    while len(picks) < n_picks:
        top = bounds.argmax()
        if bounds[top] <= 0:
            picks.extend(order[bounds > -np.inf])
        elif n_seen[top] == len(picks):
            picks.append(order[top])
            bounds[top] = -np.inf
            function.add(picks[-1:])
            n_measured = _N_MEASURED
        else:
            stale = np.flatnonzero((n_seen < len(picks)) & (bounds > -np.inf))
            if len(stale) > n_measured:
                largest = np.argpartition(bounds[stale], -n_measured)[-n_measured:]
                stale = np.union1d(stale[largest], top)
            bounds[stale] = function.gains(order[stale])
            n_seen[stale] = len(picks)
            n_measured = min(2 * n_measured, _MOST_MEASURED)
    return np.array(picks[:n_picks], dtype=np.int64)


def stochastic_greedy(function, n_picks, *, given=None, epsilon=0.01, rng):
    """Pick each row as the best of a fresh random part of the pool.

    The parts are so large, ``n / n_picks * log(1 / epsilon)`` rows, that the expected
    worth is at least ``1 - 1/e - epsilon`` of the best, for monotone submodular
    functions (Mirzasoleiman et al. 2015).

    Parameters
    ----------
    function : set function
        It is changed.
    n_picks : int
        Number of rows to pick.
    given : array-like of int or None, default=None
        Rows that are chosen already. Never returned.
    epsilon : float, default=0.01
        Between 0 and 1; what may be lost.
    rng : numpy.random.Generator
        Draws the parts.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in pick order.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import CosineSimilarity, FacilityGains, stochastic_greedy
    >>> points = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])
    >>> worth = FacilityGains(points, CosineSimilarity())
    >>> stochastic_greedy(worth, 1, rng=np.random.default_rng(0))
    array([1])
    """
    given = _start(function, n_picks, given)
    left = np.delete(np.arange(len(function)), given)
    size = math.ceil(len(left) / n_picks * math.log(1 / epsilon))
    picks = []
    while len(picks) < n_picks:
        part = rng.choice(len(left), min(max(1, size), len(left)), replace=False)
        best = part[function.gains(left[part]).argmax()]
        picks.append(left[best])
        left = np.delete(left, best)
        function.add(picks[-1:])
    return np.array(picks, dtype=np.int64)


def _start(function, n_picks, given):
    given = check_given(len(function), n_picks, given)
    if len(given):
        function.add(given)
    return given
