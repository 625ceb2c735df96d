"""Labeling efficiency over the values of a study, as a plot."""

from __future__ import annotations

import numpy as np

from skactive.simulation._display import _COLORS, _MARKERS, _pyplot, literal

_DODGE = 0.08  # between strategies, in steps from value to value
_ROOM = 1.3


class StudyDisplay:
    """Labeling efficiency of each strategy at each value, with its 95 % interval.

    The axis is logarithmic, so that half and double are as far from 1. Filled markers
    have a verdict, 'fewer labels' above 1 and 'worse' below; hollow ones have none. A
    marker at the bottom with an arrow stands for a strategy that never reaches the
    baseline's final score; it is filled or hollow likewise. Make one with
    :meth:`from_result`.

    Parameters
    ----------
    summary : DataFrame
        As from ``StudyResult.summary``.
    axis_label : str
        What is varied.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : dict of label -> matplotlib Line2D
        The line of each strategy but the baseline.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.simulation import StudyDisplay, study
    >>> result = study(GaussianNB(), *load_iris(return_X_y=True), vary="n_queries",
    ...                strategies=["random", "margin"], n_initial=10, n_queries=5,
    ...                budget=30, n_repeats=2, random_state=0)
    >>> display = StudyDisplay.from_result(result)
    >>> list(display.lines_)
    ['margin']
    """

    def __init__(self, *, summary, axis_label):
        self.summary = summary
        self.axis_label = axis_label

    @classmethod
    def from_result(cls, result, *, baseline=None, metric=None, ax=None):
        """Draw the efficiencies of a study.

        Parameters
        ----------
        result : StudyResult
            What was studied.
        baseline : str, default=None
            None: the result's own.
        metric : str, default=None
            None: the first.
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : StudyDisplay
            With the axes, the figure and the lines.
        """
        summary = result.summary(baseline, metric=metric)
        return cls(summary=summary, axis_label=result.axis_label).plot(ax)

    def plot(self, ax=None):
        """Draw a line per strategy; the values stand side by side, in their order.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : StudyDisplay
            With the axes, the figure and the lines.
        """
        plt = _pyplot("StudyDisplay")
        from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

        if ax is None:
            ax = plt.subplots(figsize=(6.4, 4), layout="constrained")[1]
        values = self.summary.index.unique(0)
        is_baseline = self.summary["verdict"] == "baseline"
        baseline = self.summary.index[is_baseline][0][1]
        rows = self.summary[~is_baseline]
        labels = rows.index.unique(1)
        bottom, top = _limits(rows)
        ax.set_yscale("log")
        ax.axhline(1, color="black", linewidth=1)
        self.lines_ = {
            label: _draw_strategy(
                ax,
                rows.xs(label, level=1).reindex(values),
                (i - (len(labels) - 1) / 2) * _DODGE,
                bottom,
                color=_COLORS[(i + 1) % len(_COLORS)],  # black is for the baseline
                marker=_MARKERS[i % len(_MARKERS)],
                label=literal(label),
            )
            for i, label in enumerate(labels)
        }
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
        note = "hollow: no difference shown"
        if rows["efficiency"].isna().any():
            note += f";\narrow: never reaches the final score of {baseline!r}"
        ax.set(
            xlim=(-0.5, len(values) - 0.5),
            ylim=(bottom, top),
            xticks=range(len(values)),
            xticklabels=map(literal, values),
            xlabel=literal(f"{self.axis_label}\n({note})"),
            ylabel=literal(f"labeling efficiency\n(1: as many labels as {baseline!r})"),
        )
        ax.legend(frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _limits(rows):
    seen = rows[["efficiency", "efficiency_low", "efficiency_high"]].to_numpy()
    seen = seen[np.isfinite(seen) & (seen > 0)]
    return min(1, seen.min(initial=1)) / _ROOM, max(1, seen.max(initial=1)) * _ROOM


def _draw_strategy(ax, rows, shift, bottom, *, color, marker, label):
    """Draw the line, the intervals and the markers of one strategy."""
    x = np.arange(len(rows)) + shift
    y = rows["efficiency"].to_numpy()
    (line,) = ax.plot(x, y, color=color, linewidth=1.2, marker=marker, label=label)
    line.set(markersize=7, markerfacecolor="white", markeredgewidth=1.5, zorder=3)
    low = rows["efficiency_low"].fillna(0).clip(lower=bottom)
    high = rows["efficiency_high"]
    ax.vlines(x, low, high, color=color, linewidth=2, alpha=0.6)
    judged = rows["verdict"].isin(["fewer labels", "worse"]).to_numpy()
    style = {"color": color, "marker": marker, "linestyle": "none", "markersize": 7}
    ax.plot(x[judged], y[judged], zorder=4, **style)
    censored = np.isnan(y) & rows["verdict"].notna().to_numpy()  # and not failed
    style.update(marker="v", clip_on=False)
    for some, face in ((judged, color), (~judged, "white")):
        if (censored & some).any():
            low = np.full((censored & some).sum(), bottom)
            ax.plot(x[censored & some], low, markerfacecolor=face, **style)
    return line
