"""FALCUN: unsure samples whose probabilities differ from those of the picks."""

from __future__ import annotations

from numbers import Real

from skactive.base import Facts, QueryStrategy
from skactive.geometry import probability_contrast
from skactive.utils._sklearn import Interval


class Falcun(QueryStrategy):
    """Draw samples that are unsure, or unlike the picks in class probabilities.

    The doubt of a sample is 1 less the gap of its two likeliest classes. Its contrast
    starts as its doubt, and is then no larger than the distance of its class
    probabilities to those of any pick. Each pick is drawn with a probability
    proportional to a power of the sum of doubt and contrast, the latter scaled to run
    from 0 to 1 over the candidates. Labeled samples play no part, and given rows count
    as picks.

    A pick takes one pass over the probabilities. Where all candidates are
    certain, picks are uniform. A copy of a pick that is unsure may be picked too.

    Parameters
    ----------
    gamma : float, default=10.0
        The power: 0 is uniform, the larger the closer to always taking the largest sum.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; a learner fills it.

    References
    ----------
    Gilhuber et al. (2024), "FALCUN: A Simple and Efficient Deep Active Learning
    Strategy", section 3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import Falcun
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0.5, 0.5], [1, 0, 0]]
    ... )
    >>> Falcun(gamma=100, random_state=0).select(view, 1, given=[0])
    array([2])
    """

    facts = Facts(task="classification", needs=("proba",), stochastic=True)
    _parameter_constraints = {
        "gamma": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, gamma=10.0, random_state=None):
        self.gamma = gamma
        self.random_state = random_state

    def _select(self, X, n_queries, given):
        return probability_contrast(
            X.predict_proba(),
            n_queries,
            gamma=self.gamma,
            given=given,
            rng=self._rng(X),
        )
