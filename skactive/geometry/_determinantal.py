"""Exact samples of a determinantal point process of fixed size."""

import numpy as np

from skactive.geometry import _blocks
from skactive.geometry._dense_rows import dense_rows
from skactive.geometry._distances import inner_products, squared_norms
from skactive.geometry._picks import check_finite, check_given

__all__ = ["sample_kdpp"]

_N_PROPOSALS = 64

# A matrix of this size, squared, is decomposed.
_MOST_COLUMNS = 8192


@np.errstate(over="ignore", invalid="ignore")  # what comes of it is checked
def sample_kdpp(features, n_picks, *, given=None, rng):
    """Draw rows with probability proportional to the volume they span, squared.

    A k-DPP (Kulesza and Taskar 2011): a set of `n_picks` rows has a probability
    proportional to the determinant of the matrix of their inner products. Drawn exactly
    and in two steps: directions of the features, with the elementary symmetric
    polynomials of their eigenvalues, and then rows that span them. A row is proposed by
    its length in these directions and accepted by what of it the rows drawn before have
    left, so that no pick takes a pass over the pool.

    Parameters
    ----------
    features : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_rows rows
        The pool. A matrix of the width, or of the number of rows if that is smaller,
        squared, is decomposed; at most 8192.
    n_picks : int
        Number of rows to pick.
    given : array-like of int or None, default=None
        Rows that are picked already: the others follow the law given them. Never
        returned.
    rng : numpy.random.Generator
        Draws the picks.

    Returns
    -------
    ndarray of shape (n_picks,), int64
        Distinct rows in the order in which they are drawn. Where more are wanted than
        the features have dimensions left, the rest is uniform: the limit of adding a
        multiple of the identity that goes to zero.

    Raises
    ------
    TypeError
        If both the pool and the features are too wide.
    ValueError
        If `n_picks` or `given` do not fit `features`, or these are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import sample_kdpp
    >>> points = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 5.0]])
    >>> rows = sample_kdpp(points, 2, rng=np.random.default_rng(0))
    >>> 2 in rows
    True
    """
    n_rows = features.shape[0]
    given = check_given(n_rows, n_picks, given)
    norms = squared_norms(features)
    check_finite(norms)
    features = _narrow(features, norms)
    taken = _span(_block(features, given), norms)
    values, vectors = _directions(features, taken, norms)
    n_drawn = min(n_picks, len(values))
    chosen = _choose_directions(np.log(values), n_drawn, rng)
    picks = _draw(features, vectors[:, chosen] / np.sqrt(values[chosen]), given, rng)
    rest = np.setdiff1d(np.arange(n_rows), np.append(given, picks))
    rest = rng.choice(rest, n_picks - n_drawn, replace=False)
    return np.append(picks, rest).astype(np.int64)


def _narrow(features, norms):
    """Plain rows with the same inner products, in no more columns than rows."""
    n_rows, width = features.shape
    if min(n_rows, width) > _MOST_COLUMNS:
        raise TypeError(
            f"A k-DPP decomposes a matrix as wide as the features, and {width} columns "
            f"are too many (more than {_MOST_COLUMNS}); put skactive.features.Sketch "
            "behind them."
        )
    if width <= n_rows:
        return dense_rows(features, "A k-DPP")
    values, vectors = np.linalg.eigh(inner_products(features, features))
    some = values > _least(norms, n_rows)
    return vectors[:, some] * np.sqrt(values[some])


def _least(norms, width):
    """Below this an eigenvalue is rounding."""
    return 4 * width * np.finfo(np.float64).eps * norms.sum()


def _block(features, rows):
    return features[rows].astype(np.float64)


def _chunks(features):
    return _blocks.row_chunks(len(features), 16 * features.shape[1])


def _span(rows, norms):
    """Orthonormal columns that span some rows."""
    if not len(rows):
        return np.zeros((rows.shape[1], 0))
    _, lengths, directions = np.linalg.svd(rows, full_matrices=False)
    return directions[lengths**2 > _least(norms, rows.shape[1])].T


def _directions(features, taken, norms):
    """Eigenvalues and eigenvectors of what `taken` leaves of the features."""
    width = features.shape[1]
    moments = np.zeros((width, width))
    for rows in _chunks(features):
        block = _block(features, rows)
        moments += block.T @ block
    if taken.shape[1]:
        left = np.eye(width) - taken @ taken.T
        moments = left @ moments @ left
    values, vectors = np.linalg.eigh(moments)
    some = values > _least(norms, width)
    return values[some], vectors[:, some]


def _choose_directions(logs, n_chosen, rng):
    """So many of some numbers, with probability proportional to their product."""
    # Logarithms of the symmetric polynomials of the first so many numbers.
    sums = np.full((len(logs) + 1, n_chosen + 1), -np.inf)
    sums[:, 0] = 0
    for i, log in enumerate(logs):
        sums[i + 1, 1:] = np.logaddexp(sums[i, 1:], log + sums[i, :-1])
    chosen = []
    for i in range(len(logs) - 1, -1, -1):
        missing = n_chosen - len(chosen)
        if missing == 0:
            break
        share = logs[i] + sums[i, missing - 1] - sums[i + 1, missing]
        if rng.random() < np.exp(share):
            chosen.append(i)
    return np.array(chosen, dtype=np.intp)


def _draw(features, directions, given, rng):
    """Rows that span all directions, one for each."""
    weights = np.empty(len(features))
    for rows in _chunks(features):
        weights[rows] = _blocks.block_norms(_block(features, rows) @ directions)
    weights[given] = 0
    cumulated = np.cumsum(weights)
    n_drawn = directions.shape[1]
    spanned, picks = np.zeros((n_drawn, 0)), []
    while len(picks) < n_drawn:
        positions, levels = rng.random((2, _N_PROPOSALS))
        rows = cumulated.searchsorted(positions * cumulated[-1], side="right")
        rows = np.minimum(rows, len(features) - 1)
        proposals = _block(features, rows) @ directions
        for row, proposal, level in zip(rows, proposals, levels, strict=True):
            left = proposal - spanned @ (spanned.T @ proposal)
            if row not in picks and level * weights[row] < left @ left:
                picks.append(row)
                left -= spanned @ (spanned.T @ left)  # once more, for the digits
                left /= np.linalg.norm(left)
                spanned = np.column_stack([spanned, left])
                if len(picks) == n_drawn:
                    break
    return np.array(picks, dtype=np.int64)
