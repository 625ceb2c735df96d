"""A bandit over strategies, rewarded by the accuracy that their picks lead to."""

from __future__ import annotations

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, QueryStrategy
from skactive.compose._delegate import Delegate
from skactive.compose._exp4p import arm_probabilities, learned_weights
from skactive.utils import look_up, row_keys, take_rows
from skactive.utils._sklearn import Interval, _BaseComposition

# What a later round needs to know of a fitted bandit: arrays, one row per draw.
_MEMORY = (
    "log_weights_",
    "seen_keys_",
    "seen_weights_",
    "drawn_keys_",
    "drawn_weights_",
    "drawn_shares_",
)


class Draws(NamedTuple):
    """What was drawn in a round, free draws of labeled samples included."""

    rows: np.ndarray  # rows of the pool; -1 - i for the labeled sample i
    weights: np.ndarray  # 1 / (probability of the row times number of rows)
    shares: np.ndarray  # (n_draws, n_arms): probability given the arm / probability


class Bandit(_BaseComposition, Delegate):
    """Let strategies take turns, those more often whose samples made the model better.

    Each strategy is an arm, and choosing uniformly at random is one more. Every arm
    proposes a batch. Then the samples of the batch are drawn one by one: an arm with
    the probability that it has earned, and of it the first proposed sample that is
    still free. No arm falls below a least probability, so a bad one costs its share of
    the labels, and a good one never dies out.

    The reward of a round is the accuracy of the model trained after it, on the samples
    drawn so far, each weighted by the inverse of the probability that it had: the mean
    estimates the accuracy over all samples. It is cut at 1. The random arm may draw
    labeled samples too, which cost nothing and count in the reward. The weights of the
    arms then follow by the rule of EXP4.P, with the mean over the samples of a batch.

    Weights and draws are remembered from round to round, by the content of the rows. A
    round whose labels were not taught leaves no trace. The cost of a query is that of
    all arms together.

    Samples that the `Mask` of an arm leaves out, and no other arm picks, are noted as
    "masked". A `Mix` belongs around the bandit: which of an arm's random picks get into
    the batch is not up to chance alone, so they are not noted.

    Parameters
    ----------
    arms : list of (str, QueryStrategy)
        The strategies and their names.
    horizon : int, default=20
        Planned number of rounds. The fewer, the larger the least probability,
        ``sqrt(log(n_arms) / (n_arms * horizon))`` or an equal share if that is less,
        and the larger the steps of the weights. More rounds than planned do no harm.
    delta : float, default=0.1
        The bound on the regret holds but with this probability; the smaller, the more
        an arm gains that was drawn seldom.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; a learner fills it.

    Attributes
    ----------
    probabilities_ : ndarray of shape (n_arms + 1,)
        Probabilities of the arms, the random one last.
    log_weights_ : ndarray of shape (n_arms + 1,)
        Logarithms of their weights.
    reward_ : float or None
        Reward of the last round; None without one.
    seen_keys_, drawn_keys_ : ndarray of uint64
        Digests of the rows drawn before, and by the last `select`.
    notes_ : dict of str to ndarray of int64
        Rows of the last pool, by what the arms want known of them.

    See Also
    --------
    skactive.strategies.albl : This with a list of arms for those who do not know which.

    References
    ----------
    Hsu and Lin (2015), "Active Learning by Learning". Beygelzimer et al. (2011),
    "Contextual Bandit Algorithms with Supervised Learning Guarantees".

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> from skactive.compose import Bandit
    >>> arms = [("doubt", strategies.margin()), ("spread", strategies.coreset())]
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.9, 0.1], [0.5, 0.5], [0.8, 0.2]], embedding=[[9.0], [1.0], [2.0]]
    ... )
    >>> bandit = Bandit(arms, random_state=0).fit(view[:1], [0])
    >>> bandit.probabilities_.round(2).tolist()
    [0.33, 0.33, 0.33]
    >>> bandit.select(view[1:], 2).tolist()
    [0, 1]
    """

    facts = Facts(task="classification", needs=("prediction|proba",), stochastic=True)
    _parameter_constraints = {
        "arms": [list],
        "horizon": [Interval(Integral, 1, None, closed="left")],
        "delta": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(self, arms, horizon=20, delta=0.1, random_state=None):
        self.arms = arms
        self.horizon = horizon
        self.delta = delta
        self.random_state = random_state

    def get_params(self, deep=True):
        """Get the parameters, with `deep` those of the arms by their names.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the arms and their parameters.

        Returns
        -------
        params : dict
        """
        return self._get_params("arms", deep=deep)

    def set_params(self, **params):
        """Set parameters, also of arms: ``name=`` or ``name__parameter=``.

        Parameters
        ----------
        **params
            Names and values.

        Returns
        -------
        self : Bandit
        """
        self._set_params("arms", **params)
        return self

    def resume(self, previous):
        """Take over weights and draws of an earlier round.

        Parameters
        ----------
        previous : QueryStrategy or None
            The fitted strategy of that round.

        Returns
        -------
        self : Bandit
        """
        super().resume(previous)
        if isinstance(previous, Bandit) and hasattr(previous, "drawn_keys_"):
            names = [[name for name, _ in each.arms] for each in (self, previous)]
            if names[0] == names[1]:  # else the weights are those of others
                self._inherited = [getattr(previous, name) for name in _MEMORY]
        return self

    def _facts(self):
        self._check_arms()
        return self.facts.including(*(arm._facts() for _, arm in self.arms))

    def _check_arms(self):
        good = isinstance(self.arms, list) and all(
            isinstance(pair, tuple)
            and len(pair) == 2
            and isinstance(pair[1], QueryStrategy)
            for pair in self.arms
        )
        if not (good and self.arms):
            raise ValueError(
                f"arms={self.arms!r} must be a list of pairs of a name and a strategy, "
                'such as [("doubt", strategies.margin())].'
            )
        self._validate_names([name for name, _ in self.arms])

    def _fit(self, X, y):
        self.labeled_keys_ = row_keys(X.X)
        self.log_weights_ = np.zeros(len(self.arms) + 1)
        self.seen_keys_ = np.empty(0, dtype=np.uint64)
        self.seen_weights_ = np.empty(0)
        self.reward_ = None
        memory = self.__dict__.pop("_inherited", None)
        if memory is not None:
            self._learn(X, y, *memory)
        self.probabilities_ = arm_probabilities(self.log_weights_, self.horizon)

    def _learn(self, X, y, log_weights, seen, seen_weights, keys, weights, shares):
        """Reward the arms for the draws `keys`; those of earlier rounds are `seen`."""
        if y is None:
            raise ValueError("Bandit needs the labels: fit(X, y).")
        self.log_weights_ = log_weights
        self.seen_keys_ = np.concatenate([seen, keys])
        self.seen_weights_ = np.concatenate([seen_weights, weights])
        right = _shares_by_key(self.seen_keys_, self.labeled_keys_, _predicted(X) == y)
        answered = ~np.isnan(right)
        recent = answered[len(seen) :]
        if not recent.any():
            return
        self.reward_ = weighted_accuracy(self.seen_weights_[answered], right[answered])
        rewards = min(self.reward_, 1) * shares[recent].mean(axis=0)
        self.log_weights_ = learned_weights(
            log_weights, rewards, self.horizon, self.delta
        )

    def _choose(self, X, n_queries, given):
        check_is_fitted(self, "probabilities_")
        arms = [arm for _, arm in self._part("arms")]
        proposals = [arm.select(X, n_queries, given=given) for arm in arms]
        draws = draw_batch(
            proposals,
            np.delete(np.arange(len(X)), given),
            len(self.labeled_keys_),
            self.probabilities_,
            self._rng(X),
        )
        from_pool = draws.rows >= 0
        picked = draws.rows[from_pool]
        self.drawn_keys_ = np.empty(len(from_pool), dtype=np.uint64)
        self.drawn_keys_[from_pool] = row_keys(take_rows(X.X, picked))
        self.drawn_keys_[~from_pool] = self.labeled_keys_[-1 - draws.rows[~from_pool]]
        self.drawn_weights_, self.drawn_shares_ = draws.weights, draws.shares
        for arm in arms:
            self._hand_on(arm)
        if "masked" in self.notes_:  # for one arm, but another one may have picked it
            masked = self.notes_["masked"]
            self.notes_["masked"] = masked[~np.isin(masked, picked)]
        return picked


def draw_batch(proposals, candidates, n_labeled, probabilities, rng):
    """Draw from a mixture of proposed batches and the uniform distribution.

    Parameters
    ----------
    proposals : list of ndarray of shape (n_queries,)
        Rows that each arm proposes, in its order.
    candidates : ndarray of int
        All rows that may be drawn.
    n_labeled : int
        Number of labeled samples, which the uniform arm may draw too, and again.
    probabilities : ndarray of shape (len(proposals) + 1,)
        Probabilities of the arms, the uniform one last.
    rng : numpy.random.Generator

    Returns
    -------
    draws : Draws
        As many rows of the pool as an arm proposes, all distinct, and labeled samples
        between them.
    """
    n_queries = len(proposals[0])
    uniform = len(proposals)
    # The first free row in random order is a random free row.
    queues = [*map(list, proposals), rng.permutation(candidates).tolist()]
    taken, draws = set(), []
    while len(taken) < n_queries:
        for queue in queues:
            while queue[0] in taken:
                queue.pop(0)
        arm = rng.choice(len(queues), p=probabilities)
        n_free = len(candidates) - len(taken)
        row = queues[arm][0]
        if arm == uniform:
            place = int(rng.integers(n_free + n_labeled))
            row = row if place < n_free else n_free - place - 1
        chances = np.array([float(queue[0] == row) for queue in queues])
        chances[uniform] = 1 / (n_free + n_labeled)
        probability = probabilities @ chances
        draws.append(
            (row, 1 / (probability * (n_free + n_labeled)), chances / probability)
        )
        if row >= 0:
            taken.add(row)
    return Draws(*map(np.array, zip(*draws, strict=True)))


def weighted_accuracy(weights, right):
    """Importance-weighted accuracy: its mean over the draws is the accuracy.

    Parameters
    ----------
    weights : ndarray of shape (n_draws,)
        ``1 / (n_samples * probability)`` of each draw.
    right : ndarray of shape (n_draws,)
        1 where the model is right, 0 where it is not.

    Returns
    -------
    accuracy : float
        Above 1 at times.
    """
    return float(np.mean(weights * right))


def _predicted(X):
    """The class that the model predicts for each sample."""
    if X.provides("prediction"):
        return X.predict()
    return X.classes[X.predict_proba().argmax(axis=1)]


def _shares_by_key(keys, known_keys, right):
    """The share of right ones among samples with each key; NaN for unknown keys."""
    known, own = np.unique(known_keys, return_inverse=True)
    shares = np.bincount(own, weights=right) / np.bincount(own)
    return look_up(keys, known, shares, np.nan)
