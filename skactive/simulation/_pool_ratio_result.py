"""What a study of pool ratios measured."""

from __future__ import annotations

import numpy as np

from skactive.simulation._long_table import LongTable
from skactive.simulation._metrics import area_ratios
from skactive.simulation._paired_test import paired_p_value
from skactive.simulation._pool_ratio_display import PoolRatioDisplay

BASELINE = "random"
_ALPHA = 0.05
_ROUNDING = 1e-9


class PoolRatioResult(LongTable):
    """Labeling curves of several strategies at several pool ratios.

    :func:`~skactive.simulation.pool_ratio_study` returns one.

    Parameters
    ----------
    frame : DataFrame
        The long table, with a column ``metric``.
    picks : DataFrame
        Who asked what when.
    setting : dict
        Facts to keep with the result.

    Attributes
    ----------
    strategies : list of str
        Without random choice.
    ratios : list of float
        Random choice, which runs once for all of them, has the ratio 1 in the table.
    metrics : list of str
        Names of the scorings; methods take the first unless told otherwise.
    picks : DataFrame
        ``strategy``, ``ratio``, ``repeat``, ``round`` and the inputs of the problem, in
        the order of picking; round 0 is the seed set.
    setting : dict
        What was studied, the seed included.

    Examples
    --------
    >>> from sklearn.kernel_ridge import KernelRidge
    >>> from skactive.datasets import sine
    >>> from skactive.simulation import pool_ratio_study
    >>> model = KernelRidge(kernel="rbf", gamma=3000, alpha=1e-3)
    >>> result = pool_ratio_study(sine(), model, ["gsx"], ratios=(1, 8), n_initial=10,
    ...                           n_queries=10, budget=80, random_state=0)
    >>> result.strategies, result.ratios
    (['gsx'], [1, 8])
    >>> result.nauc()["nauc"].round(2).tolist()
    [1.0, 0.8]
    """

    def __init__(self, frame, picks, *, setting):
        super().__init__(frame)
        self.picks = picks
        self.setting = setting

    @property
    def strategies(self):
        """Labels of the strategies, without random choice."""
        return [s for s in self._frame["strategy"].unique() if s != BASELINE]

    @property
    def ratios(self):
        """The pool ratios."""
        compared = self._frame[self._frame["strategy"] != BASELINE]
        return compared["ratio"].unique().tolist()

    def nauc(self, *, scale="linear", metric=None):
        """Compare each strategy with random choice, at each ratio.

        Parameters
        ----------
        scale : {'linear', 'log'}, default='linear'
            The axis of the labels.
        metric : str, default=None
            None: the first.

        Returns
        -------
        nauc : DataFrame
            A row per strategy and ratio: ``nauc``, the area under its curve divided by
            that of random choice, the mean over repeats; its ``standard_error``;
            ``p_value`` of a two-sided t test over repeats that the mean of the
            logarithm is 0; ``verdict``, one of 'better', 'worse' and 'no difference
            shown' (at 5 %); and ``better``: 'below 1' for errors, else 'above 1'.

        See Also
        --------
        SimulationResult.nauc : The same for one simulation.

        Notes
        -----
        Every cell is tested by itself. Where no strategy differs from random choice,
        one cell in twenty gets a verdict all the same.
        """
        import pandas as pd

        rows = {}
        for label in self.strategies:
            for ratio in self.ratios:
                rows[label, ratio] = _judged(
                    *self._area_ratios(label, ratio, scale, metric)
                )
        table = pd.DataFrame.from_dict(rows, orient="index")
        table.index = pd.MultiIndex.from_tuples(rows, names=["strategy", "ratio"])
        return table

    def summary(self, *, scale="linear", metric=None):
        """Return one row per strategy, over all ratios.

        Parameters
        ----------
        scale : {'linear', 'log'}, default='linear'
            The axis of the labels.
        metric : str, default=None
            None: the first.

        Returns
        -------
        summary : DataFrame
            ``n_better``, ``n_worse`` and ``n_ratios``, how many ratios have this
            verdict and how many there are; ``best_nauc`` and ``worst_nauc`` with their
            ``best_ratio`` and ``worst_ratio``; and ``better``, as in `nauc`.
        """
        import pandas as pd

        table = self.nauc(scale=scale, metric=metric)
        rows = {}
        for label in self.strategies:
            part = table.loc[label]
            less_is_better = part["better"].iloc[0] == "below 1"
            order = part["nauc"].sort_values(ascending=less_is_better)
            rows[label] = {
                "n_better": (part["verdict"] == "better").sum(),
                "n_worse": (part["verdict"] == "worse").sum(),
                "n_ratios": len(part),
                "best_nauc": order.iloc[0],
                "best_ratio": order.index[0],
                "worst_nauc": order.iloc[-1],
                "worst_ratio": order.index[-1],
                "better": part["better"].iloc[0],
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")

    def plot(self, ax=None, *, scale="linear", metric=None):
        """Draw the table of `nauc` as a heat map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.
        scale : {'linear', 'log'}, default='linear'
            The axis of the labels.
        metric : str, default=None
            None: the first.

        Returns
        -------
        display : PoolRatioDisplay
        """
        return PoolRatioDisplay.from_result(self, scale=scale, metric=metric, ax=ax)

    def __repr__(self):
        return (
            f"PoolRatioResult(problem={self.setting['problem']!r}, "
            f"strategies={self.strategies}, ratios={self.ratios}, "
            f"n_repeats={self._frame['repeat'].nunique()})"
        )

    def _area_ratios(self, label, ratio, scale, metric):
        frame = self._of_metric(metric)
        chosen = (frame["strategy"] == label) & (frame["ratio"] == ratio)
        chosen |= frame["strategy"] == BASELINE
        ratios, less_is_better = area_ratios(frame[chosen], BASELINE, scale=scale)
        return ratios[label], less_is_better


def _judged(ratios, less_is_better):
    """One row of the table; `ratios` are those of the repeats."""
    n = len(ratios)
    with np.errstate(divide="ignore"):  # no error at all is log 0; it has no verdict
        logs = np.log(ratios)
    # Sums in another order are no difference, however alike the repeats are.
    logs[np.abs(logs) < _ROUNDING] = 0
    p_value = paired_p_value(logs)
    verdict = "no difference shown"
    if p_value < _ALPHA:
        verdict = "better" if (logs.mean() < 0) == less_is_better else "worse"
    return {
        "nauc": ratios.mean(),
        "standard_error": ratios.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan,
        "p_value": p_value,
        "verdict": verdict,
        "better": "below 1" if less_is_better else "above 1",
    }
