"""Settings for all tests; made before NumPy or torch is imported."""

import os
from functools import cache

from hypothesis import settings

# The nets and tables of the tests are small: one thread is faster than several, and the
# workers of pytest-xdist do not fight for the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# Figures are written, never shown.
os.environ.setdefault("MPLBACKEND", "agg")

# Each clone and each check of parameters reads the signature of a class: about a tenth
# of the time of the tests.
from sklearn.base import BaseEstimator  # noqa: E402  after the numbers of threads

BaseEstimator._get_param_names = classmethod(
    cache(BaseEstimator._get_param_names.__func__)
)

# The same examples in every run, and no limit that a busy machine would break.
settings.register_profile("skactive", derandomize=True, deadline=None)
settings.load_profile("skactive")
