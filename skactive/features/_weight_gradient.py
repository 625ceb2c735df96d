"""What training would change: gradients by the weights, in a few hundred numbers."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skactive.base import Facts
from skactive.features._features import ViewFeatures
from skactive.geometry import ProductFeatures, RandomProjection, StackedFeatures
from skactive.utils import draw_seed
from skactive.utils._sklearn import Interval, StrOptions


class WeightGradient(ViewFeatures):
    """Gradient by the model's weights, of all layers of a net.

    Two samples are close if training on one moves the prediction of the other: inner
    products are those of the neural tangent kernel of the trained net. Of a regressor
    the outputs are differentiated, in standardised units and each for itself; of a
    classifier, the loss at its own guess. A committee of nets has the gradients of all
    its members side by side.

    Models that are no nets have one layer, on top of their embedding: the leaves of a
    forest, the standardised inputs of a linear model.

    Parameters
    ----------
    layers : {'all', 'last'}, default='all'
        All linear and convolutional layers of a net, or the last one.
    n_components : int or None, default=512
        Wider gradients are projected at random to so many numbers, which keeps inner
        products on average; sparse ones of one output stay as they are. None: never,
        the products of activations and signals are kept as their factors.
    random_state : int, RandomState instance or None, default=None
        Seed of the projection; a learner fills it.

    Attributes
    ----------
    projection_ : RandomProjection
        The same for labeled samples and pool.

    See Also
    --------
    ModelKernel : The same, but of a Gaussian process its own kernel.

    References
    ----------
    Holzmüller et al. (2023), "A Framework and Benchmark for Deep Batch Active Learning
    for Regression", sections 3.1 and 3.2.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.features import WeightGradient
    >>> view = ModelView.from_outputs(embedding=[[3.0, 4.0]])
    >>> WeightGradient().fit_transform(view).tolist()
    [[3.0, 4.0, 1.0]]
    """

    facts = Facts(needs=("gradient_factors",), cold_start=True)
    _parameter_constraints = {
        "layers": [StrOptions({"all", "last"})],
        "n_components": [None, Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, layers="all", n_components=512, random_state=None):
        self.layers = layers
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X, y=None):
        """Draw the random projection.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_samples, ...)
            The labeled samples.
        y : ignored

        Returns
        -------
        self : WeightGradient
        """
        self._validate_params()
        seed = draw_seed(self.random_state)
        self.projection_ = RandomProjection(self.n_components, seed)
        return self

    def __sklearn_is_fitted__(self):
        return hasattr(self, "projection_")

    def _transform(self, X):
        check_is_fitted(self)
        if self.n_components is None:
            return _side_by_side(X.gradient_factors(self.layers))
        return X.gradient_factors(self.layers, reduce=self._project)

    def _project(self, pairs):
        width = sum(x.shape[-1] * signal.shape[-1] for x, signal in pairs)
        sparse_vectors = len(pairs) == 1 and sparse.issparse(pairs[0][0])
        if sparse_vectors and pairs[0][1].shape[1] == 1:
            return _side_by_side(pairs)
        if width <= self.n_components:
            return np.hstack([_multiplied(*pair) for pair in pairs])
        return self.projection_.project_pairs(pairs)


class ModelKernel(WeightGradient):
    """Features whose inner products are the model's own kernel.

    Of a Gaussian process the rows of its fitted kernel, which are infinitely wide and
    known by their inner products alone: for strategies that ask for distances or
    variances. Of every other model the gradient by its weights.

    Parameters
    ----------
    layers : {'all', 'last'}, default='all'
        As for `WeightGradient`; without meaning for a Gaussian process.
    n_components : int or None, default=512
        As for `WeightGradient`; without meaning for a Gaussian process.
    random_state : int, RandomState instance or None, default=None
        Seed of the projection; a learner fills it.

    Attributes
    ----------
    projection_ : RandomProjection
        The same for labeled samples and pool.

    Examples
    --------
    >>> from sklearn.gaussian_process import GaussianProcessRegressor
    >>> from skactive import ModelView
    >>> from skactive.features import ModelKernel
    >>> from skactive.geometry import squared_norms
    >>> model = GaussianProcessRegressor().fit([[0.0]], [1.0])
    >>> features = ModelKernel().fit_transform(ModelView([[0.0], [3.0]], model))
    >>> squared_norms(features)
    array([1., 1.])
    """

    facts = Facts(needs=("kernel_features|gradient_factors",), cold_start=True)

    def _transform(self, X):
        if X.provides("kernel_features"):
            return X.output("kernel_features")
        return super()._transform(X)


def _side_by_side(pairs):
    """One product for each layer, as features."""
    if any(activation.ndim == 3 for activation, _ in pairs):
        raise TypeError(
            "The gradient by a convolution is a sum of products over positions, not a "
            "single product; set n_components."
        )
    parts = [
        _scaled(activation, signal)
        if signal.shape[1] == 1
        else ProductFeatures(signal, activation)
        for activation, signal in pairs
    ]
    return parts[0] if len(parts) == 1 else StackedFeatures(parts)


def _scaled(activation, signal):
    """Multiply rows by one number each."""
    if sparse.issparse(activation):
        return activation.multiply(signal).tocsr()
    return activation * signal


def _multiplied(activation, signal):
    """Write narrow products out; those over several positions are summed."""
    if sparse.issparse(activation):
        activation = activation.toarray()
    if activation.ndim == 3:
        product = np.einsum("npa,npc->nac", activation, signal)
    else:
        product = activation[:, :, np.newaxis] * signal[:, np.newaxis, :]
    return product.reshape(len(product), -1)
