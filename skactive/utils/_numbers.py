"""Numbers that are passed to us: each check takes the name to call them by."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np


def is_count(value, least=1):
    """Whether a value is a whole number of at least `least`."""
    return (
        isinstance(value, Integral) and not isinstance(value, bool) and value >= least
    )


def check_count(name, value, least=1):
    """Refuse what is no whole number of at least `least`."""
    if not is_count(value, least):
        raise ValueError(f"{name}={value!r}; pass an integer of at least {least}.")


def check_ratio(name, value):
    """Refuse what is no ratio of something to a part of it."""
    if not _is_real(value) or not 1 <= value < np.inf:
        raise ValueError(f"{name}={value!r}; pass a finite number of at least 1.")


def check_share(name, value):
    """Refuse what is no part of one."""
    if not _is_real(value) or not 0 <= value <= 1:
        raise ValueError(f"{name}={value!r}; pass a number between 0 and 1.")


def _is_real(value):
    return isinstance(value, Real) and not isinstance(value, bool)
