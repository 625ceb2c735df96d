"""What a study measured."""

from __future__ import annotations

from skactive.simulation._long_table import LongTable
from skactive.simulation._result import SimulationResult
from skactive.simulation._study_display import StudyDisplay


class StudyResult(LongTable):
    """Simulations that differ in one thing.

    :func:`~skactive.simulation.study` returns one.

    Parameters
    ----------
    frame, picks, failures : DataFrame
        The tables of a SimulationResult, with a column ``value``.
    baseline : str
        Label of the strategy the others are compared with.
    setting : dict
        Facts to keep with the result.
    factor : str
        What is varied.
    axis_label : str
        The same in words.

    Attributes
    ----------
    values : list
        Labels of the values.
    strategies : list of str
        Those without a failure at any value.
    metrics : list of str
        Names of the scorings; methods take the first unless told otherwise.
    picks, failures : DataFrame
        As for a SimulationResult, with a column named as what is varied.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.simulation import study
    >>> result = study(GaussianNB(), *load_iris(return_X_y=True), vary="n_queries",
    ...                strategies=["random", "margin"], n_initial=10, n_queries=5,
    ...                budget=30, n_repeats=2, random_state=0)
    >>> result.values
    [5, 10, 20]
    >>> result.at(5).strategies
    ['random', 'margin']
    """

    def __init__(
        self, frame, picks, failures, *, baseline, setting, factor, axis_label
    ):
        named = {"value": factor}
        super().__init__(frame.rename(columns=named))
        self.picks = picks.rename(columns=named)
        self.failures = failures.rename(columns=named)
        self.baseline = baseline
        self.setting = setting
        self.factor = factor
        self.axis_label = axis_label

    @property
    def values(self):
        """Labels of the values."""
        return self._frame[self.factor].unique().tolist()

    @property
    def strategies(self):
        """Labels of the strategies that are compared."""
        failed = set(self.failures["strategy"])
        return [s for s in self._frame["strategy"].unique() if s not in failed]

    def at(self, value):
        """Return the simulation at one value.

        Parameters
        ----------
        value : object
            One of ``values``.

        Returns
        -------
        result : SimulationResult
        """
        if value not in self.values:
            raise ValueError(f"value={value!r} is not among {self.values}.")
        frame, picks, failures = (
            table[table[self.factor] == value].drop(columns=self.factor)
            for table in (self._frame, self.picks, self.failures)
        )
        return SimulationResult.from_frame(
            frame,
            picks.reset_index(drop=True),
            baseline=self.baseline,
            failures=failures.reset_index(drop=True),
            setting={**self.setting, self.factor: value},
        )

    def summary(self, baseline=None, *, metric=None):
        """Return one row per value and strategy, with a verdict.

        Parameters
        ----------
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        summary : DataFrame
            The rows of :meth:`SimulationResult.summary` for each value. Every value is
            compared with the baseline at that value.
        """
        import pandas as pd

        return pd.concat(
            {v: self.at(v).summary(baseline, metric=metric) for v in self.values},
            names=[self.factor],
        )

    def plot(self, ax=None, *, baseline=None, metric=None):
        """Draw the labeling efficiency over the values.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.

        Returns
        -------
        display : StudyDisplay
        """
        return StudyDisplay.from_result(self, baseline=baseline, metric=metric, ax=ax)

    def __repr__(self):
        return (
            f"StudyResult({self.factor}={self.values}, strategies={self.strategies}, "
            f"n_repeats={self._frame['repeat'].nunique()}, baseline={self.baseline!r})"
        )
