"""Transformers from a view to vectors; they compose with scikit-learn's own."""

from skactive.features._features import (
    ClusterFeatureMap,
    Embedding,
    FeatureMap,
    GradientEmbedding,
    Inputs,
    MetricFeatureMap,
    Probabilities,
    ViewFeatures,
    facts_of,
)
from skactive.features._pipelines import gradient_pipeline
from skactive.features._sketch import Sketch
from skactive.features._transforms import ACSFeatures, Posterior, Scale
from skactive.features._weight_gradient import ModelKernel, WeightGradient

__all__ = [
    "ACSFeatures",
    "ClusterFeatureMap",
    "Embedding",
    "FeatureMap",
    "GradientEmbedding",
    "Inputs",
    "MetricFeatureMap",
    "ModelKernel",
    "Posterior",
    "Probabilities",
    "Scale",
    "Sketch",
    "ViewFeatures",
    "WeightGradient",
    "facts_of",
    "gradient_pipeline",
]
