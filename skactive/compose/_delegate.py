"""Strategies that let others choose, and keep what these want known."""

from __future__ import annotations

import numpy as np

from skactive.base import QueryStrategy


class Delegate(QueryStrategy):
    """Base class: a subclass writes `_choose`, as `_select`, and asks parts by `_ask`.

    Attributes
    ----------
    notes_ : dict of str to ndarray of int64
        Rows of the last pool, by what is to be known of them.
    """

    def _select(self, X, n_queries, given):
        self.notes_ = {}
        return self._choose(X, n_queries, given)

    def _choose(self, X, n_queries, given):
        raise TypeError(f"{type(self).__name__} does not say who chooses.")

    def _ask(self, part, X, n_queries, given, *, candidates=None):
        """Let a part choose from the whole pool, or from some rows of it."""
        if candidates is None:
            rows = np.arange(len(X))
            picked = part.select(X, n_queries, given=given)
        else:
            # Given rows stay in sight, so that a diverse strategy keeps away from them.
            rows = np.append(candidates, given)
            inner = np.arange(len(candidates), len(rows))
            picked = part.select(X[rows], n_queries, given=inner)
        for name, noted in getattr(part, "notes_", {}).items():
            self._note(name, rows[noted])
        return rows[picked]

    def _hand_on(self, part):
        """Note what a part wants known whose picks were proposals among several.

        But for its random picks: those that are kept are no fair sample any more.
        """
        for name, noted in getattr(part, "notes_", {}).items():
            if name not in ("random", "random_from"):
                known = self.notes_.get(name, [])
                self._note(name, noted[~np.isin(noted, known)])

    def _note(self, name, rows):
        earlier = self.notes_.get(name, np.empty(0, dtype=np.int64))
        self.notes_[name] = np.append(earlier, rows)
