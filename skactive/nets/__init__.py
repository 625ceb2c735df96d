"""Neural networks that are scikit-learn estimators in every respect.

`NetClassifier` and `NetRegressor` are a thin skin over any skorch net: they take what
scikit-learn takes (float64, strings, DataFrames, sparse rows, named columns) and give
back what it expects. `TorchMLPClassifier` and `TorchMLPRegressor` size themselves to
the table; `LearningLossClassifier` and `LearningLossRegressor` predict their own losses
too; and `as_estimator` wraps a bare module, such as `LeNet` and `ResNet18` for small
images. `GradMatch` and `GlisterSubset` are callbacks that train on a part of the
samples. Importing this package imports torch.
"""

from skactive.nets._as_estimator import as_estimator
from skactive.nets._classifier import NetClassifier
from skactive.nets._glister_subset import GlisterSubset
from skactive.nets._grad_match import GradMatch
from skactive.nets._learning_loss import (
    LearningLossClassifier,
    LearningLossRegressor,
)
from skactive.nets._lenet import LeNet
from skactive.nets._mlp import TorchMLPClassifier, TorchMLPRegressor
from skactive.nets._regressor import NetRegressor
from skactive.nets._resnet import ResNet18

__all__ = [
    "GlisterSubset",
    "GradMatch",
    "LeNet",
    "LearningLossClassifier",
    "LearningLossRegressor",
    "NetClassifier",
    "NetRegressor",
    "ResNet18",
    "TorchMLPClassifier",
    "TorchMLPRegressor",
    "as_estimator",
]
