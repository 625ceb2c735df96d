"""Neural networks that are scikit-learn estimators in every respect.

`NetClassifier` and `NetRegressor` are a thin skin over any skorch net: they take what
scikit-learn takes (float64, strings, DataFrames, sparse rows, named columns) and give
back what it expects. `TorchMLPClassifier` and `TorchMLPRegressor` size themselves to
the table; `LearningLossClassifier` and `LearningLossRegressor` predict their own losses
too; and `as_estimator` wraps a bare module, such as `LeNet`, `ResNet18` and
`ShakeShake` for small images. Callbacks of skorch say how a net is trained:
`StopAtSaturation` and others when it stops, `WeightAveraging` and `Snapshots` what
becomes of the weights of its epochs, `GradMatch` and `GlisterSubset` on which samples
it is trained; and `presets` holds how published studies train theirs. Importing this
package imports torch.
"""

from skactive.nets import presets
from skactive.nets._as_estimator import as_estimator
from skactive.nets._averaging import WeightAveraging
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
from skactive.nets._shake_shake import ShakeShake
from skactive.nets._snapshots import Snapshots
from skactive.nets._stop import StopAtAccuracy, StopAtR2, StopAtSaturation

__all__ = [
    "GlisterSubset",
    "GradMatch",
    "LeNet",
    "LearningLossClassifier",
    "LearningLossRegressor",
    "NetClassifier",
    "NetRegressor",
    "ResNet18",
    "ShakeShake",
    "Snapshots",
    "StopAtAccuracy",
    "StopAtR2",
    "StopAtSaturation",
    "TorchMLPClassifier",
    "TorchMLPRegressor",
    "WeightAveraging",
    "as_estimator",
    "presets",
]
