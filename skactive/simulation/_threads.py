"""The same thread limit for every task, so that sums come out the same everywhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def single_thread():
    """One thread for BLAS, OpenMP and torch (if it is loaded), restored afterwards."""
    torch = sys.modules.get("torch")
    # Read before the limit: torch reports OpenMP's current limit as its own.
    n_torch_threads = torch.get_num_threads() if torch else None
    with threadpool_limits(limits=1):
        try:
            if torch:
                torch.set_num_threads(1)
            yield
        finally:
            if torch:
                torch.set_num_threads(n_torch_threads)
