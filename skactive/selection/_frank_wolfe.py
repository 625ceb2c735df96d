"""Bayesian core-sets: a batch that updates the model like the whole pool would."""

from __future__ import annotations

from skactive.base import Facts, Score
from skactive.features import ACSFeatures
from skactive.geometry import frank_wolfe, frank_wolfe_scores
from skactive.selection._posterior import PosteriorMap


class FrankWolfe(PosteriorMap, Score):
    """Pick a batch whose weighted sum of features comes close to that of the pool.

    With features of what a label would tell, the batch moves the posterior as the
    labels of the whole pool would. Each pick is the sample best aligned with what is
    still missing of the sum. A picked sample is not picked again to raise its weight,
    so the batch is always full. Samples with features of zeros come last, and once
    nothing is missing the rest of the batch is random.

    All targets share the features, so that several are no different from one. Time is
    linear in the pool, with a pass over the features for each pick.

    Parameters
    ----------
    features : transformer, default=None
        The space of the sums. None means the gradient of the output, then `Scale` and
        `ACSFeatures`.
    noise : float, default=1e-6
        For those: variance of the noise, in units of the squared length of a labeled
        sample's gradient.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.

    References
    ----------
    Pinsler et al. (2019), "Bayesian Batch Active Learning as Sparse Subset
    Approximation", algorithm 1; Holzmüller et al. (2023), "A Framework and Benchmark
    for Deep Batch Active Learning for Regression", for the mask.

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.selection import FrankWolfe
    >>> pool = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    >>> FrankWolfe(features=Inputs()).fit([[1.0, 1.0]]).select(pool)
    array([2])
    """

    facts = Facts()

    def __init__(self, features=None, noise=1e-6):
        self.features = features
        self.noise = noise

    def _conditioned(self):
        return ACSFeatures(self.noise)

    def _score(self, X):
        return frank_wolfe_scores(self._map(X))

    def _select(self, X, n_queries, given):
        return frank_wolfe(
            self._map(X), n_queries, given=given, rng=self._rng(X, "ties")
        )
