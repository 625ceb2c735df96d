"""Labeling curves as a plot."""

from __future__ import annotations

import numpy as np

from skactive.simulation._metrics import paired_curves

# Okabe and Ito's palette, told apart with every common color vision deficiency.
_COLORS = (
    "#000000",
    "#E69F00",
    "#0072B2",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
_LINE_STYLES = ("-", "--", ":", "-.")
_BANDS = {
    "std": lambda scores: _around_mean(scores, scores.std(axis=0, ddof=1)),
    "sem": lambda scores: _around_mean(
        scores, scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
    ),
    "range": lambda scores: (scores.min(axis=0), scores.max(axis=0)),
}


class LabelingCurveDisplay:
    """Mean score against labels spent, one line per strategy.

    Make one with :meth:`from_result`.

    Parameters
    ----------
    n_labeled : ndarray of shape (n_repeats, n_rounds)
        Labels held after each round.
    scores : dict of str -> ndarray of shape (n_repeats, n_rounds)
        The scores of each strategy.
    score_name : str, default="score"
        Label of the y axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of matplotlib Line2D
        One per strategy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import simulate
    >>> from skactive.simulation import LabelingCurveDisplay
    >>> result = simulate(GaussianNB(), *load_iris(return_X_y=True), random_state=0,
    ...                   strategies=["random"], n_initial=9, n_queries=9, budget=27)
    >>> display = LabelingCurveDisplay.from_result(result, band="sem")
    >>> display.lines_[0].get_xdata().tolist()
    [9.0, 18.0, 27.0]
    """

    def __init__(self, *, n_labeled, scores, score_name="score"):
        self.n_labeled = n_labeled
        self.scores = scores
        self.score_name = score_name

    @classmethod
    def from_result(
        cls, result, *, metric=None, strategies=None, ax=None, band="std", **line_kwargs
    ):
        """Plot the curves of a simulation.

        Parameters
        ----------
        result : SimulationResult
            What was simulated.
        metric : str, default=None
            None: the first.
        strategies : list of str, default=None
            Which to draw. None: all.
        ax : matplotlib Axes, default=None
            None: a new figure.
        band : {'std', 'sem', 'range'} or None, default='std'
            What the shaded band shows over the repeats: standard deviation, standard
            error of the mean, least and greatest, or no band.
        **line_kwargs : dict
            Passed on to ``Axes.plot``.

        Returns
        -------
        display : LabelingCurveDisplay
            With the axes, the figure and the lines drawn.
        """
        metric = result.metrics[0] if metric is None else metric
        curves = paired_curves(result._table(metric))
        labels = result.strategies if strategies is None else strategies
        unknown = [label for label in labels if label not in curves.scores]
        if unknown:
            raise ValueError(f"strategies={unknown} are not among {result.strategies}.")
        scores = {label: curves.scores[label] for label in labels}
        display = cls(n_labeled=curves.n_labeled, scores=scores, score_name=metric)
        return display.plot(ax, band=band, **line_kwargs)

    def plot(self, ax=None, *, band="std", **line_kwargs):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None: a new figure.
        band : {'std', 'sem', 'range'} or None, default='std'
            What the shaded band shows over the repeats; a single repeat has none.
        **line_kwargs : dict
            Passed on to ``Axes.plot``.

        Returns
        -------
        display : LabelingCurveDisplay
            With the axes, the figure and the lines drawn.
        """
        if band is not None and band not in _BANDS:
            raise ValueError(f"band={band!r}; use one of {[*_BANDS, None]}.")
        if ax is None:
            ax = _pyplot("LabelingCurveDisplay").subplots()[1]
        x = self.n_labeled.mean(axis=0)
        self.lines_ = []
        for i, (label, scores) in enumerate(self.scores.items()):
            style = {
                "color": _COLORS[i % len(_COLORS)],
                "linestyle": _LINE_STYLES[i // len(_COLORS) % len(_LINE_STYLES)],
                "marker": "o",
                "markersize": 3,
                "label": label,
                **line_kwargs,
            }
            (line,) = ax.plot(x, scores.mean(axis=0), **style)
            self.lines_.append(line)
            if band is not None and len(scores) > 1:
                low, high = _BANDS[band](scores)
                ax.fill_between(
                    x, low, high, color=line.get_color(), alpha=0.15, linewidth=0
                )
        ax.set(xlabel="labeled samples", ylabel=self.score_name)
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _around_mean(scores, width):
    mean = scores.mean(axis=0)
    return mean - width, mean + width


def _pyplot(name):
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{name} needs matplotlib; install it with pip install 'skactive[plot]'."
        ) from error
    return plt
