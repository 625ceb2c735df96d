"""The fast core: arrays in, arrays out, no estimator in sight.

Features are an ndarray, CSR rows, `ProductFeatures`, or `StackedFeatures`; the last
will do wherever `ProductFeatures` are named. `KernelFeatures` will do where distances
or inner products of rows are all that is asked for.
"""

from skactive.geometry._balls import (
    CoverGains,
    distances_to_other_labels,
    greedy_cover,
)
from skactive.geometry._cluster_maximum import cluster_maximum
from skactive.geometry._clusters import (
    assigned_squared_distances,
    average_linkage,
    check_vectors,
    cluster_means,
    k_means_labels,
    nearest_centers,
)
from skactive.geometry._cosine_graph import CosineGraph
from skactive.geometry._dense_rows import dense_rows
from skactive.geometry._determinantal import sample_kdpp
from skactive.geometry._distance_products import min_distance_products
from skactive.geometry._distances import (
    inner_products,
    mean_cosines,
    min_squared_distances,
    smallest_distance,
    squared_distances,
    squared_distances_to_mean,
    squared_norms,
)
from skactive.geometry._farthest_first import farthest_first
from skactive.geometry._fisher_trace import fisher_gains, greedy_fisher
from skactive.geometry._frank_wolfe import frank_wolfe, frank_wolfe_scores
from skactive.geometry._graph_network import graph_network
from skactive.geometry._greedy import lazy_greedy, naive_greedy, stochastic_greedy
from skactive.geometry._greedy_trace import (
    expected_changes,
    greedy_change,
    greedy_trace,
    trace_gains,
)
from skactive.geometry._joint_entropy import greedy_information
from skactive.geometry._kernel_features import KernelFeatures
from skactive.geometry._kmeans_plusplus import kmeans_plusplus
from skactive.geometry._matching_pursuit import matching_pursuit
from skactive.geometry._natural_breaks import natural_breaks
from skactive.geometry._nearest_cosines import mean_nearest_cosines
from skactive.geometry._nearest_distances import mean_nearest_distances
from skactive.geometry._picks import check_finite
from skactive.geometry._pivoted_cholesky import pivoted_cholesky, residual_variances
from skactive.geometry._predictive_information import predictive_information
from skactive.geometry._probabilities import (
    largest_entropies,
    mutual_information,
    row_entropy,
    top_two,
)
from skactive.geometry._probability_contrast import probability_contrast
from skactive.geometry._product_features import ProductFeatures
from skactive.geometry._ranked import ranked_batch, ranked_worth
from skactive.geometry._robust_k_center import robust_k_center
from skactive.geometry._set_functions import (
    ConcaveGains,
    CutGains,
    DisparityGains,
    FacilityGains,
    SaturatedGains,
    SetCoverGains,
)
from skactive.geometry._similarity import (
    ClippedCosine,
    CosineSimilarity,
    GaussianSimilarity,
    InnerProduct,
    gaussian_kernel,
    similarity_kernel,
    typical_gamma,
)
from skactive.geometry._sketch import RandomProjection
from skactive.geometry._stacked_features import StackedFeatures
from skactive.geometry._step_gains import StepGains, output_gradient
from skactive.geometry._stream import sum_is_finite
from skactive.geometry._top_k import top_k
from skactive.geometry._unit_rows import scaled_rows, unit_rows

__all__ = [
    "ClippedCosine",
    "ConcaveGains",
    "CosineGraph",
    "CosineSimilarity",
    "CoverGains",
    "CutGains",
    "DisparityGains",
    "FacilityGains",
    "GaussianSimilarity",
    "InnerProduct",
    "KernelFeatures",
    "ProductFeatures",
    "RandomProjection",
    "SaturatedGains",
    "SetCoverGains",
    "StackedFeatures",
    "StepGains",
    "assigned_squared_distances",
    "average_linkage",
    "check_finite",
    "check_vectors",
    "cluster_maximum",
    "cluster_means",
    "dense_rows",
    "distances_to_other_labels",
    "expected_changes",
    "farthest_first",
    "fisher_gains",
    "frank_wolfe",
    "frank_wolfe_scores",
    "gaussian_kernel",
    "graph_network",
    "greedy_change",
    "greedy_cover",
    "greedy_fisher",
    "greedy_information",
    "greedy_trace",
    "inner_products",
    "k_means_labels",
    "kmeans_plusplus",
    "largest_entropies",
    "lazy_greedy",
    "matching_pursuit",
    "mean_cosines",
    "mean_nearest_cosines",
    "mean_nearest_distances",
    "min_distance_products",
    "min_squared_distances",
    "mutual_information",
    "naive_greedy",
    "natural_breaks",
    "nearest_centers",
    "output_gradient",
    "pivoted_cholesky",
    "predictive_information",
    "probability_contrast",
    "ranked_batch",
    "ranked_worth",
    "residual_variances",
    "robust_k_center",
    "row_entropy",
    "sample_kdpp",
    "scaled_rows",
    "similarity_kernel",
    "smallest_distance",
    "squared_distances",
    "squared_distances_to_mean",
    "squared_norms",
    "stochastic_greedy",
    "sum_is_finite",
    "top_k",
    "top_two",
    "trace_gains",
    "typical_gamma",
    "unit_rows",
]
