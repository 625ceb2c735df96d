"""Transformers from a view to vectors; they compose with scikit-learn's own."""

from skactive.features._features import (
    Embedding,
    FeatureMap,
    GradientEmbedding,
    Inputs,
    MetricFeatureMap,
    Probabilities,
    ViewFeatures,
    facts_of,
)

__all__ = [
    "Embedding",
    "FeatureMap",
    "GradientEmbedding",
    "Inputs",
    "MetricFeatureMap",
    "Probabilities",
    "ViewFeatures",
    "facts_of",
]
