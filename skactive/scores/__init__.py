"""One number per sample: what asking for its label promises."""

from skactive.scores._adversarial import AdversarialBIM, DeepFool
from skactive.scores._augmented import AugmentedMargin, Inconsistency
from skactive.scores._committee import (
    ConsensusEntropy,
    MaxKL,
    MeanStd,
    VariationRatio,
    VoteEntropy,
)
from skactive.scores._density import Density
from skactive.scores._disagreement import BALD, Disagreement
from skactive.scores._function import FunctionScore
from skactive.scores._learned_gain import LearnedGain
from skactive.scores._model_change import ExpectedModelChange
from skactive.scores._multiple_criteria import MultipleCriteria
from skactive.scores._neighbor_contrast import NeighborContrast
from skactive.scores._outliers import (
    Energy,
    Isolation,
    Mahalanobis,
    NeighborDistance,
)
from skactive.scores._predicted_loss import PredictedLoss
from skactive.scores._predictive_information import EPIG
from skactive.scores._regression import Variance
from skactive.scores._residual_variance import ResidualVariance
from skactive.scores._training_course import EpochVariability, PredictionSwitches
from skactive.scores._uncertainty import Entropy, LeastConfidence, Margin, Ratio
from skactive.scores._waal import CriticAndDoubt

__all__ = [
    "BALD",
    "EPIG",
    "AdversarialBIM",
    "AugmentedMargin",
    "ConsensusEntropy",
    "CriticAndDoubt",
    "DeepFool",
    "Density",
    "Disagreement",
    "Energy",
    "Entropy",
    "EpochVariability",
    "ExpectedModelChange",
    "FunctionScore",
    "Inconsistency",
    "Isolation",
    "LearnedGain",
    "LeastConfidence",
    "Mahalanobis",
    "Margin",
    "MaxKL",
    "MeanStd",
    "MultipleCriteria",
    "NeighborContrast",
    "NeighborDistance",
    "PredictedLoss",
    "PredictionSwitches",
    "Ratio",
    "ResidualVariance",
    "Variance",
    "VariationRatio",
    "VoteEntropy",
]
