"""Labeling efficiencies with their intervals, as a plot."""

from __future__ import annotations

import numpy as np

from skactive.simulation._display import _pyplot, literal

_COLORS = {
    "fewer labels": "#0072B2",
    "worse": "#D55E00",
    "no difference shown": "#555555",
}
_MARKERS = {"fewer labels": "o", "worse": "s", "no difference shown": "o"}
# How far the axis reaches at least, to both sides of 1.
_REACH = 1.25
_ROOM = 1.15


class EfficiencyDisplay:
    """Labeling efficiency of each strategy, with its 95 % interval.

    The axis is logarithmic, so that half and double are as far from 1. A filled circle
    has the verdict 'fewer labels', a filled square 'worse', a hollow circle neither. An
    arrow points below anything seen: the strategy may need more labels than the budget
    to reach the baseline's final score. Make one with :meth:`from_result`.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    texts_ : list of matplotlib Text
        The efficiency of each strategy but the baseline, '< 1' where it is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> from skactive import SimulationResult
    >>> from skactive.simulation import EfficiencyDisplay
    >>> frame = pd.DataFrame({"strategy": ["random"] * 3 + ["mine"] * 3, "repeat": 0,
    ...                       "round": [0, 1, 2] * 2, "n_labeled": [10, 20, 40] * 2,
    ...                       "score": [50, 60, 70, 50, 70, 72]})
    >>> display = EfficiencyDisplay.from_result(SimulationResult.from_frame(frame))
    >>> [text.get_text() for text in display.texts_]
    ['2.00']
    """

    def __init__(self, *, summary):
        self.summary = summary

    @classmethod
    def from_result(cls, result, *, baseline=None, metric=None, ax=None):
        """Draw the efficiencies of a simulation.

        Parameters
        ----------
        result : SimulationResult
            What was simulated.
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : EfficiencyDisplay
            With the axes, the figure and the texts.
        """
        return cls(summary=result.summary(baseline, metric=metric)).plot(ax)

    def plot(self, ax=None):
        """Draw the efficiencies, the largest at the top.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : EfficiencyDisplay
            With the axes, the figure and the texts.
        """
        plt = _pyplot("EfficiencyDisplay")
        from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

        is_baseline = self.summary["verdict"] == "baseline"
        baseline = self.summary.index[is_baseline][0]
        # Censored ones, which are NaN, come last.
        rows = self.summary[~is_baseline].sort_values("efficiency", ascending=False)
        if ax is None:
            size = (6.4, 1.4 + 0.42 * max(1, len(rows)))
            ax = plt.subplots(figsize=size, layout="constrained")[1]
        left, right = _limits(rows)
        ax.set_xscale("log")
        ax.axvline(1, color="black", linewidth=1)
        self.texts_ = [
            _draw_row(ax, height, row, left if arrow else None)
            for height, (row, arrow) in enumerate(
                zip(rows.itertuples(), _has_arrow(rows), strict=True)
            )
        ]
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        notes = [f"labeling efficiency (1: as many labels as {baseline!r})"]
        if (rows["verdict"] == "no difference shown").any():
            notes.append("hollow: no difference shown")
        if _has_arrow(rows).any():
            notes.append("arrow: may need more labels than the budget")
        ax.set(
            xlim=(left, right),
            ylim=(len(rows) - 0.4, -0.6),
            yticks=range(len(rows)),
            yticklabels=map(literal, rows.index),
            xlabel=literal("\n".join(notes)),
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _limits(rows):
    seen = rows[["efficiency", "efficiency_low", "efficiency_high"]].to_numpy()
    # NaN: censored, or a single repeat; 0: below anything seen.
    seen = seen[seen > 0]
    low = min(1 / _REACH, seen.min(initial=1) / _ROOM)
    return low, max(_REACH, seen.max(initial=1) * _ROOM)


def _has_arrow(rows):
    return rows["efficiency"].isna() | (rows["efficiency_low"] == 0)


def _draw_row(ax, height, row, arrow):
    """Draw one strategy; `arrow` is where the arrow goes, or None."""
    color, marker = _COLORS[row.verdict], _MARKERS[row.verdict]
    style = {
        "color": color,
        "markerfacecolor": "white" if row.verdict == "no difference shown" else color,
        "markeredgewidth": 1.5,
        "zorder": 3,
    }
    censored = np.isnan(row.efficiency)
    low, high = row.efficiency_low, row.efficiency_high
    if arrow is not None:
        low = arrow
        ax.plot(arrow, height, "<", markersize=9, clip_on=False, **style)
    if low < high:
        ax.plot(
            (low, high), [height] * 2, color=color, linewidth=2, solid_capstyle="butt"
        )
    if not censored:
        ax.plot(row.efficiency, height, marker, markersize=7, **style)
    return ax.annotate(
        "< 1" if censored else f"{row.efficiency:.2f}",
        (arrow if censored else row.efficiency, height),
        xytext=(8 if censored else 0, 5),
        textcoords="offset points",
        ha="left" if censored else "center",
        va="bottom",
        fontsize="small",
    )
