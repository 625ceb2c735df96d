"""A share of random picks in every batch, and what it says about the whole pool."""

from __future__ import annotations

from numbers import Real

import numpy as np

from skactive.base import Facts, QueryStrategy
from skactive.compose._delegate import Delegate
from skactive.utils._sklearn import Interval


class Mix(Delegate):
    """Let a strategy choose most of the batch, and chance the rest.

    Samples that a strategy picks are no fair sample of the pool: neither the model's
    accuracy on them nor the share of their labels tells anything about the others. The
    random ones are, and they keep the model from forgetting what is regular. They are
    drawn first, from all candidates alike; the strategy sees them as picked, and its
    picks stand before them in the batch.

    The learner's record of the query, ``learner.last_query_``, knows them,
    ``notes["random"]``, and the candidates they were drawn from,
    ``notes["random_from"]``: each candidate is among them with the same probability,
    the ratio of the two lengths. See `monitored_mean`.

    Parameters
    ----------
    strategy : QueryStrategy
        Chooses the others.
    share : float, default=0.1
        Share of random picks, from 0 to 1. Where it leads to no whole number, chance
        decides between the two next to it.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw; a learner fills it.

    Attributes
    ----------
    notes_ : dict of str to ndarray of int64
        Rows of the last pool that are "random", and those they were drawn from,
        "random_from".

    See Also
    --------
    monitored_mean : What the random picks say about the pool.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import strategies
    >>> from skactive.compose import Mix
    >>> mixed = Mix(strategies.coreset(), share=0.4, random_state=0)
    >>> rows = mixed.select(np.arange(100.0)[:, None], 5)
    >>> bool((rows[-2:] == mixed.notes_["random"]).all())
    True
    """

    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {
        "strategy": [QueryStrategy],
        "share": [Interval(Real, 0, 1, closed="both")],
        "random_state": ["random_state"],
    }

    def __init__(self, strategy, share=0.1, random_state=None):
        self.strategy = strategy
        self.share = share
        self.random_state = random_state

    def _facts(self):
        return self.facts.including(self.strategy._facts())

    def _choose(self, X, n_queries, given):
        # A role of its own: the strategy may have the same seed.
        rng = self._rng(X, "mix")
        candidates = np.delete(np.arange(len(X)), given)
        n_random = int(self.share * n_queries + rng.random())
        random = rng.permutation(candidates)[: min(n_random, n_queries)]
        picked = random[:0]
        if len(random) < n_queries:
            picked = self._ask(
                self._part("strategy"),
                X,
                n_queries - len(random),
                np.append(given, random),
            )
        self._note("random", random)
        # Those of a Mix inside are fewer: its picks are drawn after these.
        self.notes_["random_from"] = candidates
        return np.append(picked, random)


def monitored_mean(query, values):
    """Estimate a mean over the candidates of a query from its random picks.

    The estimate has no bias, whatever the strategy that chose the others, if the values
    depend on the sample alone: with predictions of the model that asked, before it is
    taught the answers, it is that model's accuracy on all candidates.

    Parameters
    ----------
    query : QueryRecord
        ``learner.last_query_`` of a learner whose strategy has a `Mix` in it.
    values : array-like of shape (n_queries,)
        One number for each row asked, in the order of ``query.rows``.

    Returns
    -------
    mean : float
        Mean of the values of the random picks.
    standard_error : float
        How far it is off, typically; NaN for a single random pick.

    Raises
    ------
    ValueError
        If the query has no random picks, or only such that a `MultiStart` or a `Bandit`
        chose among, or the number of values is another.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ActiveLearner, strategies
    >>> from skactive.compose import Mix, monitored_mean
    >>> X = np.linspace(-1, 1, 201)[:, None]
    >>> y = X[:, 0] > 0.3
    >>> learner = ActiveLearner(
    ...     LogisticRegression(), Mix(strategies.margin(), share=0.5), random_state=0
    ... )
    >>> rows = learner.fit(X[::200], y[::200]).query(X, 80)
    >>> right = learner.predict(X[rows]) == y[rows]
    >>> accuracy, error = monitored_mean(learner.last_query_, right)
    >>> bool(abs(accuracy - learner.score(X, y)) < 3 * error)
    True
    """
    values = np.asarray(values, dtype=np.float64)
    if values.shape != query.rows.shape:
        raise ValueError(
            f"values has shape {values.shape}, but {len(query.rows)} rows were asked; "
            "pass one number for each."
        )
    drawn = np.isin(query.rows, query.notes.get("random", []))
    n_drawn = int(drawn.sum())
    if not n_drawn:
        raise ValueError(
            "This query has no random picks that are a fair sample; put "
            "skactive.compose.Mix around the whole strategy, around a MultiStart or a "
            "Bandit and not inside, where picks are chosen among; and ask for so many "
            "rows that its share is at least one."
        )
    mean = values[drawn].mean()
    if n_drawn == 1:
        return float(mean), np.nan
    # Drawn without replacement: of all candidates, nothing is left to chance.
    left = 1 - n_drawn / len(query.notes["random_from"])
    return float(mean), float(np.sqrt(values[drawn].var(ddof=1) / n_drawn * left))
