"""Transformers of features: scale them, and condition them on the labeled samples.

Put one behind the other they spell the kernels of Holzmüller et al. (2023):
``make_pipeline(Embedding(), Scale(), Posterior())``.
"""

from __future__ import annotations

from numbers import Real

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skactive.geometry import (
    ProductFeatures,
    StackedFeatures,
    check_finite,
    dense_rows,
    scaled_rows,
    squared_norms,
)
from skactive.utils import is_dataframe
from skactive.utils._sklearn import Interval, StrOptions

# Numbers converted to double precision at once.
_N_NUMBERS = 2**22


class Scale(TransformerMixin, BaseEstimator):
    """Divide features by their root mean square length over the labeled samples.

    What follows may then speak of noise without knowing their unit.

    Attributes
    ----------
    scale_ : float
        The length; 1 if all labeled samples have features of zeros.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression".

    Examples
    --------
    >>> from skactive.features import Scale
    >>> Scale().fit([[3.0, 4.0]]).transform([[10.0, 5.0]]).tolist()
    [[2.0, 1.0]]
    """

    def fit(self, X, y=None):
        """Measure the labeled samples.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_labeled rows
            Features of the labeled samples.
        y : ignored

        Returns
        -------
        self : Scale
        """
        scale = np.sqrt(_mean_square(_rows(X)))
        self.scale_ = scale if scale > 0 else 1.0
        return self

    def transform(self, X):
        """Divide by the scale.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_samples rows
            Features.

        Returns
        -------
        features : same kind as X
            In its precision, at least float32.
        """
        check_is_fitted(self)
        X = _rows(X)
        return scaled_rows(X, np.full(X.shape[0], 1 / self.scale_))


