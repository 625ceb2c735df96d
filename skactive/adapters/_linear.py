"""Linear classifiers: gradients by inputs and embedding are their coefficients."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from skactive.adapters._base import Adapter
from skactive.adapters._input_gradient import InputGradient
from skactive.adapters._table import as_matrix


class LinearClassifierAdapter(Adapter):
    """scikit-learn's linear classifiers, with the decision function for logits.

    The inputs are what the last step of a Pipeline sees.
    """

    def has(self, name):
        """Gradients are the model's own, so nothing but Pipelines may lie outside."""
        if name in {"input_gradient", "head"}:
            return self.route.transparent
        return super().has(name)

    def input_gradient(self, view):
        """The decision function; a binary one belongs to the second class."""
        inputs = as_matrix(view.output("raw_inputs"))
        return InputGradient.linear(inputs, *self._weights())

    def head(self, view):
        """The same of the embedding, which is the inputs in another scale."""
        embedding = view.embed()
        coef, intercept = self._weights()
        if not sparse.issparse(embedding):
            mean, scale = view.table.mean_and_scale()
            coef, intercept = coef * scale, intercept + coef @ mean
        return InputGradient.linear(embedding, coef, intercept)

    def _weights(self):
        coef = self.inner.coef_
        coef = coef.toarray() if sparse.issparse(coef) else coef
        return np.atleast_2d(coef), np.ravel(self.inner.intercept_)
