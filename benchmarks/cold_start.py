"""The first batch: seven ways to choose it, and what is left of it later.

    python benchmarks/cold_start.py [--data DIR] [--repeats 10] [--jobs 1]
        [--csv FILE] [--picture FILE] [--checkpoint DIR]

A strategy that needs no model chooses the first labels, as `initial` of `simulate` lets
it; then all go on alike: a logistic regression with `margin`, a net
(`TorchMLPClassifier` as it comes) with `badge`. That is what `compose.Switch` does with
`at` equal to the first batch. The digits come with scikit-learn: 20 labels to begin
with, 20 per round, 180 in all. With `--data` also NAME.npz (arrays X and y) of that
folder, 3,000 rows of each: pendigits, with the same sizes, and letter, 60 to begin
with, 60 per round, 540 in all. A third is for testing, a quarter of the digits. Repeats
are paired: all first batches meet the same split and the same seeds. ProbCover is told
the number of classes, all else is as it comes.

A row for each data set, model and first batch: the classes in it; the lead over a
random first batch, in points of accuracy with its standard error, with the first batch
alone, two and five rounds later, and in the end (for `random` the accuracy itself); and
what `simulate` says: the labels needed for random's final score, the labeling
efficiency with its 95 % interval, and the verdict. `+` and `-` mark leads that a paired
t test with Holm's correction over all of them tells from zero.
"""

import argparse
import csv
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from scipy.stats import ttest_1samp
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import SimulationResult, strategies
from skactive.nets import TorchMLPClassifier
from skactive.simulation import study

matplotlib.use("Agg")
import matplotlib.pyplot as plt

# In order of lightness, and no two lines alike in black and white.
STYLES = {
    "typiclust": ("#000000", "-"),
    "max_herding": ("#0072B2", (0, (5, 1.5))),
    "facility_location": ("#D55E00", (0, (1, 1))),
    "kmeans": ("#009E73", (0, (6, 1.5, 1, 1.5))),
    "probcover": ("#CC79A7", (0, (3, 3))),
    "coreset": ("#E69F00", "-"),
}
STARTERS = ["random", *STYLES]
# Labels to begin with and per round.
SIZES = {"digits": 20, "pendigits": 20, "letter": 60}
N_ROUNDS = 8
N_ROWS = 3000
MODELS = {
    "logistic": (LogisticRegression(max_iter=500), "margin"),
    "net": (TorchMLPClassifier(), "badge"),
}
MOMENTS = {"first batch": 0, "2 rounds": 2, "5 rounds": 5, "end": N_ROUNDS}


def load(name, folder):
    """X, y and the size of the test set."""
    if name == "digits":
        return *load_digits(return_X_y=True), 0.25
    table = np.load(Path(folder) / f"{name}.npz")
    rows = np.random.default_rng(0).permutation(len(table["y"]))[:N_ROWS]
    return table["X"][rows].astype(float), table["y"][rows], 1 / 3


def play(name, model, options):
    """One result whose strategies are the first batches, and the classes in them."""
    X, y, test_size = load(name, options.data)
    estimator, strategy = MODELS[model]
    size = SIZES[name]
    starters = {starter: starter for starter in STARTERS}
    starters["probcover"] = strategies.probcover(n_clusters=len(np.unique(y)))
    played = study(
        make_pipeline(StandardScaler(), estimator),
        X,
        y,
        vary="initial",
        values=starters,
        strategies=[strategy],
        n_initial=size,
        n_queries=size,
        budget=size * (N_ROUNDS + 1),
        n_repeats=options.repeats,
        test_size=test_size,
        random_state=0,
        n_jobs=options.jobs,
        verbose=1,
        batch_repeats=model == "net",
        checkpoint=options.checkpoint and options.checkpoint / f"{name}-{model}",
    )
    frames = [played.at(s).to_frame().assign(strategy=s) for s in STARTERS]
    first = played.picks[played.picks["round"] == 0]
    first = first.assign(label=y[first["row"]]).groupby(["initial", "repeat"])["label"]
    n_classes = first.nunique().groupby("initial").mean()
    return SimulationResult.from_frame(pd.concat(frames)), n_classes


def leads(result):
    """A row per repeat and round, a column per first batch: points over random."""
    scores = result.to_frame().pivot(
        index=["repeat", "round"], columns="strategy", values="score"
    )[STARTERS]
    return 100 * scores.sub(scores["random"], axis=0), 100 * scores["random"]


def holm(p_values):
    """Holm's adjustment of a list of p-values."""
    order = np.argsort(p_values)
    factors = np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(np.asarray(p_values)[order] * factors)
    return adjusted


