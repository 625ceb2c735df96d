"""What a recommendation gains, and what it costs where it is wrong, from our tables.

    python benchmarks/which_strategy.py [--tables docs/measurements]

Reads the tables of the other benchmarks in that folder and writes three more there:

- which_strategy.csv, a row for each situation and strategy: on how many tables it is
  shown to be better or worse than random choice; its gain, mean and worst; its regret,
  mean and worst.
- which_recommendation.csv, a row for each situation: what to take (a list in this
  script), what it gained, what it cost where it was worst, and who has the least mean
  regret, which is how a recommendation that the tables no longer support shows itself;
- which_cost.csv, a row for each strategy of the first that is in growth.csv: mean gains
  and seconds per query.

*Gain* is what is saved of what random choice takes, in per cent: of its labels, where a
table has labeling efficiencies, or of its error; of a first batch alone, points of
accuracy. A score that is never reached counts as no gain, an upper bound then, marked
`≤`. *Regret* is the gain of the best strategy on the same table less one's own. The
best is known afterwards only, and chance helps to be it, so regrets are too large
rather than too small, unless marked `≥`: the score was never reached. The interval of a
mean gain is that of a t test over data sets, of which there have to be three; a bound
has none. The interval of a worst gain is the table's own.
"""

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t as student

VERDICTS = {"fewer labels": 1, "better": 1, "worse": -1}
MARKS = {"+": 1, "-": -1}
MANY = ["letter", "pendigits", "mnist", "fashion_mnist", "digits"]
PROBLEMS = ["sine", "robot_arm", "thin_film_stack"]
# Repeats behind "mean ± standard error".
N_REPEATS = {"regression": 5, "pool_ratio": 3, "cold_start": 10}

# Situation -> what to take. The page in words is docs/user_guide/which_strategy.rst.
TAKE = {
    "classifiers, small tables": "badge",
    "nets, tables and images": "badge",
    "ten classes or more": "badge",
    "copies in the pool": "badge",
    "first batch": "typiclust",
    "after the first batch": "typiclust",
    "regressors, small tables": "random",
    "regression, few inputs": "gsx",
    "regression, net on tables": "lcmd",
}


def from_efficiency(text, low=None, high=None):
    """Gain in per cent of the labels, its bounds, and whether it is a bound itself."""

    def saved(value):
        value = float(str(value).replace("< 1", "0"))
        return 100 * (1 - 1 / value) if value > 0 else -np.inf

    never = text == "< 1"
    bounds = (np.nan, np.nan) if low is None else (saved(low), saved(high))
    return 0.0 if never else saved(text), *bounds, never


def efficiency_cell(text):
    """Gain, bounds, whether never reached, and verdict of a cell of efficiencies."""
    parts = re.fullmatch(
        r"(< 1|[\d.]+)(?: \(([\d.]+) to ([\d.]+)\))? ?([-+])?", text.strip("*")
    )
    value, low, high, mark = parts.groups()
    return *from_efficiency(value, low, high), MARKS.get(mark, 0)


def error_cell(mean, error, n_repeats, to_gain):
    """Gain and bounds of a mean with its standard error."""
    half = student.ppf(0.975, n_repeats - 1) * error
    low, high = sorted(map(to_gain, (mean - half, mean + half)))
    return to_gain(mean), low, high, False


def plus_minus(text):
    """Mean, standard error and verdict of a cell such as -0.05 ± 0.01 +."""
    mean, error, mark = re.fullmatch(
        r"([-+]?[\d.]+) ± ([\d.]+) ?([-+])?", text
    ).groups()
    return float(mean), float(error), MARKS.get(mark, 0)


