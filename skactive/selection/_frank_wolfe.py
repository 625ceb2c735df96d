"""Bayesian core-sets: a batch that updates the model like the whole pool would."""

from __future__ import annotations

from skactive.base import Facts, Score
from skactive.features import ACSFeatures
from skactive.geometry import frank_wolfe, frank_wolfe_scores
from skactive.selection._posterior import PosteriorMap
from skactive.utils._sklearn import StrOptions


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
        What the linear model sees; None means the gradient by the model's weights,
        projected at random where it is wide. Needs plain vectors.
    noise : float, default=1e-6
        Variance of the noise, as a share of the mean squared length of the labeled
        samples' features.
    kind : {'function', 'gradient'}, default='function'
        What is summed up: log-likelihoods or their gradients, see `ACSFeatures`.

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
    >>> pool = [[1.0, 0.0], [0.0, 1.0], [2.0, 0.5]]
    >>> FrankWolfe(features=Inputs()).fit([[0.0, 1.0]]).select(pool)
    array([2])
    """

    facts = Facts()

    _parameter_constraints = {
        **PosteriorMap._parameter_constraints,
        "kind": [StrOptions({"function", "gradient"})],
    }

    def __init__(self, features=None, noise=1e-6, kind="function"):
        self.features = features
        self.noise = noise
        self.kind = kind

    def _conditioned(self):
        return ACSFeatures(self.noise, self.kind)

    def _score(self, X):
        return frank_wolfe_scores(self._map(X))

    def _select(self, X, n_queries, given):
        return frank_wolfe(
            self._map(X), n_queries, given=given, rng=self._rng(X, "ties")
        )
