"""Scores of a committee of classifiers: what else its members' answers can tell."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.utils import gen_batches

from skactive.base import Facts, Score
from skactive.geometry import mutual_information, row_entropy, top_k
from skactive.scores._disagreement import vote_counts, vote_entropy
from skactive.utils._sklearn import Interval

# Rows of draws handled at once, so that float64 sums stay in the cache.
_CHUNK = 4096


class _CommitteeScore(Score):
    """Score samples by a function of (rows, T, n_classes) draws, chunk by chunk."""

    facts = Facts(task="classification", needs=("draws",))
    _parameter_constraints = {"n_draws": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, n_draws=20):
        self.n_draws = n_draws

    def _score(self, X):
        draws = X.predict_draws(self.n_draws)
        scores = np.empty(len(X))
        for rows in gen_batches(len(X), _CHUNK):
            scores[rows] = self._of_draws(draws[rows])
        return scores


class VoteEntropy(_CommitteeScore):
    """Entropy of the members' votes, in nats.

    Each member votes for its likeliest class, however sure it is.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    See Also
    --------
    Disagreement : The same for classifiers, and the variance for regressors.

    References
    ----------
    Dagan and Engelson (1995), "Committee-Based Sampling for Training Probabilistic
    Classifiers".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import VoteEntropy
    >>> split, agreed = [[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]
    >>> view = ModelView.from_outputs(draws=[split, agreed])
    >>> VoteEntropy().score_samples(view).round(4).tolist()
    [0.6931, 0.0]
    """

    def _of_draws(self, draws):
        return vote_entropy(draws)


class ConsensusEntropy(_CommitteeScore):
    """Entropy of the mean of the members' probabilities, in nats.

    High where the members disagree, and also where they all doubt alike.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    See Also
    --------
    BALD : The part of it that comes from disagreement.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import ConsensusEntropy
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> view = ModelView.from_outputs(draws=[sure, torn])
    >>> ConsensusEntropy().score_samples(view).round(4).tolist()
    [0.6931, 0.6931]
    """

    def _of_draws(self, draws):
        return row_entropy(draws.mean(axis=1, dtype=np.float64))


class MaxKL(_CommitteeScore):
    """Largest divergence of a member from the mean of all, in nats.

    The Kullback-Leibler divergence of the member's probabilities from the mean. One
    dissenter is enough; the mean over the members is BALD.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    References
    ----------
    McCallum and Nigam (1998), "Employing EM and Pool-Based Active Learning for Text
    Classification", for the divergence from the mean.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import MaxKL
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> view = ModelView.from_outputs(draws=[sure, torn])
    >>> MaxKL().score_samples(view).round(4).tolist()
    [0.6931, 0.0]
    """

    def _of_draws(self, draws):
        mean = draws.mean(axis=1, dtype=np.float64)
        n, n_drawn, width = draws.shape
        entropies = row_entropy(draws.reshape(-1, width)).reshape(n, n_drawn)
        # A class of zero mean has zero probability in every draw: any number will do.
        logs = np.log(mean, out=np.zeros_like(mean), where=mean > 0)
        divergences = -entropies - np.einsum("ntk,nk->nt", draws, logs)
        return np.maximum(divergences.max(axis=1), 0)


class MeanStd(_CommitteeScore):
    """Standard deviation of a class's probability over the draws, mean over classes.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    References
    ----------
    Kendall, Badrinarayanan and Cipolla (2017), "Bayesian SegNet"; Kampffmeyer, Salberg
    and Jenssen (2016), "Semantic Segmentation of Small Objects and Modeling of
    Uncertainty in Urban Remote Sensing Images".

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import MeanStd
    >>> sure, torn = [[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]
    >>> MeanStd().score_samples(ModelView.from_outputs(draws=[sure, torn])).tolist()
    [0.5, 0.0]
    """

    def _of_draws(self, draws):
        return draws.std(axis=1, dtype=np.float64).mean(axis=1)


class VariationRatio(_CommitteeScore):
    """Share of draws that vote against the class with the most votes.

    It has few values, so many samples tie: among equals BALD decides which are asked.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member.

    References
    ----------
    Freeman (1965), "Elementary Applied Statistics"; Gal, Islam and Ghahramani (2017),
    "Deep Bayesian Active Learning with Image Data", section 3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import VariationRatio
    >>> split, agreed = [[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]
    >>> view = ModelView.from_outputs(draws=[split, agreed])
    >>> VariationRatio().score_samples(view).tolist()
    [0.5, 0.0]
    """

    def _of_draws(self, draws):
        return 1 - vote_counts(draws).max(axis=1) / draws.shape[1]

    def _select(self, X, n_queries, given):
        scores = self._checked_scores(X)
        draws = X.predict_draws(self.n_draws)
        n_drawn = draws.shape[1]
        # BALD is at most log T: so divided, it never makes up for one vote.
        keys = np.rint(n_drawn * scores)
        keys += mutual_information(draws) / (1 + np.log(n_drawn))
        rows = top_k(keys, n_queries, rng=self._rng(X, "ties"), exclude=given)
        self.selected_scores_ = scores[rows]
        return rows
