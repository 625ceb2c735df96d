"""Logits as a function of the inputs, for strategies that move samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils import gen_batches

from skactive.utils import count_rows, take_rows

# Numbers in one batch of inputs: a few copies of them fit the cache.
_BATCH_ELEMENTS = 2**18


@dataclass(frozen=True)
class InputGradient:
    """Samples that may be moved, and a model's logits where they go.

    What a view gives as ``input_gradient``. Nothing is computed before `map`.

    Parameters
    ----------
    samples : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
        What the model's last step sees.
    map_batches : callable
        ``map_batches(samples, function) -> array``, what `map` does.

    Examples
    --------
    The gap between two logits, and how steep it is:

    >>> import numpy as np
    >>> from skactive.adapters import InputGradient
    >>> def gap_and_slope(inputs, logits_at):
    ...     logits, pull_back = logits_at(inputs)
    ...     gradient = pull_back(np.tile([-1.0, 1.0], (len(inputs), 1)))
    ...     gap = logits[:, 1] - logits[:, 0]
    ...     return np.column_stack([gap, np.linalg.norm(gradient, axis=1)])
    >>> line = InputGradient.linear([[0.0, 0.0], [1.0, 1.0]], [[3.0, 4.0]], [-2.0])
    >>> line.map(gap_and_slope)
    array([[-2.,  5.],
           [ 5.,  5.]])
    """

    samples: Any
    map_batches: Callable

    @classmethod
    def linear(cls, samples, coef, intercept):
        """Make that of a linear model.

        Parameters
        ----------
        samples : {array-like, sparse matrix} of shape (n_samples, n_inputs)
            What the model sees.
        coef : array-like of shape (n_classes, n_inputs) or (1, n_inputs)
            Weights; a single row belongs to the second of two classes.
        intercept : array-like of shape (n_classes,) or (1,)
            Added to the logits.

        Returns
        -------
        gradient : InputGradient
        """
        coef, intercept = np.atleast_2d(coef), np.ravel(intercept)
        if len(coef) == 1:
            coef, intercept = np.vstack([0 * coef, coef]), np.append(0, intercept)
        samples = samples if sparse.issparse(samples) else np.asarray(samples)
        return cls(samples, partial(_map_linear, coef, intercept))

    def __len__(self):
        return count_rows(self.samples)

    @property
    def shape(self):
        """``(n_samples,)``."""
        return (len(self),)

    def __getitem__(self, rows):
        return InputGradient(take_rows(self.samples, rows), self.map_batches)

    def map(self, function):
        """Apply a function to batches of inputs that it may move.

        Parameters
        ----------
        function : callable
            ``function(inputs, logits_at) -> array`` with a row for each of inputs, an
            ndarray of shape (m, n_inputs): what the model's last step sees, images
            flattened. ``logits_at(moved)`` evaluates the model at any number of such
            rows. It returns their logits, ndarray of shape (len(moved), n_classes) with
            a column for each class that the model knows, and a function ``pull_back``:
            ``pull_back(weights)``, with weights shaped like the logits, is the
            gradient of each row's ``weights @ logits`` with respect to its inputs.

        Returns
        -------
        values : ndarray of shape (n_samples, ...)
            What the function returned, one row per sample.
        """
        return self.map_batches(self.samples, function)


def _map_linear(coef, intercept, samples, function):
    def logits_at(inputs):
        return inputs @ coef.T + intercept, lambda weights: weights @ coef

    size = max(1, _BATCH_ELEMENTS // coef.shape[1])
    return np.concatenate(
        [
            function(_dense(samples[rows]), logits_at)
            for rows in gen_batches(samples.shape[0], size)
        ]
    )


def _dense(rows):
    rows = rows.toarray() if sparse.issparse(rows) else rows
    return rows.astype(np.float64)
