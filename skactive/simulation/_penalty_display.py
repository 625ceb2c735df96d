"""Who beats whom, as a heat map."""

from __future__ import annotations

import numpy as np

from skactive.simulation._display import _pyplot, literal
from skactive.simulation._penalties import MEAN
from skactive.simulation._pool_ratio_display import _is_dark


class PenaltyMatrixDisplay:
    """Share of rounds in which the strategy of the row beats that of the column.

    Strategies are sorted, the least beaten first; the row below the line is how often a
    strategy is beaten on average. Darker is more. Make one with :meth:`from_result`.

    Parameters
    ----------
    matrix : DataFrame
        As from ``SimulationResult.penalty_matrix``, or a sum of such.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    im_ : matplotlib AxesImage
    texts_ : ndarray of matplotlib Text, of shape (n_strategies + 1, n_strategies)
        The diagonal, where nobody can win, has empty ones.

    Examples
    --------
    >>> import pandas as pd
    >>> from skactive.simulation import PenaltyMatrixDisplay
    >>> matrix = pd.DataFrame([[0, 0.1], [0.8, 0], [0.4, 0.05]],
    ...                       index=["random", "margin", "column mean"],
    ...                       columns=["random", "margin"])
    >>> display = PenaltyMatrixDisplay(matrix=matrix).plot()
    >>> [text.get_text() for text in display.texts_.flat]
    ['', '0.80', '0.10', '', '0.05', '0.40']
    """

    def __init__(self, *, matrix):
        self.matrix = matrix

    @classmethod
    def from_result(cls, result, *, metric=None, correction=None, ax=None):
        """Draw the matrix of a simulation.

        Parameters
        ----------
        result : SimulationResult
            What was simulated.
        metric : str, default=None
            None: the first.
        correction : {'holm'} or None, default=None
            For the number of tests.
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : PenaltyMatrixDisplay
            With the axes, the figure, the image and the texts.
        """
        matrix = result.penalty_matrix(metric, correction=correction)
        return cls(matrix=matrix).plot(ax)

    def plot(self, ax=None):
        """Draw the heat map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : PenaltyMatrixDisplay
            With the axes, the figure, the image and the texts.
        """
        plt = _pyplot("PenaltyMatrixDisplay")
        order = self.matrix.loc[MEAN].sort_values(kind="stable").index
        values = self.matrix.loc[[*order, MEAN], order].to_numpy()
        n, names = len(order), [literal(label) for label in order]
        if ax is None:
            size = (2.6 + 0.75 * n, 1.8 + 0.5 * n)
            ax = plt.subplots(figsize=size, layout="constrained")[1]
        # One data set has cells of at most 1, a sum of several more.
        self.im_ = ax.imshow(
            values, "Blues", vmin=0, vmax=max(1, values.max()), aspect="auto"
        )
        self.texts_ = np.empty(values.shape, dtype=object)
        for (i, j), value in np.ndenumerate(values):
            self.texts_[i, j] = ax.text(
                j,
                i,
                "" if i == j else f"{value:.2f}",
                ha="center",
                va="center",
                color="white" if _is_dark(self.im_, value) else "black",
            )
        ax.axhline(n - 0.5, color="black", linewidth=1.5)
        ax.set(
            xticks=range(n),
            xticklabels=names,
            yticks=range(n + 1),
            yticklabels=[*names, "beaten, mean"],
            xlabel="penalized",
            ylabel="better",
            title="Rounds in which the row\nbeats the column",
        )
        ax.set_xticks(range(n), names, rotation=30, ha="right", rotation_mode="anchor")
        self.ax_, self.figure_ = ax, ax.figure
        return self
