"""VAAL: samples that do not look labeled in the latent space of an autoencoder."""

from __future__ import annotations

import math
from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts, Score
from skactive.features import FeatureMap, Inputs
from skactive.geometry import check_finite, dense_rows, top_k
from skactive.utils import draw_seed
from skactive.utils._sklearn import HasMethods, Interval

# Rounding differs between copies of a sample; scores do not.
_DECIMALS = 8

_NOTHING = np.empty(0, dtype=np.int64)


class VAAL(FeatureMap, Score):
    """Ask for samples that a critic, hard to deceive, knows to be unlabeled.

    A variational autoencoder learns from labeled samples and pool. A critic learns to
    tell both sides by their latent vectors, and the autoencoder to make it take the
    pool for labeled. Asked for are the samples that look least labeled at the end. The
    model plays no part, nor do the labels. Given rows count as labeled.

    Both nets are trained in every `select`, on the whole pool; the time is linear in
    it. Images get an autoencoder with convolutions, all else one with two hidden
    layers. The batch is the top of the list, so copies come together. Importing torch
    takes a few seconds the first time.

    Parameters
    ----------
    features : transformer, default=None
        What the autoencoder sees; None means ``Inputs()``, and of samples of shape
        (channels, height, width) images.
    latent_size : int, default=32
        Dimensions of the latent space.
    hidden_size : int, default=128
        Units of each hidden layer.
    beta : float, default=1.0
        Weight of the divergence of the latent vectors from a normal distribution.
    adversarial_weight : float, default=1.0
        Weight of the deception of the critic in the loss of the autoencoder.
    lr : float, default=0.0005
        Learning rate of Adam, for both.
    batch_size : int, default=128
        Samples of each side in a step. The critic makes one step for two of the
        autoencoder.
    max_epochs : int, default=10
        Passes over the larger side, for the critic. The paper takes 100; so should
        small pools, for which training is short.
    device : str, default='cpu'
        Where to train.
    random_state : int, RandomState instance or None, default=None
        Seed of weights, batches and latent vectors; a learner fills it.

    Attributes
    ----------
    labeled_features_ : {ndarray, CSR} of shape (n_labeled, n_features)
        Features of the labeled samples.

    See Also
    --------
    DiscriminativeSampling : The same aim with a logistic regression.

    Notes
    -----
    Features are standardised, and the likelihood of a reconstruction is Gaussian with
    unit variance: half the squared error, summed over the features. The program of the
    authors takes its mean instead, and sums the divergence over the batch, so that
    little is left in the latent vectors, and less so the larger the batch.

    References
    ----------
    Sinha, Ebrahimi and Darrell (2019), "Variational Adversarial Active Learning".

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import VAAL
    >>> rng = np.random.default_rng(0)
    >>> pool = rng.normal(size=(200, 4))
    >>> pool[150:] += 4
    >>> strategy = VAAL(max_epochs=50, random_state=0).fit(rng.normal(size=(50, 4)))
    >>> bool((strategy.select(pool, 10) >= 150).all())
    True
    """

    facts = Facts(stochastic=True)
    _default_features = Inputs
    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "latent_size": [Interval(Integral, 1, None, closed="left")],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "beta": [Interval(Real, 0, None, closed="left")],
        "adversarial_weight": [Interval(Real, 0, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        features=None,
        latent_size=32,
        hidden_size=128,
        beta=1.0,
        adversarial_weight=1.0,
        lr=5e-4,
        batch_size=128,
        max_epochs=10,
        device="cpu",
        random_state=None,
    ):
        self.features = features
        self.latent_size = latent_size
        self.hidden_size = hidden_size
        self.beta = beta
        self.adversarial_weight = adversarial_weight
        self.lr = lr
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.device = device
        self.random_state = random_state

    def _fit(self, X, y):
        super()._fit(X, y)
        self.labeled_features_ = self._plain(X)

    def _plain(self, X):
        features = self._map(X)
        if sparse.issparse(features):
            return features
        features = dense_rows(features, type(self).__name__)
        return features.astype(np.float32, copy=False)

    def _score(self, X):
        return self._strangeness(X, _NOTHING)

    def _select(self, X, n_queries, given):
        strangeness = self._strangeness(X, given)
        return top_k(strangeness, n_queries, rng=self._rng(X, "ties"), exclude=given)

    def _strangeness(self, X, given):
        from skactive.nets._vaal import labeled_logits

        check_is_fitted(self, "labeled_features_")
        pool = self._plain(X)
        is_image = (
            self.features is None
            and len(X.shape) == 4
            and math.prod(X.shape[1:]) == pool.shape[1]
        )
        logits = labeled_logits(
            self.labeled_features_,
            pool,
            given,
            seed=draw_seed(self._rng(X)),
            image_shape=X.shape[1:] if is_image else None,
            latent_size=self.latent_size,
            hidden_size=self.hidden_size,
            beta=self.beta,
            adversarial_weight=self.adversarial_weight,
            lr=self.lr,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            device=self.device,
        )
        check_finite(logits)
        return np.round(-logits, _DECIMALS)
