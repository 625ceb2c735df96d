"""A score from any function of a view."""

from __future__ import annotations

from dataclasses import replace

from skactive.base import Score


class FunctionScore(Score):
    """Score samples with a function of the view.

    Parameters
    ----------
    func : callable
        ``func(view) -> (n_samples,)``, higher meaning ask first.
    needs : tuple of str, default=()
        Outputs of the view that the function asks for, as in ``Facts.needs``: a model
        without them is refused with a remedy, and one pass brings them all.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import FunctionScore
    >>> closest_to_two = FunctionScore(
    ...     lambda view: -abs(view.predict() - 2), needs=("prediction",)
    ... )
    >>> view = ModelView.from_outputs(prediction=[0.0, 1.9, 7.0])
    >>> closest_to_two.select(view, 1)
    array([1])
    """

    _parameter_constraints = {"func": [callable], "needs": [tuple]}

    def __init__(self, func, needs=()):
        self.func = func
        self.needs = needs

    def _facts(self):
        return replace(self.facts, needs=self.needs)

    def _score(self, X):
        return self.func(X)
