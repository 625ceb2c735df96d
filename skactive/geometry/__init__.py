"""The fast core: arrays in, arrays out, no estimator in sight."""

from skactive.geometry._distances import (
    inner_products,
    mean_cosines,
    min_squared_distances,
    squared_distances,
    squared_distances_to_mean,
    squared_norms,
)
from skactive.geometry._farthest_first import farthest_first
from skactive.geometry._joint_entropy import greedy_information
from skactive.geometry._kmeans_plusplus import kmeans_plusplus
from skactive.geometry._probabilities import mutual_information, row_entropy, top_two
from skactive.geometry._product_features import ProductFeatures
from skactive.geometry._ranked import ranked_batch, ranked_worth
from skactive.geometry._top_k import top_k

__all__ = [
    "ProductFeatures",
    "farthest_first",
    "greedy_information",
    "inner_products",
    "kmeans_plusplus",
    "mean_cosines",
    "min_squared_distances",
    "mutual_information",
    "ranked_batch",
    "ranked_worth",
    "row_entropy",
    "squared_distances",
    "squared_distances_to_mean",
    "squared_norms",
    "top_k",
    "top_two",
]
