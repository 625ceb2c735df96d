"""What training would change: gradients by the weights, in a few hundred numbers."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from skactive.base import Facts
from skactive.features._features import ViewFeatures
from skactive.geometry import ProductFeatures, RandomProjection, StackedFeatures
from skactive.utils import draw_seed


class WeightGradient(ViewFeatures):
    """Gradient by the model's weights, of all layers of a net.

    Two samples are close if training on one moves the prediction of the other: inner
    products are those of the neural tangent kernel of the trained net. Of a regressor
    the outputs are differentiated, in standardised units and each for itself; of a
    classifier, the loss at its own guess. A committee of nets has the gradients of all
    its members side by side.

    Models that are no nets have one layer, on top of their embedding: the leaves of a
    forest, the standardised inputs of a linear model. A Gaussian process has the rows
    of its own kernel, infinitely wide: they serve strategies that ask for distances or
    variances, and no others.

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
        seed = draw_seed(self.random_state)
        self.projection_ = RandomProjection(self.n_components, seed)
        return self

    def _transform(self, X):
        if X.provides("kernel_features"):
            return X.output("kernel_features")
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
