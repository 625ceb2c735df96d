"""Random projections of features of any kind."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skactive.geometry import RandomProjection
from skactive.utils import draw_seed
from skactive.utils._sklearn import Interval


class Sketch(TransformerMixin, BaseEstimator):
    """Project wide features at random to a few hundred numbers.

    Inner products and squared distances are kept on average. Products of factors and
    stacks of features become an ndarray without being multiplied out, so that anything
    that needs plain vectors can follow in a Pipeline. Plain vectors that are no wider
    stay as they are.

    Parameters
    ----------
    n_components : int, default=512
        Number of columns of the result.
    random_state : int, RandomState instance or None, default=None
        Seed of the projection; a learner fills it.

    Attributes
    ----------
    projection_ : RandomProjection
        The same for labeled samples and pool.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression", section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.features import Sketch
    >>> from skactive.geometry import ProductFeatures
    >>> gradients = ProductFeatures(np.ones((3, 10)), np.ones((3, 1000)))
    >>> Sketch(64, random_state=0).fit_transform(gradients).shape
    (3, 64)
    """

    _parameter_constraints = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, n_components=512, random_state=None):
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X, y=None):
        """Draw the random projection.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures}
            The labeled samples; their features are not looked at.
        y : ignored

        Returns
        -------
        self : Sketch
        """
        self._validate_params()
        seed = draw_seed(self.random_state)
        self.projection_ = RandomProjection(self.n_components, seed)
        return self

    def transform(self, X):
        """Project the rows.

        Parameters
        ----------
        X : {ndarray, CSR, ProductFeatures, StackedFeatures} of n_samples rows
            Features of the samples.

        Returns
        -------
        sketch : ndarray of shape (n_samples, n_components), float32
            X itself, if it is dense or CSR and has no more columns than that.
        """
        check_is_fitted(self)
        plain = isinstance(X, np.ndarray) or sparse.issparse(X)
        if plain and X.shape[1] <= self.n_components:
            return X
        return self.projection_.project(X)
