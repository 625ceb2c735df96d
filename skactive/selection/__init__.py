"""Algorithms that choose a batch."""

from skactive.selection._cluster_margin import ClusterMargin
from skactive.selection._k_center import KCenterGreedy
from skactive.selection._k_means import KMeansSampling
from skactive.selection._k_means_plusplus import KMeansPlusPlus
from skactive.selection._random import RandomChoice
from skactive.selection._robust_k_center import RobustKCenter
from skactive.selection._stochastic import StochasticTopK

__all__ = [
    "ClusterMargin",
    "KCenterGreedy",
    "KMeansPlusPlus",
    "KMeansSampling",
    "RandomChoice",
    "RobustKCenter",
    "StochasticTopK",
]
