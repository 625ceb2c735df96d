"""Linear classifiers: gradients by the inputs are their coefficients."""

from __future__ import annotations

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
        if name == "input_gradient":
            return self.route.transparent
        return super().has(name)

    def input_gradient(self, view):
        """The decision function; a binary one belongs to the second class."""
        coef = self.inner.coef_
        return InputGradient.linear(
            as_matrix(view.output("raw_inputs")),
            coef.toarray() if sparse.issparse(coef) else coef,
            self.inner.intercept_,
        )
