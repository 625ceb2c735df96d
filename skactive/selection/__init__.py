"""Algorithms that choose a batch."""

from skactive.selection._batch_bald import BatchBALD
from skactive.selection._k_center import KCenterGreedy
from skactive.selection._k_means_plusplus import KMeansPlusPlus
from skactive.selection._random import RandomChoice
from skactive.selection._ranked_batch import RankedBatch
from skactive.selection._stochastic import StochasticTopK

__all__ = [
    "BatchBALD",
    "KCenterGreedy",
    "KMeansPlusPlus",
    "RandomChoice",
    "RankedBatch",
    "StochasticTopK",
]
