"""Errors that callers may want to tell apart from an ordinary ValueError."""

__all__ = ["MissingCapability", "NotEnoughCandidates"]


class MissingCapability(TypeError):
    """The model cannot tell what a strategy needs to know.

    Raised by ``query`` and ``select``, never by ``fit``. The message names the
    strategy, what is missing, the model and a remedy.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.exceptions import MissingCapability
    >>> try:
    ...     ModelView.from_outputs(proba=[[0.5, 0.5]]).predict_draws()
    ... except MissingCapability as error:
    ...     print("draws" in str(error))
    True
    """


class NotEnoughCandidates(ValueError):
    """More rows are asked for than there are candidates left.

    Examples
    --------
    >>> from skactive import strategies
    >>> from skactive.exceptions import NotEnoughCandidates
    >>> try:
    ...     strategies.random().select([[0.0], [1.0]], n_queries=3)
    ... except NotEnoughCandidates as error:
    ...     print(error)
    n_queries=3 but only 2 candidates are left.
    """
