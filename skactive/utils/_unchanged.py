"""Estimators that an error leaves as they were."""

from contextlib import contextmanager


@contextmanager
def unchanged_by_errors(estimator):
    """Within it, an exception undoes all that was assigned to an estimator.

    What its attributes hold is not copied.
    """
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:  # an interrupt, too
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
