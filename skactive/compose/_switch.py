"""One strategy for the first labels, another for the rest."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral

from skactive.base import Facts, QueryStrategy
from skactive.compose._delegate import Delegate
from skactive.utils._sklearn import Interval, StrOptions


class Switch(Delegate):
    """Hand over from one strategy to another once there are enough labels.

    A model that knows nothing is a poor guide, and one that knows a lot is a good one:
    begin with a strategy that looks at the samples alone, and go on with one that asks
    the model. Before there is a model, the first one chooses, and it alone says what is
    needed; from the first ``fit`` on, the model must have what either needs.

    Parameters
    ----------
    first : QueryStrategy
        Chooses in the beginning.
    then : QueryStrategy
        Chooses later.
    at : int, default=50
        Number of labels, or of rounds, from which on `then` chooses.
    by : {'labels', 'rounds'}, default='labels'
        What `at` counts: labeled samples, or queries whose answers were taught since
        the learner was fitted.

    Attributes
    ----------
    n_labels_ : int
        Labeled samples.
    n_rounds_ : int
        Queries answered since the learner was fitted.

    Examples
    --------
    >>> from skactive import ModelView, strategies
    >>> from skactive.compose import Switch
    >>> view = ModelView.from_outputs(
    ...     proba=[[0.5, 0.5], [0.9, 0.1]], embedding=[[0.0], [9.0]]
    ... )
    >>> switch = Switch(strategies.coreset(), strategies.margin(), at=3)
    >>> for n_labels in (2, 3):
    ...     labeled = ModelView.from_outputs(
    ...         proba=[[0.5, 0.5]] * n_labels, embedding=[[0.0]] * n_labels
    ...     )
    ...     print(switch.fit(labeled).select(view))
    [1]
    [0]
    """

    facts = Facts(cold_start=True)
    _parameter_constraints = {
        "first": [QueryStrategy],
        "then": [QueryStrategy],
        "at": [Interval(Integral, 0, None, closed="left")],
        "by": [StrOptions({"labels", "rounds"})],
    }

    def __init__(self, first, then, at=50, by="labels"):
        self.first = first
        self.then = then
        self.at = at
        self.by = by

    def _facts(self):
        first = self.first._facts()
        facts = self.facts.including(first, self.then._facts())
        return replace(
            facts, cold_start=first.cold_start, cold_needs=first.before_fit().needs
        )

    def resume(self, previous):
        """Take over the number of rounds, and what the parts remember.

        Parameters
        ----------
        previous : QueryStrategy or None
            The fitted strategy of an earlier round.

        Returns
        -------
        self : Switch
        """
        super().resume(previous)
        if isinstance(previous, Switch):
            self._round = previous.n_rounds_ + 1
        return self

    def _fit(self, X, y):
        self.n_labels_ = len(X)
        self.n_rounds_ = self.__dict__.pop("_round", 0)

    def _choose(self, X, n_queries, given):
        count = getattr(self, f"n_{self.by}_", None)
        # Before fit there is nothing that `then` could ask.
        first = count is None or count < self.at
        part = self._part("first" if first else "then")
        return self._ask(part, X, n_queries, given)
