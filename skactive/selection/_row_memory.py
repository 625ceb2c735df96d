"""What a strategy remembers of samples, found again by their content."""

from __future__ import annotations

import numpy as np


def look_up(keys, known_keys, known_values, default):
    """Values of the rows with these keys, which are known sorted, or the default."""
    if not len(known_keys):
        return np.full(len(keys), default)
    where = np.searchsorted(known_keys, keys)
    where = np.minimum(where, len(known_keys) - 1)
    return np.where(known_keys[where] == keys, known_values[where], default)
