"""How many processes: threads of one would share torch's random generator."""

from joblib.parallel import get_active_backend


def n_processes(n_jobs):
    """`n_jobs`, or 1 where joblib would take threads.

    That is inside a process of another joblib call, and under
    ``parallel_config("threading")``.
    """
    uses_threads = getattr(get_active_backend()[0], "uses_threads", False)
    return 1 if uses_threads else n_jobs
