"""How much each strategy saves, over data sets and models: what the defaults rest on.

    python benchmarks/compare_strategies.py [--data DIR] [--task classification]
                                            [--repeats 5] [--jobs 2]

Each cell is the labeling efficiency against random choice at random's final score, from
`skactive.simulate` with its own verdict: `+` fewer labels, `-` worse, nothing where no
difference is shown; `< 1` where the score is never reached. Data sets come with
scikit-learn or in closed form; those of --data DIR (NAME.npz with X and y) are added,
cut to 3000 rows.
"""

import argparse

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    make_friedman1,
    make_friedman2,
)
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import simulate
from skactive.datasets import load_table
from skactive.nets import TorchMLPClassifier, TorchMLPRegressor

STRATEGIES = {
    "classification": [
        "random",
        "least_confidence",
        "margin",
        "entropy",
        "badge",
        "coreset",
    ],
    "regression": ["random", "variance", "gsx", "coreset"],
}
SIZES = {
    "classification": {"n_initial": 20, "n_queries": 20, "budget": 200},
    "regression": {"n_initial": 20, "n_queries": 10, "budget": 120},
}
FILES = {
    "classification": ["letter", "pendigits", "satellite", "segment", "spambase"],
    "regression": ["airfoil", "concrete", "energy", "kin8nm", "powerplant", "yacht"],
}
N_ROWS = 3000


def models(task):
    if task == "classification":
        return {
            "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
            "forest": RandomForestClassifier(50),
            "mlp": TorchMLPClassifier(),
        }
    kernel = ConstantKernel() * RBF(2.0, (1e-2, 1e3)) + WhiteKernel(1e-2, (1e-8, 1e2))
    process = GaussianProcessRegressor(kernel, normalize_y=True)
    return {
        "process": make_pipeline(StandardScaler(), process),
        "forest": RandomForestRegressor(50),
        "mlp": TorchMLPRegressor(),
    }


def data_sets(task, folder):
    if task == "classification":
        yield "digits", *load_digits(return_X_y=True)
        yield "breast_cancer", *load_breast_cancer(return_X_y=True)
    else:
        yield "diabetes", *load_diabetes(return_X_y=True)
        yield "friedman1", *make_friedman1(2000, random_state=0)
        yield "friedman2", *make_friedman2(2000, random_state=0)
    for name in FILES[task] if folder else []:
        X, y = load_table(name, folder=folder, return_X_y=True)
        rows = np.random.default_rng(0).permutation(len(X))[:N_ROWS]
        yield name, X[rows], y[rows]


def cell(row):
    mark = {"fewer labels": "+", "worse": "-"}.get(row.verdict, " ")
    number = "< 1" if np.isnan(row.efficiency) else f"{row.efficiency:.2f}"
    return f"{number}{mark}".rjust(8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="folder with NAME.npz files")
    parser.add_argument("--task", choices=sorted(SIZES), action="append")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for task in options.task or sorted(SIZES):
        names = STRATEGIES[task][1:]
        widths = [max(8, len(name) + 2) for name in names]
        headings = "".join(
            name.rjust(width) for name, width in zip(names, widths, strict=True)
        )
        print(f"\n{task}: {SIZES[task]}, {options.repeats} repeats")
        print(f"{'data':<14}{'model':<10}" + headings)
        for data, X, y in data_sets(task, options.data):
            for model, estimator in models(task).items():
                summary = simulate(
                    estimator,
                    X,
                    y,
                    strategies=STRATEGIES[task],
                    n_repeats=options.repeats,
                    random_state=0,
                    n_jobs=options.jobs,
                    **SIZES[task],
                ).summary()
                cells = "".join(
                    cell(summary.loc[name]).rjust(width)
                    for name, width in zip(names, widths, strict=True)
                )
                print(f"{data:<14}{model:<10}{cells}", flush=True)


if __name__ == "__main__":
    main()
