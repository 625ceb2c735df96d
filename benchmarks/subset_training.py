"""Training on three tenths of the samples: what it costs, and what it saves.

    python benchmarks/subset_training.py [--repeats 5] [--epochs 20] [--rows 20000]
        [--fraction 0.3] [--refresh 5] [--warm-up 1] [--csv FILE]
        [--data DIR --sets mnist,fashion_mnist]

A small convolutional net (LeNet, Adam, batches of 64) on the digits that come with
scikit-learn or, with `--data`, on images ``NAME.npz`` of a folder. `--rows` of the
training images are drawn in each repeat; the test images are always the same. In a
repeat all nets start from the same weights. They train for `--epochs`, but for "all
samples, as many steps": on everything for as many steps as the subsets get, which is
what to do without any method. GRAD-MATCH, GLISTER and "random, drawn again" pass over
everything for `--warm-up` epochs and choose every `--refresh` epochs; "random, once"
never sees the other samples. What is printed is the mean accuracy; the mean difference
in points to training on everything, with its standard error over repeats; the mean
processor time, choices included; and the mean of how many times faster that is.
"""

import argparse
import csv
from pathlib import Path
from time import process_time

import numpy as np
import torch
from sklearn.datasets import load_digits

from skactive.nets import GlisterSubset, GradMatch, LeNet, as_estimator
from skactive.nets._subset_training import SubsetTraining

HEADER = ["data", "method", "accuracy", "difference", "CPU s", "times faster"]
EVERYTHING = "all samples"


class RandomSubset(SubsetTraining):
    """What the others are to beat."""

    def __init__(self, fraction=0.3, *, refresh=20, warm_up=5):
        self.fraction, self.refresh, self.warm_up = fraction, refresh, warm_up

    def _choose(self, net, dataset, valid, n_rows):
        return self.rng_.choice(len(dataset), n_rows, replace=False), None


def methods(options):
    """Name: epochs, callbacks, share of the rows it is given."""
    every = {"refresh": options.refresh, "warm_up": options.warm_up}
    share, epochs = options.fraction, options.epochs
    few = round(options.warm_up + share * (epochs - options.warm_up))
    return {
        EVERYTHING: (epochs, [], 1),
        "all samples, as many steps": (few, [], 1),
        "GRAD-MATCH": (epochs, [GradMatch(share, **every)], 1),
        "GRAD-MATCH, by class": (
            epochs,
            [GradMatch(share, ground="class_gradient", **every)],
            1,
        ),
        "GLISTER": (epochs, [GlisterSubset(share, **every)], 1),
        "random, drawn again": (epochs, [RandomSubset(share, **every)], 1),
        "random, once": (epochs, [], share),
    }


def images(name, folder):
    """Images in [0, 1] and classes: to draw training samples from, and to test on."""
    if folder is None:
        digits = load_digits()
        X, y = digits.images[:, None] / 16, digits.target
        rows = np.random.default_rng(0).permutation(len(X))
        test, train = np.split(rows, [len(rows) // 4])
        return X[train], y[train], X[test], y[test]
    table = np.load(Path(folder) / f"{name}.npz")
    X, X_test = (
        table[key][:, None].astype(np.float32) / 255 for key in ("X", "X_test")
    )
    return X, table["y"], X_test, table["y_test"]


def compare(name, options):
    """Rows of the table of one data set."""
    X, y, X_test, y_test = images(name, options.data)
    n_rows = min(options.rows, len(X))
    wanted = methods(options)
    results = np.empty((len(wanted), options.repeats, 2))
    for seed in range(options.repeats):
        drawn = np.random.default_rng(seed).permutation(len(X))[:n_rows]
        for number, (method, (epochs, callbacks, share)) in enumerate(wanted.items()):
            rows = drawn[: round(share * n_rows)]
            net = as_estimator(
                LeNet,
                task="classification",
                max_epochs=epochs,
                batch_size=64,
                callbacks=callbacks,
                random_state=seed,
            )
            start = process_time()
            net.fit(X[rows], y[rows])
            seconds = process_time() - start
            results[number, seed] = net.score(X_test, y_test), seconds
            accuracy = results[number, seed, 0]
            print(
                f"  {name} {seed} {method}: {accuracy:.4f} {seconds:.1f} s", flush=True
            )
    for method, values in zip(wanted, results, strict=True):
        gain = 100 * (values[:, 0] - results[0, :, 0])
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.nan
        faster = results[0, :, 1] / values[:, 1]
        compared = [f"{gain.mean():+.2f} ± {error:.2f}", f"{faster.mean():.1f}"]
        yield [
            f"{name}, {n_rows} samples",
            method,
            f"{100 * values[:, 0].mean():.2f}",
            "" if method == EVERYTHING else compared[0],
            f"{values[:, 1].mean():.1f}",
            "" if method == EVERYTHING else compared[1],
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--fraction", type=float, default=0.3)
    parser.add_argument("--refresh", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=1)
    parser.add_argument("--data", metavar="DIR", help="folder with NAME.npz")
    parser.add_argument("--sets", default="mnist")
    parser.add_argument("--csv", metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    names = options.sets.split(",") if options.data else ["digits"]
    table = [row for name in names for row in compare(name, options)]
    widths = [max(map(len, column)) for column in zip(HEADER, *table, strict=True)]
    for row in (HEADER, *table):
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            csv.writer(file).writerows([HEADER, *table])


if __name__ == "__main__":
    main()
