"""Strategies for regressors with a plain net on real tables, against random.

    python benchmarks/regression.py --data DIR [--out DIR] [--only NAME,...]
        [--sets NAME,...] [--repeats 5] [--jobs 2]

A net with two hidden layers of 256 units (Adam, 200 epochs, batches of 64), 100 labels
to begin with, then eight rounds of 50. DIR holds one file NAME.npz for each table with
arrays X and y; without it the problems in closed form are taken. A table gives 2,000
rows to the test set and at most 10,000 to the pool. Every run (table, strategy, repeat)
is written to a file of its own in the folder `--out`, and not done again.

Printed, and written to regression.csv, is the mean over the rounds after the first of
log RMSE minus that of random in the same repeat: -0.05 is an error 5 % smaller. The
error is the mean over targets, each in units of its standard deviation. Next to it
stands the standard error over repeats, and `+` or `-` where the strategy is shown to be
better or worse than random (paired t test, Holm's correction over the whole table); the
column "mean" is over tables.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import ttest_1samp
from sklearn.preprocessing import StandardScaler

from skactive import datasets, simulate, strategies
from skactive.nets import TorchMLPRegressor

TABLES = [
    "kin8nm",
    "powerplant",
    "naval",
    "sarcos",
    "fried",
    "elevators",
    "bike",
    "california_housing",
]
PROBLEMS = ["robot_arm", "thin_film_stack", "bessel", "damped_oscillator"]
N_TEST, N_POOL = 2000, 10_000


def load(name, folder):
    """X, y of a table, or of a sample of a problem in closed form."""
    if name in PROBLEMS:
        problem = getattr(datasets, name)()
        X = problem.sample(N_POOL + N_TEST, random_state=0)
        y = problem(X)
    else:
        table = np.load(Path(folder) / f"{name}.npz")
        X, y = table["X"].astype(np.float64), table["y"].astype(np.float64)
    y = y.reshape(len(y), -1)
    y = y[:, y.std(axis=0) > 1e-12]
    return StandardScaler().fit_transform(X), StandardScaler().fit_transform(y)


def run(name, label, strategy, repeat, folder, out, estimator):
    """One simulation of one strategy; its errors go to a file."""
    file = Path(out) / f"{name}-{label}-{repeat}.json"
    if file.exists():
        return
    X, y = load(name, folder)
    rows = np.random.default_rng(repeat).permutation(len(X))
    test, pool = rows[:N_TEST], rows[N_TEST : N_TEST + N_POOL]
    result = simulate(
        estimator,
        X[pool],
        y[pool] if y.shape[1] > 1 else y[pool, 0],
        strategies={label: strategy},
        n_initial=100,
        n_queries=50,
        budget=500,
        n_repeats=1,
        X_test=X[test],
        y_test=y[test] if y.shape[1] > 1 else y[test, 0],
        scoring="neg_root_mean_squared_error",
        random_state=repeat,
    )
    frame = result.to_frame()
    record = {
        "error": (-frame["score"]).tolist(),
        "query_time": frame["query_time"].tolist(),
        "fit_time": frame["fit_time"].tolist(),
    }
    temporary = file.with_suffix(".part")
    temporary.write_text(json.dumps(record))
    temporary.replace(file)


def differences(out, names, labels, repeats):
    """Long table: table, strategy, repeat, mean log error minus random's."""
    rows = []
    for name in names:
        for repeat in repeats:
            errors = {}
            for label in ["random", *labels]:
                file = Path(out) / f"{name}-{label}-{repeat}.json"
                if file.exists():
                    error = json.loads(file.read_text())["error"]
                    errors[label] = np.log(error[1:]).mean()
            rows += [
                (name, label, repeat, errors[label] - errors["random"])
                for label in labels
                if label in errors and "random" in errors
            ]
    return pd.DataFrame(rows, columns=["table", "strategy", "repeat", "difference"])


def summarize(frame):
    """One row per table and strategy: mean, standard error, p-value with Holm."""
    groups = frame.groupby(["table", "strategy"], sort=False)["difference"]
    table = groups.agg(["mean", "sem", "count"]).reset_index()
    table["p"] = [
        ttest_1samp(values, 0).pvalue if len(values) > 1 else np.nan
        for _, values in groups
    ]
    # Holm: over all cells, as they are read side by side.
    order = table["p"].rank(method="first", ascending=False)
    adjusted = (table["p"] * order).clip(upper=1)
    table["p_holm"] = adjusted[table["p"].argsort()].cummax().reindex(table.index)
    table["verdict"] = np.where(
        table["p_holm"] < 0.05, np.where(table["mean"] < 0, "better", "worse"), ""
    )
    return table


def query_times(out, names, labels, repeats):
    """Mean seconds per query of each strategy."""
    times = {}
    for label in labels:
        files = [
            Path(out) / f"{name}-{label}-{repeat}.json"
            for name in names
            for repeat in repeats
        ]
        records = [json.loads(file.read_text()) for file in files if file.exists()]
        times[label] = np.mean([record["query_time"][1:] for record in records])
    return times


def as_text(table, names, times):
    """One row for each strategy, the best on the mean first."""

    def cell(row):
        mark = {"better": " +", "worse": " -"}.get(row["verdict"], "")
        return f"{row['mean']:.3f} ± {row['sem']:.3f}{mark}"

    cells = table.assign(cell=table.apply(cell, axis=1))
    wide = cells.pivot(index="strategy", columns="table", values="cell")[names]
    mean = table.pivot(index="strategy", columns="table", values="mean")[names]
    wide["mean"] = [f"{m:.3f}" for m in mean.mean(axis=1)]
    wide["s per query"] = [f"{times[label]:.2f}" for label in wide.index]
    return wide.loc[mean.mean(axis=1).sort_values().index]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", metavar="DIR", help="folder of NAME.npz")
    parser.add_argument("--out", metavar="DIR", default="regression-runs")
    parser.add_argument("--sets", help="tables; by default all there are")
    parser.add_argument("--only", help="strategies beside random; by default all")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    names = PROBLEMS if options.data is None else TABLES
    names = options.sets.split(",") if options.sets else names
    labels = strategies.names("regression")
    labels = options.only.split(",") if options.only else labels
    labels = [label for label in labels if label != "random"]
    estimator = TorchMLPRegressor((256, 256), dropout=0.0, max_epochs=200, lr=1e-3)
    Path(options.out).mkdir(parents=True, exist_ok=True)
    repeats = range(options.repeats)
    Parallel(n_jobs=options.jobs, verbose=5)(
        delayed(run)(name, label, label, repeat, options.data, options.out, estimator)
        for repeat in repeats
        for label in ["random", *labels]
        for name in names
    )
    table = summarize(differences(options.out, names, labels, repeats))
    text = as_text(table, names, query_times(options.out, names, labels, repeats))
    text.to_csv(Path(options.out) / "regression.csv")
    print(text.to_string())


if __name__ == "__main__":
    main()
