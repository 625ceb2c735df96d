"""Small helpers that every layer above may use."""

from skactive.utils._classes import as_labels, check_classes, is_missing, joins_types
from skactive.utils._continuing import continues_training, resume_fitted
from skactive.utils._describe import describe
from skactive.utils._metadata import SampleMetadata, route_params, take_metadata
from skactive.utils._names import class_names
from skactive.utils._numbers import check_count, check_ratio, check_share, is_count
from skactive.utils._processes import n_processes
from skactive.utils._random import (
    copy_seeds,
    derive_seed,
    draw_seed,
    make_rng,
    reseed_nested,
    seed_nested,
)
from skactive.utils._row_keys import look_up, row_keys
from skactive.utils._rows import (
    as_array,
    check_same_kind,
    copy_rows,
    count_rows,
    hash_rows,
    is_dataframe,
    stack_rows,
    take_rows,
)
from skactive.utils._unchanged import unchanged_by_errors

__all__ = [
    "SampleMetadata",
    "as_array",
    "as_labels",
    "check_classes",
    "check_count",
    "check_ratio",
    "check_same_kind",
    "check_share",
    "class_names",
    "continues_training",
    "copy_rows",
    "copy_seeds",
    "count_rows",
    "derive_seed",
    "describe",
    "draw_seed",
    "hash_rows",
    "is_count",
    "is_dataframe",
    "is_missing",
    "joins_types",
    "look_up",
    "make_rng",
    "n_processes",
    "reseed_nested",
    "resume_fitted",
    "route_params",
    "row_keys",
    "seed_nested",
    "stack_rows",
    "take_metadata",
    "take_rows",
    "unchanged_by_errors",
]
