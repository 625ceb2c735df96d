"""Scores of doubt: from the class probabilities alone."""

from __future__ import annotations

import numpy as np

from skactive.base import Facts, Score
from skactive.geometry import largest_entropies, row_entropy, top_two


class LeastConfidence(Score):
    """One minus the largest class probability (Lewis and Gale, 1994).

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import LeastConfidence
    >>> view = ModelView.from_outputs(proba=[[0.5, 0.3, 0.2]])
    >>> LeastConfidence().score_samples(view).tolist()
    [0.5]
    """

    facts = Facts(task="classification", needs=("proba",))

    def _score(self, X):
        return 1 - top_two(X.predict_proba())[0]


class Margin(Score):
    """Minus the gap between the two best classes (Scheffer et al., 2001).

    A model without probabilities is asked for its decision function; the gap of a
    binary one is its absolute value.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Margin
    >>> view = ModelView.from_outputs(proba=[[0.5, 0.3, 0.2]])
    >>> Margin().score_samples(view).round(3).tolist()
    [-0.2]
    """

    facts = Facts(task="classification", needs=("proba|decision",))

    def _score(self, X):
        values = X.predict_proba() if X.provides("proba") else X.decision_function()
        if values.ndim == 1:
            return -np.abs(values)
        best, second = top_two(values)
        return second - best


class Entropy(Score):
    """Entropy of the class probabilities, in nats (Shannon, 1948; Settles, 2009).

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Entropy
    >>> view = ModelView.from_outputs(proba=[[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]])
    >>> Entropy().score_samples(view).round(5).tolist()
    [1.02965, 0.0]
    """

    facts = Facts(task="classification", needs=("proba",))

    def _score(self, X):
        # What is no finite number has an entropy that is none.
        return row_entropy(X.output("proba", checked=False))

    def _select(self, X, n_queries, given):
        rows, self.selected_scores_ = largest_entropies(
            X.output("proba", checked=False),
            n_queries,
            rng=self._rng(X, "ties"),
            exclude=given,
        )
        return rows


class Ratio(Score):
    """Second-largest class probability over the largest.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Ratio
    >>> view = ModelView.from_outputs(proba=[[0.5, 0.3, 0.2]])
    >>> Ratio().score_samples(view).round(3).tolist()
    [0.6]
    """

    facts = Facts(task="classification", needs=("proba",))

    def _score(self, X):
        best, second = top_two(X.predict_proba())
        return second / best
