"""The features that methods with a linear model start from, unless told otherwise."""

from __future__ import annotations

from sklearn.pipeline import make_pipeline

from skactive.features._sketch import Sketch
from skactive.features._weight_gradient import WeightGradient


def gradient_pipeline(*transformers):
    """Put transformers behind the gradient by the model's weights, in plain vectors.

    Gradients that are wide, also those by the leaves of a forest, are projected at
    random to a few hundred numbers.

    Parameters
    ----------
    *transformers : transformer
        What follows, in turn.

    Returns
    -------
    features : Pipeline

    Examples
    --------
    >>> from skactive.features import Scale, gradient_pipeline
    >>> gradient_pipeline(Scale()).fit([[1.0]]).transform([[7.0]]).round(4)
    array([[4.9497, 0.7071]])
    """
    return make_pipeline(WeightGradient(), Sketch(), *transformers)
