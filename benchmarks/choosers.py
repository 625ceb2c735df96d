"""Does a bandit over strategies keep up with its arms?

    python benchmarks/choosers.py --out DIR [--repeats 10] [--jobs 1] [--sets NAME,...]

A logistic regression behind a StandardScaler on four of scikit-learn's data sets: ten
random labels to begin with (thirty for the digits), then nine batches of ten (of five
for the wine, of which there is little). `albl` plays with its default arms, and these
arms play alone, as does random choice, which is an arm too. Finished rounds are kept in
the folder of `--out` and not played again.

Written there: choosers.csv, a row for each set and strategy: the accuracy in the end,
and the mean over the rounds, with standard errors over the repeats; what `albl` has
more, and the p-value of a paired t test of that.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import ttest_1samp
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_wine,
    make_classification,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import simulate, strategies

SETS = {
    "digits": lambda: load_digits(return_X_y=True),
    "breast_cancer": lambda: load_breast_cancer(return_X_y=True),
    "wine": lambda: load_wine(return_X_y=True),
    "made_up": lambda: make_classification(
        1000, 10, n_informative=4, flip_y=0.05, class_sep=0.8, random_state=0
    ),
}
N_ROUNDS = 9
ARMS = [name for name, _ in strategies.albl().arms]
STRATEGIES = ["random", "albl", *ARMS]


def play(name, options):
    """Scores as a table: a row per repeat and round, a column per strategy."""
    X, y = SETS[name]()
    n_initial = 30 if name == "digits" else 10
    n_queries = 5 if name == "wine" else 10
    result = simulate(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)),
        X,
        y,
        strategies=STRATEGIES,
        n_initial=n_initial,
        n_queries=n_queries,
        budget=n_initial + n_queries * N_ROUNDS,
        n_repeats=options.repeats,
        test_size=0.4,
        random_state=0,
        n_jobs=options.jobs,
        checkpoint=options.out / name,
        verbose=1,
    )
    return result.to_frame().pivot(
        index=["repeat", "round"], columns="strategy", values="score"
    )


def compare(scores):
    """Final and mean accuracy of each strategy, and the lead of `albl` over it."""
    rows = {}
    final = scores.groupby("repeat").last()
    mean = scores.groupby("repeat").mean()
    for name in scores.columns:
        row = {}
        for what, table in (("final", final), ("mean", mean)):
            row[what] = table[name].mean()
            row[f"{what} s.e."] = table[name].std() / np.sqrt(len(table))
            lead = table["albl"] - table[name]
            row[f"albl leads, {what}"] = lead.mean()
            constant = np.ptp(lead) == 0
            row[f"p, {what}"] = 1.0 if constant else ttest_1samp(lead, 0).pvalue
        rows[name] = row
    return pd.DataFrame(rows).T.rename_axis("strategy")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    tables = {}
    for name in options.sets.split(","):
        tables[name] = compare(play(name, options))
        print(name, tables[name].round(4).to_string(), sep="\n", flush=True)
    table = pd.concat(tables, names=["set"]).round(4)
    table.to_csv(options.out / "choosers.csv")


if __name__ == "__main__":
    main()
