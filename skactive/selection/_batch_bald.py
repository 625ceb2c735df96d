"""BatchBALD: the batch whose labels tell most together."""

from __future__ import annotations

from numbers import Integral

from skactive.base import Facts, Score
from skactive.geometry import greedy_information, mutual_information
from skactive.utils._sklearn import Interval


class BatchBALD(Score):
    """Mutual information between the labels of the whole batch and the model.

    Greedy: each pick adds most to what the labels picked before will tell, so the batch
    is not filled with samples that ask the same question. A single pick is that of
    BALD, which is also the score of a sample by itself.

    T draws tell no more than log T nats, which some tens of picks use up; the rest of
    the batch is then in the order of BALD. For batches of more than about 20 take more
    draws, or ``power_bald``. Drawn gains are slow: some thousand samples take about a
    second for a batch of 10, ten for one of 30; put
    :class:`~skactive.compose.Prefilter` or :class:`~skactive.compose.Subsample` around
    it where that matters.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member. A sampler is asked
        for consistent draws: each is one function for all samples.
    max_configurations : int, default=10_000
        Ways of labeling the batch, the next pick included, up to which gains are exact.
        Beyond it so many are drawn for each gain.
    random_state : int, RandomState instance or None, default=None
        Seed of the drawn configurations; a learner fills it.

    References
    ----------
    Kirsch, van Amersfoort and Gal (2019), "BatchBALD: Efficient and Diverse Batch
    Acquisition for Deep Bayesian Active Learning", algorithm 1.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.selection import BatchBALD
    >>> sure, mild = [[1, 0], [0, 1], [1, 0]], [[0.1, 0.9], [0.9, 0.1], [0.9, 0.1]]
    >>> view = ModelView.from_outputs(draws=[sure, sure, mild])
    >>> sorted(BatchBALD().select(view, 2).tolist())[1]
    2
    """

    facts = Facts(task="classification", needs=("draws",), stochastic=True)
    _parameter_constraints = {
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "max_configurations": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, n_draws=20, max_configurations=10_000, random_state=None):
        self.n_draws = n_draws
        self.max_configurations = max_configurations
        self.random_state = random_state

    def _draws(self, X):
        return X.predict_draws(self.n_draws, consistent=True)

    def _score(self, X):
        return mutual_information(self._draws(X))

    def _select(self, X, n_queries, given):
        return greedy_information(
            self._draws(X),
            n_queries,
            given=given,
            max_configurations=self.max_configurations,
            rng=self._rng(X),
        )
