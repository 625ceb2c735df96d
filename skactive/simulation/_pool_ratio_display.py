"""Strategies against pool ratios, as a heat map."""

from __future__ import annotations

import numpy as np

from skactive.simulation._display import _pyplot, literal

# Blue and orange are told apart with every common color vision deficiency; in grey the
# numbers and the marks say the same.
_BETTER, _SAME, _WORSE = "#2166ac", "#ffffff", "#e08214"
_MARKS = {"better": "▲", "worse": "▼", "no difference shown": ""}
# Ends of the color scale: the largest distance from 1, within these.
_LEAST, _MOST = np.log(1.1), np.log(2)


class PoolRatioDisplay:
    """Normalized area under the curve of each strategy at each pool ratio.

    Blue is better than random choice, orange is worse, white is 1. A triangle marks the
    cells with a verdict: up for better, down for worse. Make one with
    :meth:`from_result`.

    Parameters
    ----------
    nauc : DataFrame
        As from ``PoolRatioResult.nauc``.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    im_ : matplotlib AxesImage
    texts_ : ndarray of matplotlib Text, of shape (n_strategies, n_ratios)

    Examples
    --------
    >>> import pandas as pd
    >>> from skactive.simulation import PoolRatioDisplay
    >>> nauc = pd.DataFrame({"nauc": [0.8, 1.3], "better": "below 1",
    ...                      "verdict": ["better", "no difference shown"]})
    >>> nauc.index = pd.MultiIndex.from_tuples([("gsx", 2), ("gsx", 8)])
    >>> [text.get_text() for text in PoolRatioDisplay(nauc=nauc).plot().texts_.flat]
    ['0.80 ▲', '1.30']
    """

    def __init__(self, *, nauc):
        self.nauc = nauc

    @classmethod
    def from_result(cls, result, *, scale="linear", metric=None, ax=None):
        """Draw the result of a study.

        Parameters
        ----------
        result : PoolRatioResult
            What was measured.
        scale : {'linear', 'log'}, default='linear'
            The axis of the labels.
        metric : str, default=None
            None: the first.
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : PoolRatioDisplay
            With the axes, the figure, the image and the texts.
        """
        return cls(nauc=result.nauc(scale=scale, metric=metric)).plot(ax)

    def plot(self, ax=None):
        """Draw the heat map.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.

        Returns
        -------
        display : PoolRatioDisplay
            With the axes, the figure, the image and the texts.
        """
        plt = _pyplot("PoolRatioDisplay")
        from matplotlib.colors import LinearSegmentedColormap

        strategies, ratios = (self.nauc.index.unique(level) for level in (0, 1))
        if ax is None:
            size = (2.5 + 0.9 * len(ratios), 1.4 + 0.4 * len(strategies))
            ax = plt.subplots(figsize=size, layout="constrained")[1]
        shape = len(strategies), len(ratios)
        nauc = self.nauc["nauc"].to_numpy().reshape(shape)
        verdicts = self.nauc["verdict"].to_numpy().reshape(shape)
        better = self.nauc["better"].iloc[0]
        with np.errstate(divide="ignore"):  # an nAUC of 0 is as blue as can be
            worth = np.log(nauc) * (-1 if better == "below 1" else 1)
        limit = np.clip(np.abs(worth).max(), _LEAST, _MOST)
        colors = LinearSegmentedColormap.from_list("nauc", [_WORSE, _SAME, _BETTER])
        self.im_ = ax.imshow(worth, colors, vmin=-limit, vmax=limit, aspect="auto")
        self.texts_ = np.empty(shape, dtype=object)
        for (i, j), value in np.ndenumerate(nauc):
            verdict = verdicts[i, j]
            self.texts_[i, j] = ax.text(
                j,
                i,
                f"{value:.2f} {_MARKS[verdict]}".rstrip(),
                ha="center",
                va="center",
                color="white" if _is_dark(self.im_, worth[i, j]) else "black",
                weight="bold" if _MARKS[verdict] else "normal",
            )
        ax.set(
            xticks=range(len(ratios)),
            xticklabels=[f"{ratio:g}" for ratio in ratios],
            yticks=range(len(strategies)),
            yticklabels=map(literal, strategies),
            xlabel="pool ratio\n▲ better, ▼ worse than random choice (t test, 5 %)",
            title=f"nAUC, {better} is better",
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _is_dark(image, value):
    """Whether white is read more easily than black on the color of a value."""
    color = np.array(image.to_rgba(value)[:3])
    return color**2.2 @ [0.2126, 0.7152, 0.0722] < 0.18  # relative luminance
