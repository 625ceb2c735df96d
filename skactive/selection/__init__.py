"""Algorithms that choose a batch."""

from skactive.selection._adversarial_autoencoder import VAAL
from skactive.selection._bait import BAIT
from skactive.selection._batch_bald import BatchBALD
from skactive.selection._candidate_clusters import AlfaMix, DropQuery
from skactive.selection._cluster_margin import ClusterMargin
from skactive.selection._cluster_quota import ClusterQuota
from skactive.selection._concepts import FeatureBased, SetCover
from skactive.selection._dcom import DCoM
from skactive.selection._density_aware import DensityAwareKCenter
from skactive.selection._determinantal import KDPP
from skactive.selection._discriminative import DiscriminativeSampling
from skactive.selection._disparity import DisparityMin, DisparitySum
from skactive.selection._diverse_batch import DiverseBatch
from skactive.selection._falcun import Falcun
from skactive.selection._frank_wolfe import FrankWolfe
from skactive.selection._glister import Glister
from skactive.selection._graph_network import CoreGCN, UncertainGCN
from skactive.selection._greedy_sampling import GreedyOutputs, GreedyProducts
from skactive.selection._herding import MaxHerding
from skactive.selection._k_center import KCenterGreedy
from skactive.selection._k_means import KMeansSampling
from skactive.selection._k_means_plusplus import KMeansPlusPlus
from skactive.selection._largest_cluster import LargestClusterMaximum
from skactive.selection._log_det import LogDet
from skactive.selection._max_det import MaxDet
from skactive.selection._output_change import ExpectedOutputChange
from skactive.selection._prob_cover import ProbCover
from skactive.selection._random import RandomChoice
from skactive.selection._ranked_batch import RankedBatch
from skactive.selection._robust_k_center import RobustKCenter
from skactive.selection._stochastic import StochasticTopK
from skactive.selection._submodular import (
    FacilityLocation,
    GraphCut,
    SaturatedCoverage,
)
from skactive.selection._typical_clusters import TypiClust

__all__ = [
    "BAIT",
    "KDPP",
    "VAAL",
    "AlfaMix",
    "BatchBALD",
    "ClusterMargin",
    "ClusterQuota",
    "CoreGCN",
    "DCoM",
    "DensityAwareKCenter",
    "DiscriminativeSampling",
    "DisparityMin",
    "DisparitySum",
    "DiverseBatch",
    "DropQuery",
    "ExpectedOutputChange",
    "FacilityLocation",
    "Falcun",
    "FeatureBased",
    "FrankWolfe",
    "Glister",
    "GraphCut",
    "GreedyOutputs",
    "GreedyProducts",
    "KCenterGreedy",
    "KMeansPlusPlus",
    "KMeansSampling",
    "LargestClusterMaximum",
    "LogDet",
    "MaxDet",
    "MaxHerding",
    "ProbCover",
    "RandomChoice",
    "RankedBatch",
    "RobustKCenter",
    "SaturatedCoverage",
    "SetCover",
    "StochasticTopK",
    "TypiClust",
    "UncertainGCN",
]
