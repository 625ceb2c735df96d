"""Labeling curves as a plot."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression

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
# In grey, and beyond the palette, these tell the lines apart.
_LINE_STYLES = ("-", "--", "-.", ":")
_MARKERS = "os^DvPX*"
# Labels beside the lines take at most this share of the width.
_MOST_ROOM = 0.35
_GAP = 6  # points between a line's end and its label
_BANDS = {
    "std": lambda scores: _around_mean(scores, scores.std(axis=0, ddof=1)),
    "sem": lambda scores: _around_mean(
        scores, scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
    ),
    "range": lambda scores: (scores.min(axis=0), scores.max(axis=0)),
}


class LabelingCurveDisplay:
    """Mean score against labels spent, one line per strategy.

    The strategies are named at the ends of their lines, or in a legend where the names
    do not fit there. Make one with :meth:`from_result`.

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
    texts_ : list of matplotlib Text
        The names at the ends of the lines; empty if there is a legend.

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
            ax = _pyplot("LabelingCurveDisplay").subplots(layout="constrained")[1]
        x = self.n_labeled.mean(axis=0)
        # Many bands on top of each other hide the lines.
        alpha = 0.15 if len(self.scores) <= 4 else 0.08
        self.lines_ = []
        for i, (label, scores) in enumerate(self.scores.items()):
            style = {
                "color": _COLORS[i % len(_COLORS)],
                "linestyle": _LINE_STYLES[(i + i // len(_COLORS)) % len(_LINE_STYLES)],
                "marker": _MARKERS[i % len(_MARKERS)],
                "markersize": 4.5,
                "label": literal(label),
                **line_kwargs,
            }
            (line,) = ax.plot(x, scores.mean(axis=0), **style)
            self.lines_.append(line)
            if band is not None and len(scores) > 1:
                low, high = _BANDS[band](scores)
                ax.fill_between(
                    x, low, high, color=line.get_color(), alpha=alpha, linewidth=0
                )
        ax.set(xlabel="labeled samples", ylabel=literal(self.score_name))
        self.texts_ = _name_lines(ax, self.lines_)
        if not self.texts_:
            ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _name_lines(ax, lines):
    """Write the labels of lines beside their right ends, if there is room."""
    ends = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in lines]
    probes = [
        ax.text(*end, line.get_label()) for end, line in zip(ends, lines, strict=True)
    ]
    ax.figure.draw_without_rendering()  # the layout decides how much room there is
    boxes = [probe.get_window_extent() for probe in probes]
    for probe in probes:
        probe.remove()
    dots = ax.figure.dpi / 72  # per point
    width = max(box.width for box in boxes) + 2 * _GAP * dots
    height = max(box.height for box in boxes)
    if width > _MOST_ROOM * ax.bbox.width or height * len(lines) > ax.bbox.height:
        return []
    _widen(ax, width / ax.bbox.width)
    places = ax.transData.transform(ends)[:, 1]
    moves = _spread(places, height, *ax.bbox.intervaly) - places
    return [
        ax.annotate(
            line.get_label(),
            end,
            (_GAP, move / dots),
            textcoords="offset points",
            va="center",
            # A hair line leads to a name that had to move.
            arrowprops={
                "arrowstyle": "-",
                "color": line.get_color(),
                "linewidth": 0.8 if abs(move) > height / 4 else 0,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )
        for line, end, move in zip(lines, ends, moves, strict=True)
    ]


def _widen(ax, share):
    """Move the right limit, so that the axes end with so much room, of any scale."""
    scale = ax.xaxis.get_transform()
    left, right = scale.transform(ax.get_xlim())
    right += (right - left) * share / (1 - share)
    ax.set_xlim(right=scale.inverted().transform(right))


def _spread(places, height, low, high):
    """Nearest places that are at least a height apart."""
    order = np.argsort(places, kind="stable")
    steps = height * np.arange(len(places))
    apart = isotonic_regression(places[order] - steps).x + steps
    apart += max(0, low + height / 2 - apart[0])
    apart -= max(0, apart[-1] - high + height / 2)
    spread = np.empty(len(places))
    spread[order] = apart
    return spread


def _around_mean(scores, width):
    mean = scores.mean(axis=0)
    return mean - width, mean + width


def literal(label):
    """Text of a label in a figure, where dollar signs would begin a formula."""
    return str(label).replace("$", r"\$")


def _pyplot(name):
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{name} needs matplotlib; install it with pip install 'skactive[plot]'."
        ) from error
    return plt
