"""Strategies for classifiers with small nets on real data, against random choice.

    python benchmarks/classification.py --data DIR --out DIR [--only NAME,...]
        [--sets NAME,...] [--repeats 5] [--jobs 2] [--redundancy]

Tables: a net with two hidden layers of 128 units behind a StandardScaler. Images: LeNet
with dropout, scaled down to 4,000 images to choose from and 2,000 to score on. The
first trains to 99 % accuracy on its labels, 100 epochs at most, LeNet 30 epochs. DIR of
`--data` holds a file NAME.npz with arrays X and y for each set. Finished rounds are
kept in the folder of `--out` and not played again.

Written there: efficiency.csv, a row per strategy and a column per set with the labeling
efficiency at random's last score and its 95 % interval (`+` and `-`: shown to need
fewer labels, or to be worse); penalties.csv and penalties.png, the pairwise penalty
matrix summed over the sets. With `--redundancy` also redundancy.csv and redundancy.png,
the efficiencies on `pendigits` and `mnist` as copies fill the pool.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import simulate
from skactive.nets import LeNet, TorchMLPClassifier, as_estimator
from skactive.simulation import PenaltyMatrixDisplay, study

matplotlib.use("Agg")
import matplotlib.pyplot as plt

STRATEGIES = [
    "random",
    "least_confidence",
    "margin",
    "entropy",
    "bald",
    "coreset",
    "kmeans",
    "badge",
    "clustermargin",
    "fass",
]
# Labels to begin with, per round, in all.
SIZES = {
    "letter": (200, 200, 1000),
    "pendigits": (50, 100, 450),
    "satellite": (50, 100, 450),
    "spambase": (20, 20, 180),
    "mnist": (50, 100, 350),
    "fashion_mnist": (100, 250, 600),
}
IMAGES = ("mnist", "fashion_mnist")
N_POOL, N_TEST = 4000, 2000


def load(name, folder):
    """X, y and the estimator for a set."""
    table = np.load(Path(folder) / f"{name}.npz")
    X, y = table["X"], table["y"]
    if name not in IMAGES:
        net = TorchMLPClassifier((128, 128), random_state=0)
        return X.astype(np.float32), y, make_pipeline(StandardScaler(), net)
    rows = np.random.default_rng(0).permutation(len(y))[: N_POOL + N_TEST]
    X = X[rows, None].astype(np.float32) / 255
    net = as_estimator(
        LeNet,
        task="classification",
        module__dropout=0.2,
        optimizer=torch.optim.Adam,
        lr=0.002,
        batch_size=32,
        max_epochs=30,
    )
    return X, y[rows], net


def arguments(name, options):
    n_initial, n_queries, budget = SIZES[name]
    return {
        "n_initial": n_initial,
        "n_queries": n_queries,
        "budget": budget,
        "n_repeats": options.repeats,
        "test_size": N_TEST if name in IMAGES else 0.3,
        "random_state": 0,
        "n_jobs": options.jobs,
        "batch_repeats": name not in IMAGES,  # dropout keeps the LeNets apart
        "verbose": 1,
    }


def cell(row):
    """Efficiency, interval and verdict of one strategy, as text."""
    mark = {"fewer labels": " +", "worse": " -"}.get(row.verdict, "")
    value = "< 1" if np.isnan(row.efficiency) else f"{row.efficiency:.2f}"
    low, high = row.efficiency_low, row.efficiency_high
    return f"{value} ({low:.2f} to {high:.2f}){mark}"


def compare(names, sets, options):
    """Play all strategies on all sets; write the two tables and the picture."""
    results = {}
    for name in sets:
        X, y, estimator = load(name, options.data)
        results[name] = simulate(
            estimator,
            X,
            y,
            strategies=names,
            checkpoint=options.out / name,
            **arguments(name, options),
        )
        print(results[name].report(), flush=True)
    table = pd.DataFrame(
        {
            name: {s: cell(row) for s, row in result.summary().iterrows()}
            for name, result in results.items()
        }
    ).drop(index="random")
    seconds = pd.concat([r.to_frame() for r in results.values()])
    seconds = seconds[seconds["round"] > 0].groupby("strategy")["query_time"].mean()
    table["s per query"] = seconds.round(3)
    table.rename_axis("strategy").to_csv(options.out / "efficiency.csv")
    print(table.to_string())
    penalties = sum(result.penalty_matrix() for result in results.values())
    penalties.round(2).to_csv(options.out / "penalties.csv")
    display = PenaltyMatrixDisplay(matrix=penalties).plot()
    display.figure_.savefig(options.out / "penalties.png", dpi=110)


def redundancy(options):
    """Copies in the pool: who asks the same thing twice."""
    names = ["random", "entropy", "margin", "badge", "coreset"]
    sets = [name for name in ("pendigits", "mnist") if name in options.sets.split(",")]
    fig, axes = plt.subplots(
        1, len(sets), figsize=(6 * len(sets), 4), layout="constrained", squeeze=False
    )
    tables = {}
    for ax, name in zip(axes[0], sets, strict=True):
        X, y, estimator = load(name, options.data)
        result = study(
            estimator,
            X,
            y,
            vary="redundancy",
            values=[1, 2, 5, 10],
            strategies=names,
            checkpoint=options.out / f"redundancy-{name}",
            **arguments(name, options),
        )
        result.plot(ax)
        ax.set_title(name)
        tables[name] = result.summary()
        print(tables[name].to_string(), flush=True)
    table = pd.concat(tables, names=["set"]).apply(cell, axis=1).unstack("redundancy")
    table = table.drop(index="random", level="strategy")
    table.to_csv(options.out / "redundancy.csv")
    fig.savefig(options.out / "redundancy.png", dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", default=",".join(SIZES))
    parser.add_argument("--only", default=",".join(STRATEGIES))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--redundancy", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    names = ["random", *(n for n in options.only.split(",") if n != "random")]
    compare(names, options.sets.split(","), options)
    if options.redundancy:
        redundancy(options)


if __name__ == "__main__":
    main()
