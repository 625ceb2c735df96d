"""Learning from unlabeled samples: the gain over the labels alone, with random labels.

    python benchmarks/semisupervised.py [--repeats 10] [--labels 40] [--csv FILE]
        [--tables digits,letter,satellite,mnist --data DIR] [--only "NAME;..."]

On the digits that come with scikit-learn and on tables ``NAME.npz`` of the folder
`--data`, of which 6000 rows are drawn. In each repeat a quarter of the rows is for
testing; so many labels as `--labels`, at least four for each class on average, are
drawn at random; all other rows are unlabeled. All methods see the same rows. Nets have
one hidden layer of 64 units. "On labels alone" gets the labeled samples for unlabeled
ones: what the longer training, the augmentation and the mixing do without further data.
What is printed is the mean accuracy, the mean gain over the same estimator trained on
the labels, in points, with its 95 % interval by a paired t test, how often it gained,
and the mean processor time of a training. `--csv` adds the rows to a file.
"""

import argparse
import csv
from pathlib import Path
from time import process_time

import numpy as np
from scipy.stats import t as student
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive.nets import TorchMLPClassifier
from skactive.semisupervised import (
    ConsistencyClassifier,
    MixMatchClassifier,
    PseudoLabelClassifier,
    fit_with_unlabeled,
)

NET = TorchMLPClassifier(hidden_sizes=(64,), dropout=0.2)
LINEAR = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
FOREST = RandomForestClassifier()

# Name: the estimator trained on labels, and the one that sees unlabeled samples too.
METHODS = {
    "net, mixmatch": (NET, MixMatchClassifier(NET)),
    "net, mixmatch on labels alone": (NET, MixMatchClassifier(NET)),
    "net, consistency": (NET, ConsistencyClassifier(NET)),
    "net, pseudo-labels": (NET, PseudoLabelClassifier(NET)),
    "linear, pseudo-labels": (LINEAR, PseudoLabelClassifier(LINEAR)),
    "forest, pseudo-labels": (FOREST, PseudoLabelClassifier(FOREST)),
}
HEADER = [
    "table",
    "method",
    "supervised",
    "accuracy",
    "gain",
    "95 % interval",
    "better",
    "CPU s",
]


def seeded(estimator, seed):
    """A clone whose every random_state is the seed."""
    names = [n for n in estimator.get_params() if n.split("__")[-1] == "random_state"]
    return clone(estimator).set_params(**dict.fromkeys(names, seed))


def samples_of(name, folder):
    """Samples and class numbers of a table."""
    if name == "digits":
        return load_digits(return_X_y=True)
    with np.load(Path(folder) / f"{name}.npz") as arrays:
        X, y = arrays["X"], arrays["y"]
    rows = np.random.default_rng(0).permutation(len(X))[:6000]
    X = X[rows].reshape(len(rows), -1).astype(np.float64)
    return X[:, X.std(axis=0) > 0], np.unique(y, return_inverse=True)[1][rows]


def compare(name, X, y, n_labels, n_repeats, methods):
    """A row of the table for each method."""
    n_labels = max(n_labels, 4 * len(np.unique(y)))
    scores = {method: [] for method in methods}
    for seed in range(n_repeats):
        order = np.random.default_rng(seed).permutation(len(X))
        n_test = len(X) // 4
        few, test, pool = np.split(order, [n_labels, n_labels + n_test])
        alone = {}
        for method in methods:
            plain, ours = METHODS[method]
            if id(plain) not in alone:
                model = seeded(plain, seed).fit(X[few], y[few])
                alone[id(plain)] = model.score(X[test], y[test])
            start = process_time()
            unlabeled = few if "labels alone" in method else pool
            model = fit_with_unlabeled(seeded(ours, seed), X[few], y[few], X[unlabeled])
            seconds = process_time() - start
            score = model.score(X[test], y[test])
            scores[method].append((alone[id(plain)], score, seconds))
            values = f"{alone[id(plain)]:.3f} {score:.3f}"
            print(f"  {name} {seed} {method}: {values}", flush=True)
    for method, values in scores.items():
        plain, score, seconds = np.array(values).T
        gain = 100 * (score - plain)
        error = gain.std(ddof=1) / np.sqrt(n_repeats) if n_repeats > 1 else np.nan
        half = student.ppf(0.975, n_repeats - 1) * error
        yield [
            f"{name}, {n_labels} labels",
            method,
            f"{plain.mean():.3f}",
            f"{score.mean():.3f}",
            f"{gain.mean():+.1f}",
            f"{gain.mean() - half:+.1f} to {gain.mean() + half:+.1f}",
            f"{(gain > 0).sum()} of {n_repeats}",
            f"{seconds.mean():.1f}",
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--labels", type=int, default=40)
    parser.add_argument("--data", metavar="DIR", help="folder with NAME.npz")
    parser.add_argument("--tables", default="digits")
    parser.add_argument("--only", default=";".join(METHODS), metavar="NAME;...")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="add the rows there")
    options = parser.parse_args()
    methods = [m for m in METHODS if m in options.only.split(";")]
    table = []
    for name in options.tables.split(","):
        X, y = samples_of(name, options.data)
        table += compare(name, X, y, options.labels, options.repeats, methods)
    widths = [max(map(len, column)) for column in zip(HEADER, *table, strict=True)]
    for row in (HEADER, *table):
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    if options.csv:
        rows = table if options.csv.exists() else [HEADER, *table]
        with open(options.csv, "a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
