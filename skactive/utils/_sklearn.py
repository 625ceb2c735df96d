"""The only place that imports private scikit-learn names."""

from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.metaestimators import _BaseComposition, available_if
from sklearn.utils.validation import _check_sample_weight, _num_samples, validate_data

__all__ = [
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_BaseComposition",
    "_check_sample_weight",
    "_fit_context",
    "_num_samples",
    "_openmp_effective_n_threads",
    "_safe_indexing",
    "available_if",
    "validate_data",
    "validate_parameter_constraints",
]
