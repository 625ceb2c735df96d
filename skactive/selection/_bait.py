"""BAIT: the samples that leave least variance over the pool."""

from __future__ import annotations

from skactive.base import Facts, Score
from skactive.geometry import greedy_trace, trace_gains
from skactive.selection._posterior import PosteriorMap

_OVERSAMPLE = 2


class BAIT(PosteriorMap, Score):
    """Pick what reduces the summed predictive variance over the pool most.

    The model is taken as linear in its features, and conditioned on the labeled samples
    by them. Each pick is the sample whose label would take away most of the variance
    that is left, summed over the whole pool. Twice as many as needed are picked; then
    those whose loss adds least variance are taken back, one by one. Labels do not
    matter, and all targets share the features, so that several are no different from
    one.

    Time is linear in the pool, with a pass over the features for each pick and a
    product with a square matrix of their width at the start. Where no sample tells
    anything about the pool, the batch is random.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees; None means the gradient by the model's weights,
        projected at random where it is wide. Needs plain vectors.
    noise : float, default=1e-6
        Variance of the noise, as a share of the mean squared length of the labeled
        samples' features. The larger, the sooner a copy of a picked
        sample is worth taking.
    backward : bool, default=True
        Whether to pick twice as many and take back the rest.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.

    See Also
    --------
    ExpectedOutputChange : The forward half, seen as a change of outputs.
    LogDet : Reduces the joint entropy of the batch, whatever the pool is like.

    References
    ----------
    Ash et al. (2021), "Gone Fishing: Neural Active Learning with Fisher Embeddings",
    for a regressor, as in Holzmüller et al. (2023), "A Framework and Benchmark for Deep
    Batch Active Learning for Regression".

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.selection import BAIT
    >>> bait = BAIT(Inputs(), noise=0.1).fit([[1.0]])
    >>> bait.score_samples([[1.0], [2.0], [3.0]]).round(4)
    array([0.6061, 0.9982, 1.1341])
    """

    facts = Facts(task="regression")

    def __init__(self, features=None, noise=1e-6, backward=True):
        self.features = features
        self.noise = noise
        self.backward = backward

    _parameter_constraints = {
        **PosteriorMap._parameter_constraints,
        "backward": ["boolean"],
    }

    def _score(self, X):
        return trace_gains(self._map(X), noise=self.noise)

    def _select(self, X, n_queries, given):
        return greedy_trace(
            self._map(X),
            n_queries,
            noise=self.noise,
            given=given,
            oversample=_OVERSAMPLE if self.backward else 1,
            rng=self._rng(X, "ties"),
        )