def tabulate(results):
    """The table as text."""
    moments = {}
    for key, (result, _) in results.items():
        lead, _ = leads(result)
        for starter in STYLES:
            for moment, round_ in MOMENTS.items():
                values = lead[starter].xs(round_, level="round")
                same = np.ptp(values) == 0
                p = float(values.mean() == 0) if same else ttest_1samp(values, 0).pvalue
                moments[*key, starter, moment] = values.mean(), values.sem(), p
    cells = {}
    for (key, (mean, error, _)), p in zip(
        moments.items(), holm([m[2] for m in moments.values()]), strict=True
    ):
        mark = "" if p >= 0.05 else " +" if mean > 0 else " -"
        cells[key] = f"{mean:+.1f} ± {error:.1f}{mark}"
    rows = []
    for key, (result, n_classes) in results.items():
        _, base = leads(result)
        for starter, row in result.summary().loc[STARTERS].iterrows():
            points = [
                f"{base.xs(round_, level='round').mean():.1f}"
                if starter == "random"
                else cells[*key, starter, moment]
                for moment, round_ in MOMENTS.items()
            ]
            budget = SIZES[key[0]] * (N_ROUNDS + 1)
            never = np.isnan(row.labels_needed)
            rows.append(
                [
                    *key,
                    starter,
                    f"{n_classes[starter]:.1f}",
                    *points,
                    f"> {budget}" if never else f"{row.labels_needed:.0f}",
                    "< 1" if never else f"{row.efficiency:.2f}",
                    f"{row.efficiency_low:.2f} to {row.efficiency_high:.2f}",
                    row.verdict,
                ]
            )
    header = ["data", "model", "first labels", "classes", *MOMENTS, "labels"]
    return [[*header, "efficiency", "95 % interval", "verdict"], *rows]


def spread(heights, gap):
    """Move heights apart until none is nearer to the next than the gap."""
    order = np.argsort(heights)
    moved = np.array(heights, dtype=float)[order]
    for _ in range(200):
        short = np.clip(gap - np.diff(moved), 0, None) / 2
        moved[:-1] -= short
        moved[1:] += short
    return moved[np.argsort(order)]


def draw(results, file):
    """The lead over a random first batch, round by round."""
    models, sets = (list(dict.fromkeys(key[i] for key in results)) for i in (1, 0))
    fig, axes = plt.subplots(
        len(models),
        len(sets),
        figsize=(4.4 * len(sets), 3.6 * len(models)),
        layout="constrained",
        squeeze=False,
        sharey="col",
    )
    for (name, model), (result, _) in results.items():
        ax = axes[models.index(model), sets.index(name)]
        mean = leads(result)[0].groupby("round").mean()
        labels = SIZES[name] * (1 + mean.index)
        ax.plot(labels, 0 * labels, color="0.6", linewidth=1)
        ax.margins(y=0.16)
        for starter, (color, style) in STYLES.items():
            ax.plot(labels, mean[starter], color=color, linestyle=style, linewidth=1.8)
        ax.set_title(f"{name}, {model}, then {MODELS[model][1]}")
        ax.set_xlim(labels[0] - 0.42 * np.ptp(labels), labels[-1])
        ax.set_xticks(labels[::2])
        ax.spines[["top", "right"]].set_visible(False)
    for (name, model), (result, _) in results.items():
        ax = axes[models.index(model), sets.index(name)]
        start = leads(result)[0].xs(0, level="round").mean()[list(STYLES)]
        gap = 0.065 * np.ptp(ax.get_ylim())
        for starter, height in zip(start.index, spread(start, gap), strict=True):
            ax.annotate(
                starter,
                xy=(SIZES[name], start[starter]),
                xytext=(SIZES[name] * 0.55, height),
                fontsize=8,
                ha="right",
                va="center",
                arrowprops={"arrowstyle": "-", "color": "0.7", "linewidth": 0.6},
            )
    fig.supxlabel("labels")
    fig.supylabel("points of accuracy over a random first batch")
    fig.savefig(file, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of NAME.npz")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--csv", metavar="FILE", help="write the table there too")
    parser.add_argument("--picture", metavar="FILE", help="draw the leads there")
    parser.add_argument("--checkpoint", type=Path, help="folder for finished rounds")
    options = parser.parse_args()
    sets = list(SIZES) if options.data else ["digits"]
    results = {
        (name, model): play(name, model, options) for name in sets for model in MODELS
    }
    table = tabulate(results)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            csv.writer(file).writerows(table)
    if options.picture:
        draw(results, options.picture)


if __name__ == "__main__":
    main()
