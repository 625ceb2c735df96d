"""The features that the kernel methods start from, unless told otherwise."""

from __future__ import annotations

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, add_dummy_feature

from skactive.features._features import Embedding


def gradient_pipeline(*transformers):
    """Put transformers behind the gradient of a regressor's output by its weights.

    For a model that is linear in its embedding the gradient is the embedding with a one
    for the bias. Several outputs have the same features.

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
    array([[0.7071, 4.9497]])
    """
    return make_pipeline(
        Embedding(), FunctionTransformer(add_dummy_feature), *transformers
    )
