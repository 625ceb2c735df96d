"""What gradient steps on the last linear layer gain for held-out samples."""

import numpy as np
from scipy.special import softmax
from sklearn.utils import gen_batches

__all__ = ["StepGains", "output_gradient"]

_BATCH = 4096
_RESOLUTION = 2.0**-40


def output_gradient(output, target, *, squared=False):
    """Gradient of the loss of each sample by what the model puts out.

    Parameters
    ----------
    output : ndarray of shape (n_samples, n_outputs)
        Logits, or values.
    target : ndarray of shape (n_samples, n_outputs)
        One-hot classes, or values.
    squared : bool, default=False
        Whether the loss is the squared error, averaged over outputs, in place of the
        cross-entropy.

    Returns
    -------
    ndarray of shape (n_samples, n_outputs)

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import output_gradient
    >>> output_gradient(np.array([[0.0, 0.0]]), np.array([[0, 1]]))
    array([[ 0.5, -0.5]])
    """
    if squared:
        return (output - target) * (2 / output.shape[1])
    return softmax(output, axis=1) - target


class StepGains:
    """Gains of gradient steps on the last linear layer, for samples held out.

    A step goes down the gradient of the loss of one sample. Its gain is what it takes
    off the mean loss of the held-out samples, to first order: the product of the two
    gradients. Both are outer products, never multiplied out. Steps that are taken
    change the outputs of the held-out samples, and so the gains.

    Parameters
    ----------
    embedding : {ndarray, CSR} of shape (n_held, n_dimensions)
        What enters the layer for the held-out samples.
    output : ndarray of shape (n_held, n_outputs)
        What leaves it: logits, or values. Not changed.
    target : ndarray of shape (n_held, n_outputs)
        One-hot classes, or values.
    weight : ndarray of shape (n_held,), default=None
        Weights of the held-out samples.
    squared : bool, default=False
        See `output_gradient`.

    Attributes
    ----------
    output : ndarray of shape (n_held, n_outputs)
        Outputs after the steps so far.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.geometry import StepGains
    >>> ones, zeros = np.ones((1, 1)), np.zeros((1, 1))
    >>> steps = StepGains(ones, zeros, np.array([[3.0]]), squared=True)
    >>> steps.gains(np.array([[-1.0], [1.0]]), np.array([[2.0], [0.0]]))
    array([18., -6.])
    >>> steps.step(np.array([[-1.0]]), np.array([[2.0]]), 0.5)
    >>> steps.output
    array([[1.5]])
    """

    def __init__(self, embedding, output, target, *, weight=None, squared=False):
        self.embedding = embedding
        self.output = output
        self.target = target
        self.share = np.full(len(output), 1.0) if weight is None else weight
        self.share = self.share / self.share.sum()
        self.squared = squared

    def gains(self, signal, embedding):
        """Gain of a step on each of some samples, per length of the step.

        Parameters
        ----------
        signal : ndarray of shape (n_samples, n_outputs)
            Gradients of their losses by their outputs.
        embedding : {ndarray, CSR} of shape (n_samples, n_dimensions)
            What enters the layer.

        Returns
        -------
        ndarray of shape (n_samples,), float64
            Equal for equal samples.
        """
        errors = output_gradient(self.output, self.target, squared=self.squared)
        errors = errors * self.share[:, np.newaxis]
        weights, bias = self.embedding.T @ errors, errors.sum(axis=0)
        gains, largest = np.empty(len(signal)), 0.0
        for rows in gen_batches(len(signal), _BATCH):
            terms = embedding[rows].astype(np.float64) @ weights + bias
            terms *= signal[rows]
            gains[rows] = terms.sum(axis=1)
            largest = max(largest, np.abs(terms).max())
        # Rounded far above the errors of these sums: equal samples have equal gains.
        unit = max(largest * _RESOLUTION, np.finfo(np.float64).tiny)
        return np.round(gains / unit) * unit

    def step(self, signal, embedding, length):
        """Take a step on some samples, down the sum of their gradients.

        Parameters
        ----------
        signal, embedding : as in `gains`
        length : float
            Of the step.
        """
        weights = embedding.astype(np.float64).T @ signal
        self.output = self.output - length * (
            self.embedding @ weights + signal.sum(axis=0)
        )
