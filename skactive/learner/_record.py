"""What a query leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skactive.base import QueryStrategy


@dataclass(frozen=True)
class QueryRecord:
    """What the last query asked, and how.

    Attributes
    ----------
    rows : ndarray of shape (n_queries,), int64
        Rows of the X that was queried, most wanted first.
    scores : ndarray of shape (n_queries,) or None
        Their scores, where the strategy scores samples one by one.
    seed : int
        Everything random in the query follows from it.
    strategy : QueryStrategy
        The fitted strategy.
    digests : frozenset of bytes
        Content of the rows, by which `teach` knows them again.
    notes : dict of str to ndarray of int64
        Rows of the X that was queried, by what the strategy wants known of them: those
        that `skactive.compose.Mask` left out are "masked", those that
        `skactive.compose.Mix` drew are "random", from those "random_from".
    """

    rows: np.ndarray
    scores: np.ndarray | None
    seed: int
    strategy: QueryStrategy
    digests: frozenset
    notes: dict
