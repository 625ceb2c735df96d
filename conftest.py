"""Settings for all tests; made before NumPy or torch is imported."""

import os

from hypothesis import settings

# The nets and tables of the tests are small: one thread is faster than several, and the
# workers of pytest-xdist do not fight for the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# Figures are written, never shown.
os.environ.setdefault("MPLBACKEND", "agg")

# The same examples in every run, and no limit that a busy machine would break.
settings.register_profile("skactive", derandomize=True, deadline=None)
settings.load_profile("skactive")
