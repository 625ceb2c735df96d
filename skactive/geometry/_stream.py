"""Rows of an array through the cache, a chunk at a time, in threads where it pays."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from skactive.utils._sklearn import _openmp_effective_n_threads

__all__ = ["sum_is_finite"]

# A few such chunks fit the cache; with smaller ones threads wait for each other.
_CHUNK_ENTRIES = 100_000

# Below this a second thread costs more than it brings.
_PARALLEL_ENTRIES = 2_000_000


def stream(measure, array):
    """Call `measure` on slices of rows that fit the cache, many of them in threads.

    ``measure(rows, scratch)`` gets memory of the chunk's shape and type, which every
    thread uses again: fresh memory for each chunk can cost as much as the work on it.

    NumPy lets go of the interpreter inside each call. There are as many threads as
    OpenMP would take, so its limits and those of threadpoolctl hold here too.
    """
    n_rows = array.shape[0]
    size = max(1, _CHUNK_ENTRIES * n_rows // max(1, array.size))
    chunks = [
        slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)
    ]
    n_threads = _openmp_effective_n_threads() if array.size >= _PARALLEL_ENTRIES else 1

    def measure_every(first):
        scratch = np.empty((min(size, n_rows), *array.shape[1:]), dtype=array.dtype)
        for rows in chunks[first::n_threads]:
            measure(rows, scratch[: rows.stop - rows.start])

    if n_threads == 1:
        measure_every(0)
        return
    with ThreadPoolExecutor(n_threads - 1) as pool:
        others = [pool.submit(measure_every, first) for first in range(1, n_threads)]
        measure_every(0)
        for other in others:
            other.result()


def sum_is_finite(array):
    """Whether the sum of all numbers is finite: then all of them are.

    A quick check. The sum of huge numbers may overflow, so False proves nothing.

    Parameters
    ----------
    array : ndarray of floats, of shape (n_rows, ...)

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import sum_is_finite
    >>> sum_is_finite(np.ones((2, 2))), sum_is_finite(np.array([1.0, np.nan]))
    (True, False)
    """
    finite = []

    def measure(rows, scratch):
        with np.errstate(invalid="ignore", over="ignore"):  # settings of this thread
            finite.append(bool(np.isfinite(array[rows].sum())))

    stream(measure, array)
    return all(finite)
