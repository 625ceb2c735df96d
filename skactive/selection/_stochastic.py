"""Batches drawn by score instead of cut off at the top."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skactive.base import Facts, QueryStrategy, Score
from skactive.geometry import top_k
from skactive.utils._sklearn import Interval, StrOptions


class StochasticTopK(QueryStrategy):
    """Draw a batch without replacement, better scores being likelier.

    The top of a list is full of neighbours that say the same; noise in the ranking
    spreads the batch at no cost.

    Parameters
    ----------
    score : Score
        The score to draw by.
    law : {'power', 'softmax', 'softrank'}, default='power'
        Weight of a sample: ``score**beta``, ``exp(beta * score)`` or
        ``rank**-beta`` with the best at rank 1. The power law wants scores that are not
        negative; a score of zero is drawn only when nothing else is left.
    beta : float, default=1.0
        0 draws uniformly; the larger, the closer to the top of the list.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; a learner fills it.

    References
    ----------
    Kirsch et al. (2023), "Stochastic Batch Acquisition: A Simple Baseline for Deep
    Active Learning", section 3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import Entropy
    >>> from skactive.selection import StochasticTopK
    >>> view = ModelView.from_outputs(proba=[[1.0, 0.0], [0.5, 0.5], [1.0, 0.0]])
    >>> StochasticTopK(Entropy(), random_state=0).select(view)
    array([1])
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "score": [Score],
        "law": [StrOptions({"power", "softmax", "softrank"})],
        "beta": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, score, law="power", beta=1.0, random_state=None):
        self.score = score
        self.law = law
        self.beta = beta
        self.random_state = random_state

    def _facts(self):
        return self.facts.including(self.score._facts())

    def _select(self, X, n_queries, given):
        rng = self._rng(X)
        scores = self._part("score").score_samples(X)
        # Adding Gumbel noise to log-weights and taking the largest is drawing without
        # replacement (Yellott, 1977).
        keys = self._log_weights(scores, rng) + rng.gumbel(size=len(X))
        keys = self._after_all_others(keys, rng)
        rows = top_k(keys, n_queries, rng=rng, exclude=given)
        self.selected_scores_ = scores[rows]
        return rows

    def _log_weights(self, scores, rng):
        if self.law == "softmax":
            return self.beta * scores
        if self.law == "softrank":
            ranks = np.empty(len(scores))
            ranks[top_k(scores, len(scores), rng=rng)] = np.arange(1, len(scores) + 1)
            return -self.beta * np.log(ranks)
        if scores.min() < 0:
            raise ValueError(
                f"law='power' needs scores that are not negative, and "
                f"{type(self.score).__name__} gave {scores.min():.3g}; use "
                "law='softmax' or law='softrank'."
            )
        weights = np.full(len(scores), -np.inf)
        np.log(scores, out=weights, where=scores > 0)
        return self.beta * weights if self.beta else np.zeros(len(scores))

    @staticmethod
    def _after_all_others(keys, rng):
        """Put samples of zero weight behind the rest, in random order."""
        weightless = np.isneginf(keys)
        if weightless.any():
            behind = keys[~weightless].min(initial=0.0) - 1
            keys[weightless] = behind - rng.random(weightless.sum())
        return keys