def cells(folder):
    """A row for each situation, table and strategy."""
    rows = []

    def add(situation, table, strategy, gain, low, high, never, verdict, block=None):
        block = table if block is None else block
        rows.append(
            (situation, table, block, strategy, gain, low, high, never, verdict)
        )

    def read(name):
        return pd.read_csv(folder / f"{name}.csv", dtype=str)

    for task, situation in (
        ("classification", "classifiers, small tables"),
        ("regression", "regressors, small tables"),
    ):
        for _, row in read(f"small_{task}").iterrows():
            for strategy, cell in row.items():
                if strategy not in ("data", "model"):
                    table = f"{row['data']}, {row['model']}"
                    add(situation, table, strategy, *efficiency_cell(cell), row["data"])
    wide = read("classification").set_index("strategy").drop(columns="s per query")
    for strategy, row in wide.iterrows():
        for table, cell in row.items():
            add("nets, tables and images", table, strategy, *efficiency_cell(cell))
    for _, row in read("digits").iterrows():
        if row["strategy"] != "random":
            low, high = row["95 % interval"].split(" to ")
            situation = "nets, tables and images"
            if row["strategy"] not in wide.index:
                situation = "a net, digits alone"
            gain = from_efficiency(row["efficiency"], low, high)
            verdict = VERDICTS.get(row["verdict"], 0)
            add(situation, "digits", row["strategy"], *gain, verdict)
    for row in list(rows):
        if row[0] == "nets, tables and images":
            if row[1] in MANY:
                rows.append(("ten classes or more", *row[1:]))
            if row[1] == "digits":
                rows.append(("a net, digits alone", *row[1:]))
    for _, row in read("redundancy").iterrows():
        for copies in ("2", "5", "10"):
            table = f"{row['set']}, {copies} copies"
            cell = efficiency_cell(row[copies])
            add("copies in the pool", table, row["strategy"], *cell, row["set"])
    for _, row in read("cold_start").iterrows():
        if row["first labels"] != "random":
            table, strategy = f"{row['data']}, {row['model']}", row["first labels"]
            mean, error, verdict = plus_minus(row["first batch"])
            gain = error_cell(mean, error, N_REPEATS["cold_start"], float)
            add("first batch", table, strategy, *gain, verdict, row["data"])
            gain = from_efficiency(
                row["efficiency"], *row["95 % interval"].split(" to ")
            )
            verdict = VERDICTS.get(row["verdict"], 0)
            add("after the first batch", table, strategy, *gain, verdict, row["data"])
    for problem in PROBLEMS:
        for _, row in read(f"pool_ratio_{problem}").iterrows():
            gain = error_cell(
                float(row["nauc"]),
                float(row["standard_error"]),
                N_REPEATS["pool_ratio"],
                lambda nauc: 100 * (1 - nauc),
            )
            table = f"{problem}, ratio {row['ratio']}"
            verdict = VERDICTS.get(row["verdict"], 0)
            add(
                "regression, few inputs",
                table,
                row["strategy"],
                *gain,
                verdict,
                problem,
            )
    wide = read("regression").set_index("strategy")
    for strategy, row in wide.drop(columns=["mean", "s per query"]).iterrows():
        for table, cell in row.items():
            mean, error, verdict = plus_minus(cell)
            gain = error_cell(
                mean,
                error,
                N_REPEATS["regression"],
                lambda difference: 100 * (1 - np.exp(difference)),
            )
            add("regression, net on tables", table, strategy, *gain, verdict)
    columns = ["situation", "table", "block", "strategy", "gain"]
    columns += ["low", "high", "never", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    chance = frame.drop_duplicates(["situation", "table"]).assign(
        strategy="random", gain=0.0, low=0.0, high=0.0, never=False, verdict=0
    )
    frame = pd.concat([frame, chance], ignore_index=True)
    best = frame.groupby(["situation", "table"])["gain"].transform("max")
    return frame.assign(regret=best - frame["gain"])


def number(value, mark=""):
    """A rounded number, with what bounds it."""
    return f"{mark} {round(value)}".strip()


def bounds(low, high):
    """An interval of gains; nothing where there is none."""
    if np.isnan(low):
        return ""
    if np.isinf(high):
        return " (below 0)"
    low = f"{number(low)} to " if np.isfinite(low) else "at most "
    return f" ({low}{number(high)})"


def mean_gain(part):
    """Mean over tables; an interval over data sets, where there are three."""
    means = part.groupby("block")["gain"].mean()
    interval = ""
    never = part["never"].any()
    if len(means) > 2 and means.any() and not never:
        half = student.ppf(0.975, len(means) - 1) * means.sem()
        interval = bounds(means.mean() - half, means.mean() + half)
    return number(means.mean(), "≤" if never else "") + interval


def tabulate(frame):
    """A row for each situation and strategy, the least mean regret first."""
    rows = []
    for situation in frame["situation"].unique():
        some = frame[frame["situation"] == situation]
        order = some.groupby("strategy")["regret"].mean().sort_values(kind="stable")
        for strategy in order.index:
            part = some[some["strategy"] == strategy]
            worst = part.sort_values(["gain", "high"], kind="stable").iloc[0]
            sorry = part.sort_values("regret", kind="stable").iloc[-1]
            chance = strategy == "random"
            rows.append(
                {
                    "situation": situation,
                    "strategy": strategy,
                    "tables": len(part),
                    "better": (part["verdict"] > 0).sum(),
                    "worse": (part["verdict"] < 0).sum(),
                    "mean gain": mean_gain(part),
                    "worst gain": number(worst["gain"], "≤" if worst["never"] else "")
                    + ("" if chance else bounds(worst["low"], worst["high"])),
                    "worst on": "" if chance else worst["table"],
                    "mean regret": number(
                        part["regret"].mean(), "≥" if part["never"].any() else ""
                    ),
                    "worst regret": number(
                        sorry["regret"], "≥" if sorry["never"] else ""
                    ),
                    "regret on": sorry["table"],
                }
            )
    return pd.DataFrame(rows)


def recommend(table):
    """What is recommended, what it gains, and what it costs where it is wrong."""
    rows = []
    for situation, strategy in TAKE.items():
        part = table[table["situation"] == situation]
        (own,) = part[part["strategy"] == strategy].to_dict("records")
        rows.append(
            {
                "situation": situation,
                "take": strategy,
                "better, worse, of": "{better}, {worse}, {tables}".format(**own),
                "mean gain": own["mean gain"],
                "worst gain": " on ".join(
                    filter(None, [own["worst gain"], own["worst on"]])
                ),
                "mean regret": own["mean regret"],
                "worst regret": f"{own['worst regret']} on {own['regret on']}",
                "least mean regret": part.iloc[0]["strategy"],
            }
        )
    return pd.DataFrame(rows)


def costs(table, folder):
    """Mean gains next to the seconds of a query."""
    growth = pd.read_csv(folder / "growth.csv", dtype=str).set_index("strategy")
    known = [name for name in table["strategy"].unique() if name in growth.index]
    seconds = [f"s, {size}" for size in (1000, 16000, 64000)]
    rows = growth.loc[known, [*seconds, "quadratic"]]
    gains = table.set_index("strategy")
    for position, situation in enumerate(
        ["nets, tables and images", "regression, few inputs"]
    ):
        some = gains[gains["situation"] == situation]["mean gain"]
        rows.insert(position, situation, some.reindex(known))
    rows = rows[rows.iloc[:, :2].notna().any(axis=1)]
    order = rows["s, 64000"].astype(float).sort_values(kind="stable").index
    return rows.loc[order].rename_axis("strategy").reset_index()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).parent.parent / "docs" / "measurements"
    parser.add_argument("--tables", type=Path, default=here)
    options = parser.parse_args()
    table = tabulate(cells(options.tables))
    table.to_csv(options.tables / "which_strategy.csv", index=False)
    advice = recommend(table)
    advice.to_csv(options.tables / "which_recommendation.csv", index=False)
    cost = costs(table, options.tables)
    cost.to_csv(options.tables / "which_cost.csv", index=False)
    for some in (table, advice, cost):
        print(some.to_string(index=False), end="\n\n")


if __name__ == "__main__":
    main()
