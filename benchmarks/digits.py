"""Every strategy for classification on the digits with a small net, against random.

    python benchmarks/digits.py [--repeats 10] [--jobs 2] [--csv FILE] [--only NAME,...]

The net has one hidden layer of 64 units and dropout, whose draws serve the strategies
that ask for several opinions. 40 labels to begin with, 20 per round, 200 in all. Two
strategies go with estimators of their own, made of the same net: `learning_loss` with
LearningLossClassifier and `waal` with WAALClassifier, which sees the unlabeled samples
too. All others share the net, and all campaigns of a process are trained at once.

What is printed is what `simulate` says: the labels needed for random's final score, the
labeling efficiency with its 95 % interval, the verdict, and the mean seconds per query
and per training.
"""

import argparse
import csv

import numpy as np
from sklearn.datasets import load_digits

from skactive import ActiveLearner, simulate, strategies
from skactive.nets import LearningLossClassifier, TorchMLPClassifier
from skactive.semisupervised import WAALClassifier

NET = TorchMLPClassifier(hidden_sizes=(64,), dropout=0.2)
LEARNERS = {
    "learning_loss": LearningLossClassifier(hidden_sizes=(64,), dropout=0.2),
    "waal": WAALClassifier(NET),
}

HEADER = [
    "strategy",
    "final accuracy",
    "labels",
    "efficiency",
    "95 % interval",
    "verdict",
    "s per query",
    "s per training",
]


def row_of(label, row, times, budget):
    """One line of the table, as text."""

    def ratio(value):
        return "< 1" if np.isnan(value) else f"{value:.2f}"

    needed = row.labels_needed
    return [
        label,
        f"{row.final_score:.3f}",
        f"> {budget}" if np.isnan(needed) else f"{needed:.0f}",
        ratio(row.efficiency),
        f"{row.efficiency_low:.2f} to {row.efficiency_high:.2f}",
        row.verdict,
        f"{times.query_time:.3f}",
        f"{times.fit_time:.2f}",
    ]


def rows_of(result, budget):
    """The lines of a result."""
    frame = result.to_frame()
    # The first round has no query.
    times = frame[frame["round"] > 0].groupby("strategy").mean(numeric_only=True)
    for label, row in result.summary().iterrows():
        yield row_of(label, row, times.loc[label], budget)


def run(strategies, options, **more):
    """What `simulate` finds on the digits."""
    return simulate(
        NET,
        *load_digits(return_X_y=True),
        strategies=strategies,
        n_initial=40,
        n_queries=20,
        budget=200,
        n_repeats=options.repeats,
        random_state=0,
        n_jobs=options.jobs,
        verbose=1,
        **more,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default=",".join(strategies.names("classification")))
    parser.add_argument("--csv", metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    names = [name for name in options.only.split(",") if name != "random"]
    shared = ["random", *(name for name in names if name not in LEARNERS)]
    own = {n: ActiveLearner(LEARNERS[n], n) for n in names if n in LEARNERS}
    results = [run(shared, options, batch_repeats=True)]
    if own:
        results.append(run({"random": "random", **own}, options))
    table = [row for result in results for row in rows_of(result, 200)]
    # Random choice is in both, and is the same.
    table = [row for at, row in enumerate(table) if at < len(shared) or row[0] in own]
    # "> 200" comes last.
    table.sort(key=lambda row: (row[2].startswith(">"), float(row[2].lstrip("> "))))
    widths = [max(map(len, column)) for column in zip(HEADER, *table, strict=True)]
    for row in (HEADER, *table):
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            csv.writer(file).writerows([HEADER, *table])


if __name__ == "__main__":
    main()
