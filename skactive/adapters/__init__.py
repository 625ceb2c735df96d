"""What a fitted model can tell about samples, as named outputs."""

from skactive.adapters._base import (
    Adapter,
    align_columns,
    last_layer_factors,
    residual,
)
from skactive.adapters._input_gradient import InputGradient
from skactive.adapters._registry import find_adapter, register_adapter
from skactive.adapters._table import SharedTable, as_matrix, is_numeric, is_table

__all__ = [
    "Adapter",
    "InputGradient",
    "SharedTable",
    "align_columns",
    "as_matrix",
    "find_adapter",
    "is_numeric",
    "is_table",
    "last_layer_factors",
    "register_adapter",
    "residual",
]
