"""A graph convolutional network that learns to tell some rows from the others.

Two convolutions over a `CosineGraph`. The gradients are written out: there is nothing
in them but products, and none of these is with a matrix of pairs of rows.
"""

import numpy as np
from scipy import sparse
from scipy.special import expit

from skactive.geometry._cosine_graph import CosineGraph

__all__ = ["graph_network"]

# Adam's usual constants.
_DECAY = 0.9, 0.999
_EPSILON = 1e-8


def graph_network(
    units,
    is_labeled,
    *,
    rng,
    hidden_size=128,
    dropout=0.3,
    weight=1.2,
    lr=1e-3,
    weight_decay=5e-4,
    max_epochs=200,
):
    """Train a graph convolutional network to tell labeled rows from the others.

    Parameters
    ----------
    units : {ndarray, CSR} of shape (n_rows, n_features), float32
        Rows of length one, or zero.
    is_labeled : ndarray of shape (n_rows,), bool
        Which rows are labeled; at least one is, and one is not.
    rng : Generator
        Draws weights and dropout.
    hidden_size : int, default=128
        Units of the hidden layer.
    dropout : float, default=0.3
        Probability of dropping one of them, while training.
    weight : float, default=1.2
        Weight of the loss of the others, beside that of the labeled rows.
    lr : float, default=0.001
        Learning rate.
    weight_decay : float, default=0.0005
        Weight decay.
    max_epochs : int, default=200
        Steps, each on all rows.

    Returns
    -------
    labeledness : ndarray of shape (n_rows,), float64
        Estimated probability of each row to be labeled.
    hidden : ndarray of shape (n_rows, hidden_size), float32
        Activations of the hidden layer.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import graph_network
    >>> units = np.eye(2, dtype=np.float32)[[0, 0, 1, 1, 1]]
    >>> is_labeled = np.array([True, False, False, False, False])
    >>> rng = np.random.default_rng(0)
    >>> labeledness, hidden = graph_network(units, is_labeled, rng=rng)
    >>> bool(labeledness[1] > labeledness[2])
    True
    """
    network = _Network(CosineGraph(units), hidden_size, rng)
    # The derivative of the loss by the logit is this times the error.
    shares = np.where(is_labeled, 1 / is_labeled.sum(), weight / (~is_labeled).sum())
    weights = network.weights
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, max_epochs + 1):
        gradient = network.gradient(is_labeled, shares, dropout, rng)
        gradient += weight_decay * weights
        mean += (1 - _DECAY[0]) * (gradient - mean)
        square += (1 - _DECAY[1]) * (gradient**2 - square)
        scale = np.sqrt(square / (1 - _DECAY[1] ** step)) + _EPSILON
        weights -= lr / (1 - _DECAY[0] ** step) * mean / scale
    return network.outputs()


class _Network:
    """sigmoid(A drop(relu(A X V + a)) w + b), A the adjacency matrix and X the rows."""

    def __init__(self, graph, hidden_size, rng):
        self.graph = graph
        n_features = graph.units.shape[1]
        self.weights = np.concatenate(
            [
                _glorot(rng, n_features, hidden_size),
                np.zeros(hidden_size),
                _glorot(rng, hidden_size, 1),
                np.zeros(1),
            ],
            dtype=np.float32,
        )
        self.shapes = (n_features, hidden_size), (hidden_size,), (hidden_size, 1), (1,)
        self.parameters = self.split(self.weights)  # views, which follow
        # Sparse rows would not stay sparse.
        self.is_sparse = sparse.issparse(graph.units)
        self.smoothed = None if self.is_sparse else graph.smoothed_units()

    def split(self, weights):
        """V, a, w, b out of one vector."""
        ends = np.cumsum([np.prod(shape) for shape in self.shapes])[:-1]
        parts = np.split(weights, ends)
        return [p.reshape(s) for p, s in zip(parts, self.shapes, strict=True)]

    def gradient(self, is_labeled, shares, dropout, rng):
        """Derivative of the loss by the weights, under dropout."""
        V, a, w, b = self.parameters
        hidden = self._convolved(V)
        hidden += a
        np.maximum(hidden, 0, out=hidden)
        keep = np.float32(1 - dropout)
        hidden *= rng.random(hidden.shape, dtype=np.float32) < keep
        hidden /= keep
        logits = self.graph.product(hidden @ w) + b
        errors = shares * (expit(logits[:, 0].astype(np.float64)) - is_labeled)
        by_logits = errors[:, np.newaxis].astype(np.float32)
        by_values = self.graph.product(by_logits, transposed=True)
        by_w = hidden.T @ by_values
        # Now the derivative by what enters the rectifiers, in the same memory.
        np.sign(hidden, out=hidden)
        hidden *= by_values
        hidden *= w[:, 0] / keep
        by_a = hidden.sum(axis=0)
        by_V = self._pulled_back(hidden)
        return np.concatenate([by_V.ravel(), by_a, by_w[:, 0], by_logits.sum(axis=0)])

    def _convolved(self, V):
        if self.is_sparse:
            return self.graph.product(self.graph.project(V))
        return self.smoothed @ V

    def _pulled_back(self, values):
        if self.is_sparse:
            return self.graph.units.T @ self.graph.product(values, transposed=True)
        return self.smoothed.T @ values

    def outputs(self):
        """What the trained network says, in double precision: equal rows are equal."""
        V, a, w, b = self.split(self.weights.astype(np.float64))
        del self.smoothed
        hidden = self.graph.product(self.graph.project(V))
        hidden += a
        np.maximum(hidden, 0, out=hidden)
        logits = self.graph.product(hidden @ w) + b
        return expit(logits[:, 0]), hidden.astype(np.float32)


def _glorot(rng, n_in, n_out):
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, n_in * n_out)
