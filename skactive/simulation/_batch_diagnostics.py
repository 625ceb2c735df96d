"""What the batches of a simulation look like."""

from __future__ import annotations

from itertools import groupby
from numbers import Integral
from operator import itemgetter

import numpy as np
from scipy.stats import entropy
from sklearn.utils import (
    check_array,
    check_consistent_length,
    column_or_1d,
    gen_batches,
)
from sklearn.utils.multiclass import check_classification_targets

from skactive.geometry import squared_distances
from skactive.utils import hash_rows

_CAMPAIGN = ["strategy", "repeat"]
_COLUMNS = [*_CAMPAIGN, "round", "diagnostic", "other", "value"]
# Pairs of rows looked at at once.
_N_PAIRS = 2**22


def batch_diagnostics(result, X, y=None, *, n_neighbors=10):
    """Measure how diverse, how repetitive and how unusual the batches are.

    Parameters
    ----------
    result : SimulationResult
        With ``picks`` that name rows.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Features of all samples of the simulation, in their order: the inputs, or an
        embedding that is better suited to distances.
    y : array-like of shape (n_samples,), default=None
        The classes. None: no class entropy.
    n_neighbors : int, default=10
        Neighbors that count for the outlierness.

    Returns
    -------
    diagnostics : DataFrame
        A row per ``strategy``, ``repeat``, ``round`` (from 1: the seed set is no batch)
        and ``diagnostic``, with its ``value``:

        - 'mean_distance': Euclidean, between two samples of the batch (NaN: there is
          one);
        - 'duplicates': how many samples equal an earlier one of the batch;
        - 'outlierness': distance to the nearest others in X, on average;
        - 'class_entropy': of the batch, in nats;
        - 'overlap': share of all samples asked so far that the strategy in the column
          ``other`` has asked by then too. Elsewhere ``other`` is None.

    Raises
    ------
    ValueError
        If the result has no picks that name rows, or X has too few of them.

    Notes
    -----
    X stands for the pool: the test set, and what is labeled already, count as neighbors
    too.

    References
    ----------
    Li et al. (2022), "An Empirical Study on the Efficacy of Deep Active Learning for
    Image Classification", arXiv:2212.03088, which looks at batches in the space of the
    first model's embedding.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import simulate
    >>> from skactive.simulation import batch_diagnostics
    >>> X, y = load_iris(return_X_y=True)
    >>> result = simulate(GaussianNB(), X, y, strategies=["random", "coreset"],
    ...                   n_initial=10, n_queries=10, budget=40, random_state=0)
    >>> table = batch_diagnostics(result, X, y)
    >>> means = table.groupby(["diagnostic", "strategy"])["value"].mean()
    >>> bool(means["mean_distance", "coreset"] > means["mean_distance", "random"])
    True
    """
    import pandas as pd

    X = check_array(X, accept_sparse="csr", dtype=[np.float64, np.float32])
    picks = _checked_picks(result.picks, X.shape[0])
    if not isinstance(n_neighbors, Integral) or n_neighbors < 1:
        raise ValueError(f"n_neighbors={n_neighbors!r} must be an integer from 1 on.")
    codes = None
    if y is not None:
        check_consistent_length(X, y)
        y = column_or_1d(y)
        check_classification_targets(y)
        codes = np.unique(y, return_inverse=True)[1]
    asked = picks[picks["round"] > 0]
    outlierness = dict(_outlierness(X, asked["row"].unique(), n_neighbors))
    rows = [
        (*key, name, None, value)
        for key, batch in asked.groupby([*_CAMPAIGN, "round"], sort=False)["row"]
        for name, value in _of_batch(X, codes, batch.to_numpy(), outlierness)
    ]
    return pd.DataFrame([*rows, *_overlaps(asked)], columns=_COLUMNS)


def _checked_picks(picks, n_samples):
    if picks is None:
        raise ValueError("The result has no picks; simulate() returns them.")
    if "row" not in picks:
        raise ValueError(
            f"picks has the columns {list(picks.columns)} and no 'row': the samples "
            "were drawn from a problem, and are not rows of X."
        )
    last = picks["row"].max()
    if last >= n_samples:
        raise ValueError(
            f"picks names row {last}, but X has {n_samples} rows; pass all samples of "
            "the simulation, in their order."
        )
    if not (picks["round"] > 0).any():
        raise ValueError(
            "picks has the seed set alone, so there is no batch; simulate with a "
            "budget above n_initial."
        )
    return picks


def _of_batch(X, codes, rows, outlierness):
    batch, n = X[rows], len(rows)
    distances = np.sqrt(squared_distances(batch, batch))
    # The diagonal is zero.
    yield "mean_distance", distances.sum() / (n * (n - 1)) if n > 1 else np.nan
    yield "duplicates", float(n - len(set(hash_rows(batch))))
    yield "outlierness", np.mean([outlierness[row] for row in rows])
    if codes is not None:
        yield "class_entropy", float(entropy(np.bincount(codes[rows])))


def _outlierness(X, rows, n_neighbors):
    """Mean distance of some rows of X to the nearest others."""
    n_samples = X.shape[0]
    k = min(n_neighbors, n_samples - 1)
    for part in gen_batches(len(rows), max(1, _N_PAIRS // n_samples)):
        own = rows[part]
        squares = squared_distances(X[own], X)
        squares[np.arange(len(own)), own] = np.inf
        nearest = np.partition(squares, k - 1, axis=1)[:, :k]
        yield from zip(own, np.sqrt(nearest).mean(axis=1), strict=True)


def _overlaps(asked):
    """Compare what strategies have asked so far, within each repeat."""
    batches = [
        (repeat, number, label, set(batch))
        for (repeat, number, label), batch in asked.groupby(
            ["repeat", "round", "strategy"]
        )["row"]
    ]
    for repeat, rounds in groupby(batches, itemgetter(0)):
        so_far = {label: set() for label in asked["strategy"].unique()}
        for number, part in groupby(rounds, itemgetter(1)):
            for _, _, label, batch in part:
                so_far[label] |= batch
            for label, own in so_far.items():
                for other, rows in so_far.items():
                    if own and other != label:
                        share = len(own & rows) / len(own)
                        yield label, repeat, number, "overlap", other, share
