"""BAIT: the samples that leave least to learn about the pool."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skactive.adapters import last_layer_factors
from skactive.base import Facts, Score
from skactive.geometry import fisher_gains, greedy_fisher, greedy_trace, trace_gains
from skactive.selection._posterior import PosteriorMap
from skactive.utils._sklearn import Interval

_OVERSAMPLE = 2


class BAIT(PosteriorMap, Score):
    """Pick what would leave least to learn about the predictions over the pool.

    A regressor is taken as linear in its features, and conditioned on the labeled
    samples by them. Each pick is the sample whose label would take away most of the
    predictive variance that is left, summed over the whole pool. All targets share the
    features, so that several are no different from one.

    A classifier is taken as a linear layer under a softmax. Each pick is the sample
    that lowers ``tr(M F)`` most: F is the Fisher information that the pool, labeled
    samples included, would give about the weights of the layer, and M the inverse of
    that of the labeled samples and the picks.

    Twice as many as needed are picked; then those that are missed least are taken back,
    one by one. Labels do not matter. Where no sample tells anything, the batch is
    random.

    Time is linear in the pool, with a pass over the features for each pick. At the
    start there is a product with a square matrix: as wide as the features, and for a
    classifier the features times the number of classes less one. More than 4096 such
    weights are refused: narrow the features by PCA or a `Sketch`. A classifier also
    takes memory for the square of the number of classes for each sample of the pool:
    put :class:`~skactive.compose.Subsample` around where they are many.

    Parameters
    ----------
    features : transformer, default=None
        What the linear model sees. None means the embedding for a classifier, and for a
        regressor the gradient by the model's weights, projected at random where it is
        wide. Needs plain vectors. Those of a classifier get a one for the bias.
    noise : float, default=1e-6
        For a regressor: variance of the noise, as a share of the mean squared length of
        the labeled samples' features. The larger, the sooner a copy of a picked
        sample is worth taking.
    backward : bool, default=True
        Whether to pick twice as many and take back the rest.
    regularization : float, default=1.0
        For a classifier: added to the information about each weight, in units in which
        the root mean square of the labeled samples' features is 1.

    Attributes
    ----------
    features_ : transformer
        Fitted on the labeled samples.
    labeled_features_ : {ndarray, CSR} of shape (n_labeled, n_features)
        For a classifier: what its last layer sees of the labeled samples.
    labeled_proba_ : ndarray of shape (n_labeled, n_classes)
        For a classifier: their class probabilities.

    See Also
    --------
    ExpectedOutputChange : The forward half, seen as a change of outputs.
    LogDet : Reduces the joint entropy of the batch, whatever the pool is like.

    Notes
    -----
    As in the authors' code, the information of the labeled samples is their mean, times
    ``n_labeled / (n_labeled + n_queries)``, and that of a pick counts ``n_queries /
    (n_labeled + n_queries)`` times.

    References
    ----------
    Ash et al. (2021), "Gone Fishing: Neural Active Learning with Fisher Embeddings",
    algorithm 1; for a regressor, as in Holzmüller et al. (2023), "A Framework and
    Benchmark for Deep Batch Active Learning for Regression".

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> from skactive.selection import BAIT
    >>> bait = BAIT(Inputs(), noise=0.1).fit([[1.0]])
    >>> bait.score_samples([[1.0], [2.0], [3.0]]).round(4)
    array([0.6061, 0.9982, 1.1341])
    """

    # The factors of a classifier's gradients hold its probabilities.
    facts = Facts(needs=("gradient_factors",))
    _parameter_constraints = {
        **PosteriorMap._parameter_constraints,
        "backward": ["boolean"],
        "regularization": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, features=None, noise=1e-6, backward=True, regularization=1.0):
        self.features = features
        self.noise = noise
        self.backward = backward
        self.regularization = regularization

    def _fit(self, X, y):
        if X.task != "classification":
            super()._fit(X, y)
            return
        if self.features is not None:
            # Themselves, without what would condition them on the labels.
            self._fit_features(self._seeded_features(X)[0], X, y)
        self.labeled_features_, self.labeled_proba_ = self._last_layer(X)

    def _last_layer(self, X):
        """What the last layer of a classifier sees, and the class probabilities."""
        activation, signal = X.gradient_factors("last")[-1]
        if self.features is not None:
            ((activation, _),) = last_layer_factors(self._map(X))
        # The signal is p - onehot(argmax p): one number at most is below zero.
        proba = np.array(signal)
        proba[np.arange(len(proba)), proba.argmin(axis=1)] += 1
        return activation, proba

    def _information(self, X):
        """The state of a classifier, as arguments."""
        check_is_fitted(
            self,
            "labeled_proba_",
            msg="%(name)s asks what the labeled samples leave open: call fit(X) "
            "before select.",
        )
        features, proba = self._last_layer(X)
        return {
            "features": features,
            "proba": proba,
            "labeled": self.labeled_features_,
            "labeled_proba": self.labeled_proba_,
            "regularization": self.regularization,
        }

    def _score(self, X):
        if X.task == "classification":
            return fisher_gains(**self._information(X))
        return trace_gains(self._map(X), noise=self.noise)

    def _select(self, X, n_queries, given):
        common = {
            "given": given,
            "oversample": _OVERSAMPLE if self.backward else 1,
            "rng": self._rng(X, "ties"),
        }
        if X.task == "classification":
            return greedy_fisher(n_picks=n_queries, **self._information(X), **common)
        return greedy_trace(self._map(X), n_queries, noise=self.noise, **common)
