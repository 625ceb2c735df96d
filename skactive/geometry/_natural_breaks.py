"""Numbers split where they have gaps."""

import numpy as np

__all__ = ["natural_breaks"]

_MOST_ROUNDS = 300


def natural_breaks(values, n_bins):
    """Split numbers into bins of small spread, by k-means in one dimension.

    Lloyd's algorithm on the sorted numbers, from equally many in each bin. It stops at
    a local optimum, in no time: the bins are intervals, so a round looks only at their
    ends.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Finite numbers.
    n_bins : int
        Number of bins; there are fewer if there are fewer different numbers.

    Returns
    -------
    ndarray of shape (n_values,), int64
        The bin of each number, counted from the smallest numbers, none of them empty.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import natural_breaks
    >>> natural_breaks(np.array([9.0, 1.0, 0.0, 8.0]), 2)
    array([1, 0, 0, 1])
    """
    different, counts = np.unique(values, return_counts=True)
    n_below = np.append(0, np.cumsum(counts))
    sums = np.append(0, np.cumsum(counts * (different - different[0])))
    n_bins = min(n_bins, len(different))
    # Ends of the intervals among the different numbers.
    ends = len(different) * np.arange(n_bins + 1) // n_bins
    for _ in range(_MOST_ROUNDS):
        ends = np.unique(ends)
        means = np.diff(sums[ends]) / np.diff(n_below[ends]) + different[0]
        middles = (means[1:] + means[:-1]) / 2
        new = np.concatenate(
            [[0], np.searchsorted(different, middles), [len(different)]]
        )
        if np.array_equal(new, ends):
            break
        ends = new
    starts = different[np.unique(ends)[1:-1]]
    return np.searchsorted(starts, values, side="right")
