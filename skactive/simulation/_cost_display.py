"""Seconds of query and training, as bars."""

from __future__ import annotations

from skactive.simulation._display import _pyplot, literal

# Dark and light, told apart in grey too.
_BARS = {
    "query_time": ("query", "#0072B2"),
    "fit_time": ("training", "#E8C37A"),
}


class CostDisplay:
    """Seconds that each strategy spends in a round, on its query and on training.

    Beside each bar stands its length divided by the baseline's. Make one with
    :meth:`from_result`.

    Parameters
    ----------
    cost : DataFrame
        As from ``SimulationResult.normalized_cost``.
    baseline : str
        Label of the strategy with cost 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    bars_ : list of matplotlib BarContainer
        Query, then training.
    texts_ : list of matplotlib Text
        One per strategy.

    Examples
    --------
    >>> import pandas as pd
    >>> from skactive.simulation import CostDisplay
    >>> cost = pd.DataFrame({"query_time": [0.0, 2.0], "fit_time": 1.0,
    ...                      "cost": [1.0, 3.0]}, index=["random", "mine"])
    >>> display = CostDisplay(cost=cost, baseline="random").plot()
    >>> [text.get_text() for text in display.texts_]
    ['1×', '3×']
    """

    def __init__(self, *, cost, baseline):
        self.cost = cost
        self.baseline = baseline

    @classmethod
    def from_result(cls, result, *, baseline=None, ax=None):
        """Draw the costs of a simulation.

        Parameters
        ----------
        result : SimulationResult
            What was simulated, with its times.
        baseline : str, default=None
            None: the result's own.
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : CostDisplay
            With the axes, the figure, the bars and the texts.
        """
        baseline = result.baseline if baseline is None else baseline
        return cls(cost=result.normalized_cost(baseline), baseline=baseline).plot(ax)

    def plot(self, ax=None):
        """Draw the bars, the cheapest strategy at the top.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : CostDisplay
            With the axes, the figure, the bars and the texts.
        """
        plt = _pyplot("CostDisplay")
        times = list(_BARS)
        seconds = self.cost[times].sum(axis=1).sort_values(kind="stable")
        rows = self.cost.loc[seconds.index]
        if ax is None:
            size = (6.4, 1.5 + 0.38 * len(rows))
            ax = plt.subplots(figsize=size, layout="constrained")[1]
        self.bars_, start = [], 0.0
        for name, (label, color) in _BARS.items():
            bars = ax.barh(
                range(len(rows)),
                rows[name],
                left=start,
                label=label,
                color=color,
                edgecolor="black",
                linewidth=0.5,
            )
            self.bars_.append(bars)
            start = start + rows[name].to_numpy()
        self.texts_ = ax.bar_label(
            self.bars_[-1], [f"{cost:.3g}×" for cost in rows["cost"]], padding=4
        )
        ax.margins(x=0.12)
        ax.set(
            yticks=range(len(rows)),
            yticklabels=map(literal, rows.index),
            ylim=(len(rows) - 0.5, -0.5),
            xlim=(0, None),
            xlabel=literal(f"seconds per round (×: of {self.baseline!r})"),
        )
        # Above the axes: the bars may be anywhere within.
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