class Posterior(TransformerMixin, BaseEstimator):
    """Features whose products are covariances given the labeled samples.

    A linear model of the features, with standard normal weights, is observed with noise
    in the labeled samples. What is then left of the covariance of two outputs is the
    inner product of the new features: their squared length is the predictive variance,
    and their distance the standard deviation of a difference.

    Parameters
    ----------
    noise : float, default=1e-6
        Variance of the noise, positive. The default suits features that `Scale` has
        brought to length one.

    Attributes
    ----------
    directions_ : ndarray of shape (n_directions, n_features)
        Orthonormal directions in which the labeled samples tell something.
    shrinkage_ : ndarray of shape (n_directions,)
        By what factor lengths shrink along them.

    See Also
    --------
    skactive.scores.ResidualVariance : The predictive variance by itself.

    Notes
    -----
    The new features are ``x - V (1 - t) V'x`` with singular vectors V and values s of
    the labeled features and ``t = sqrt(noise / (s**2 + noise))``: the symmetric root,
    which needs neither an inverse nor jitter. Sparse and product features are written
    out, up to 8192 columns; put `Sketch` in front of wider ones.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression".

    Examples
    --------
    >>> from skactive.features import Posterior
    >>> posterior = Posterior(noise=1.0).fit([[0.0, 3.0 ** 0.5]])
    >>> posterior.transform([[5.0, 0.0], [0.0, 4.0]]).round(6).tolist()
    [[5.0, 0.0], [0.0, 2.0]]
    """

    _parameter_constraints = {"noise": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, noise=1e-6):
        self.noise = noise

    def fit(self, X, y=None):
        """Observe the labeled samples.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_labeled rows
            Features of the labeled samples; without any rows nothing is known.
        y : ignored

        Returns
        -------
        self : Posterior
        """
        self._validate_params()
        rows = dense_rows(_rows(X), type(self).__name__).astype(np.float64)
        check_finite(squared_norms(rows))
        if rows.shape[0] > rows.shape[1]:
            rows = np.linalg.qr(rows, mode="r")
        _, values, self.directions_ = np.linalg.svd(rows, full_matrices=False)
        self.shrinkage_ = np.sqrt(self.noise / (values**2 + self.noise))
        return self

    def transform(self, X):
        """Condition on the labeled samples.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_samples rows
            Features.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features), float64
        """
        check_is_fitted(self)
        X = dense_rows(_rows(X), type(self).__name__)
        if X.shape[1] != self.directions_.shape[1]:
            raise ValueError(
                f"X has {X.shape[1]} features, but the labeled samples had "
                f"{self.directions_.shape[1]}."
            )
        lost = (1 - self.shrinkage_)[:, np.newaxis] * self.directions_
        result = np.empty(X.shape)
        for rows in gen_batches(len(X), max(1, _N_NUMBERS // max(1, X.shape[1]))):
            block = X[rows].astype(np.float64, copy=False)
            result[rows] = block - (block @ self.directions_.T) @ lost
        return result


class ACSFeatures(TransformerMixin, BaseEstimator):
    """Features of what a sample's label would tell: Bayesian core-sets.

    The expected log-likelihood of a sample's label is a function of the weights of the
    linear model that `Posterior` describes. Their covariances under the posterior are
    the inner products of these features, in closed form: with ``k`` the posterior
    covariance, ``c_x c_y + k(x, y)**2 / (2 noise**2)``, where
    ``c = log(1 + k(x, x) / noise) / 2 - k(x, x) / noise``. Random projections of the
    functions, as in the paper, come close to that; here nothing is drawn.

    Parameters
    ----------
    noise : float, default=1e-6
        Variance of the noise, positive. The default suits features that `Scale` has
        brought to length one.
    kind : {'function', 'gradient'}, default='function'
        The log-likelihoods themselves, or their gradients by the weights, whose inner
        products are those of the features times ``k`` over the squared noise.

    Attributes
    ----------
    posterior_ : Posterior
        Fitted on the labeled samples; put none in front of these features.

    Notes
    -----
    The squares are kept as `ProductFeatures`. The closed form is the limit of the
    features 'acs-rf' of Holzmüller et al. (2023) for many projections;
    gradients are their 'acs-grad'.

    References
    ----------
    Pinsler et al. (2019), "Bayesian Batch Active Learning as Sparse Subset
    Approximation".

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.features import ACSFeatures
    >>> from skactive.geometry import squared_norms
    >>> features = ACSFeatures(noise=1.0).fit([[0.0]]).transform([[1.0], [2.0]])
    >>> c = np.log([2.0, 5.0]) / 2 - [1.0, 4.0]
    >>> np.allclose(squared_norms(features), c**2 + [0.5, 8.0])
    True
    """

    _parameter_constraints = {
        "noise": Posterior._parameter_constraints["noise"],
        "kind": [StrOptions({"function", "gradient"})],
    }

    def __init__(self, noise=1e-6, kind="function"):
        self.noise = noise
        self.kind = kind

    def fit(self, X, y=None):
        """Observe the labeled samples.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_labeled rows
            Features of the labeled samples.
        y : ignored

        Returns
        -------
        self : ACSFeatures
        """
        self._validate_params()
        self.posterior_ = Posterior(self.noise).fit(X)
        return self

    def transform(self, X):
        """Make the features.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_samples rows
            Features.

        Returns
        -------
        features : StackedFeatures or ProductFeatures of n_samples rows
        """
        check_is_fitted(self)
        after = self.posterior_.transform(X)
        if self.kind == "gradient":
            before = dense_rows(_rows(X), type(self).__name__)
            return ProductFeatures(after / self.noise, before)
        ratio = squared_norms(after) / self.noise
        constant = np.log1p(ratio) / 2 - ratio
        squares = ProductFeatures(after / (np.sqrt(2) * self.noise), after)
        return StackedFeatures([constant[:, np.newaxis], squares])


def _rows(X):
    """Features as ours: a table of another library becomes an array."""
    if isinstance(X, ProductFeatures | StackedFeatures):
        return X
    if sparse.issparse(X):
        return X.tocsr()
    return X.to_numpy() if is_dataframe(X) else np.asarray(X)


@np.errstate(over="ignore", invalid="ignore")  # the result is checked
def _mean_square(features):
    squares = squared_norms(features)
    check_finite(squares)
    return squares.mean() if len(squares) else 0.0
