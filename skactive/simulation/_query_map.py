"""Which samples were asked when, in two dimensions."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA
from sklearn.utils import check_array

from skactive.simulation._display import _pyplot, literal

_POOL = "0.85"
# Of the map "viridis", whose lightness rises evenly: without its light end, which is
# hard to see on white.
_SHADES = 0.0, 0.85
# So much area, in square points, the picks of a panel take together at most.
_CROWD = 4000


class QueryMapDisplay:
    """Where the samples lie that each strategy asked for, colored by round.

    Dark is early and light is late, in grey too; hollow squares are the seed set, light
    grey dots are all samples. One panel per strategy. Make one with
    :meth:`from_result`.

    Parameters
    ----------
    picks : dict of str -> (places, rounds)
        Of each strategy: arrays of shape (n_picks, 2) and (n_picks,).
    samples : ndarray of shape (n_samples, 2), default=None
        All samples. None: they are not drawn.
    axis_names : sequence of str, default=("feature 0", "feature 1")
        Labels of the axes.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, of shape (n_strategies,)
    figure_ : matplotlib Figure
    scatters_ : list of matplotlib PathCollection
        The samples asked after the seed set, one per strategy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import simulate
    >>> from skactive.simulation import QueryMapDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> result = simulate(GaussianNB(), X, y, strategies=["random", "margin"],
    ...                   n_initial=10, n_queries=10, budget=40, random_state=0)
    >>> display = QueryMapDisplay.from_result(result, X)
    >>> len(display.scatters_[1].get_offsets())
    30
    """

    def __init__(self, *, picks, samples=None, axis_names=("feature 0", "feature 1")):
        self.picks = picks
        self.samples = samples
        self.axis_names = axis_names

    @classmethod
    def from_result(cls, result, X=None, *, strategies=None, repeat=0, ax=None):
        """Draw the picks of one repeat of a simulation.

        Parameters
        ----------
        result : SimulationResult
            With ``picks``.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            All samples of the simulation, in their order. More than two columns are
            projected on their first two principal components. None: for a Problem,
            whose picks are places themselves.
        strategies : list of str, default=None
            Which to draw. None: all.
        repeat : int, default=0
            Which repeat.
        ax : matplotlib Axes, or sequence of one per strategy, default=None
            None: a new figure.

        Returns
        -------
        display : QueryMapDisplay
            With the axes, the figure and the scatter plots.

        Raises
        ------
        ValueError
            If the result has no picks, X does not fit them, or a name is unknown.
        """
        picks = result.picks
        if picks is None:
            raise ValueError("The result has no picks; simulate() returns them.")
        labels = result.strategies if strategies is None else list(strategies)
        if not labels:
            raise ValueError(
                f"strategies={strategies!r} names nothing to draw; pass some of "
                f"{result.strategies}, or None for all."
            )
        unknown = [label for label in labels if label not in result.strategies]
        if unknown:
            raise ValueError(f"strategies={unknown} are not among {result.strategies}.")
        repeats = sorted(picks["repeat"].unique().tolist())
        if repeat not in repeats:
            raise ValueError(f"repeat={repeat!r} is not among {repeats}.")
        places, samples, axis_names = _places(picks, X)
        chosen = {
            label: ((picks["strategy"] == label) & (picks["repeat"] == repeat))
            for label in labels
        }
        rounds = picks["round"].to_numpy()
        drawn = {label: (places[mask], rounds[mask]) for label, mask in chosen.items()}
        return cls(picks=drawn, samples=samples, axis_names=axis_names).plot(ax)

    def plot(self, ax=None):
        """Draw the panels.

        Parameters
        ----------
        ax : matplotlib Axes, or sequence of one per strategy, default=None
            None: a new figure.

        Returns
        -------
        display : QueryMapDisplay
            With the axes, the figure and the scatter plots.
        """
        plt = _pyplot("QueryMapDisplay")
        from matplotlib.ticker import MaxNLocator

        x_name, y_name = map(literal, self.axis_names)
        n_panels = len(self.picks)
        if ax is None:
            n_columns = min(3, n_panels)
            n_rows = -(-n_panels // n_columns)
            figure, ax = plt.subplots(
                n_rows,
                n_columns,
                figsize=(1.2 + 3 * n_columns, 0.6 + 2.8 * n_rows),
                layout="constrained",
                sharex=True,
                sharey=True,
                squeeze=False,
            )
            ax = ax.ravel()
            for unused in ax[n_panels:]:
                unused.remove()
            ax = ax[:n_panels]
            figure.supxlabel(x_name, fontsize="medium")
            figure.supylabel(y_name, fontsize="medium")
        else:
            for panel in np.atleast_1d(np.asarray(ax, dtype=object)):
                panel.set(xlabel=x_name, ylabel=y_name)
        self.axes_ = np.atleast_1d(np.asarray(ax, dtype=object))
        if len(self.axes_) != n_panels:
            raise ValueError(
                f"ax has {len(self.axes_)} axes, but there are {n_panels} strategies."
            )
        last = max(rounds.max() for _, rounds in self.picks.values())
        colors = _colors_of_rounds(plt, max(1, last))
        self.scatters_ = [
            self._draw_panel(panel, label, *drawn, *colors)
            for panel, (label, drawn) in zip(
                self.axes_, self.picks.items(), strict=True
            )
        ]
        self.figure_ = self.axes_[0].figure
        self.figure_.colorbar(
            self.scatters_[0],
            ax=list(self.axes_),
            label="round (hollow: the seed set)",
            ticks=MaxNLocator(6, integer=True),
        )
        return self

    def _draw_panel(self, ax, label, places, rounds, cmap, norm):
        if self.samples is not None:
            ax.scatter(*self.samples.T, s=6, color=_POOL, linewidths=0, zorder=1)
        ax.scatter(
            *places[rounds == 0].T,
            s=22,
            marker="s",
            facecolors="none",
            edgecolors="black",
            linewidths=0.9,
            zorder=2,
        )
        asked = rounds > 0
        ax.set(title=literal(label))
        return ax.scatter(
            *places[asked].T,
            c=rounds[asked],
            s=np.clip(_CROWD / max(1, asked.sum()), 8, 24),
            cmap=cmap,
            norm=norm,
            edgecolors="black",
            linewidths=0.4,
            zorder=3,
        )


def _places(picks, X):
    """Places of all picks, those of all samples or None, and what the axes mean."""
    if "row" not in picks:
        inputs = picks.drop(columns=["strategy", "repeat", "round"])
        names = [str(name) for name in inputs.columns]
        places, names = _flat(inputs.to_numpy(dtype=float), names)
        return places, None, names
    if X is None:
        raise ValueError("X=None; the picks name rows, so pass all samples as X.")
    names = [str(name) for name in getattr(X, "columns", ())]
    X = check_array(X, accept_sparse="csr", dtype=[np.float64, np.float32])
    rows = picks["row"].to_numpy()
    if rows.max() >= X.shape[0]:
        raise ValueError(
            f"picks names row {rows.max()}, but X has {X.shape[0]} rows; pass all "
            "samples of the simulation, in their order."
        )
    samples, names = _flat(X, names or [f"feature {i}" for i in range(X.shape[1])])
    return samples[rows], samples, names


def _flat(X, names):
    """Two columns, and their names."""
    if X.shape[1] == 1:
        raise ValueError("There is one feature; a map takes two or more.")
    if X.shape[1] == 2:
        return np.asarray(X.todense()) if hasattr(X, "todense") else X, names
    pca = PCA(2, svd_solver="arpack" if hasattr(X, "todense") else "auto")
    pca.set_params(random_state=0)
    shares = pca.fit(X).explained_variance_ratio_
    return pca.transform(X), [
        f"principal component {i + 1} ({share:.0%} of the variance)"
        for i, share in enumerate(shares)
    ]


def _colors_of_rounds(plt, last):
    from matplotlib.colors import ListedColormap, Normalize

    shades = plt.get_cmap("viridis")(np.linspace(*_SHADES, 256))
    return ListedColormap(shades), Normalize(1, max(last, 2))
