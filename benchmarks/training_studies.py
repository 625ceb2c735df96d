"""What decides a semi-supervised campaign beside the choice of samples.

    python benchmarks/training_studies.py [--repeats 3] [--csv FILE] [--only NAME,...]
        [--steps 150] [--jobs 1] [--out DIR]

On scikit-learn's digits with MixMatch around a net of one hidden layer of 64 units: 20
labels to begin with, 20 per round, 60 in all. Each study varies one thing: the labels
to begin with, those of a round, the unlabeled samples, new weights or those of the
round before, the optimizer, the augmentation. In a row of the table stand the final
accuracies of random choice and of `ssl_diff2aug_direct`, both trained by MixMatch; the
mean lead of the second along the curve, in points, with its standard error; and in how
many repeats it is ahead.
"""

import argparse
from pathlib import Path

import pandas as pd
from sklearn.datasets import load_digits

from skactive.nets import TorchMLPClassifier
from skactive.semisupervised import MixMatchClassifier
from skactive.simulation import study


def mixmatch(n_steps, **params):
    """MixMatch on a small net; `params` are its own, or with net__ those of the net."""
    model = MixMatchClassifier(
        TorchMLPClassifier((64,)),
        n_steps=n_steps,
        batch_size=32,
        ema_decay=1 - 5 / n_steps,
        check_strength=False,
    )
    return model.set_params(**params)


def studies(n_steps):
    """Arguments of `study` by title."""

    def models(**params):
        return {
            "vary": "estimator",
            "values": {name: mixmatch(n_steps, **p) for name, p in params.items()},
        }

    return {
        "labels to begin with": {"vary": "n_initial", "values": [10, 20, 40]},
        "labels per round": {"vary": "n_queries", "values": [10, 40]},
        "unlabeled samples": {"vary": "pool_size", "values": [0.1, 1.0]},
        "start": models(reset={}, warm={"start": "warm"}),
        "optimizer": models(adam={}, sgd={"net__optimizer": "sgd", "net__lr": 0.05}),
        "augmentation": models(jitter={}, none={"augment": None}),
    }


def rows_of(result):
    """One line for each value."""
    for value in result.values:
        part = result.at(value)
        curves = part.to_frame().pivot_table(
            "score", ["repeat", "n_labeled"], "strategy"
        )
        lead = curves["ssl_diff2aug_direct"] - curves["ssl_random"]
        lead = lead.groupby("repeat").mean()
        final = part.summary()["final_score"]
        yield {
            "value": value,
            "ssl_random": f"{final['ssl_random']:.3f}",
            "ssl_diff2aug_direct": f"{final['ssl_diff2aug_direct']:.3f}",
            "lead": f"{100 * lead.mean():+.1f} ± {100 * lead.sem():.1f}",
            "ahead": f"{(lead > 0).sum()} of {len(lead)}",
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--steps", type=int, default=150, help="of MixMatch")
    parser.add_argument("--only", metavar="NAME,...", help="titles of studies")
    parser.add_argument("--out", type=Path, help="folder for finished rounds")
    parser.add_argument("--csv", metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    X, y = load_digits(return_X_y=True)
    chosen = studies(options.steps)
    if options.only:
        chosen = {title: chosen[title] for title in options.only.split(",")}
    tables = {}
    for title, what in chosen.items():
        sizes = {"n_initial": 20, "n_queries": 20, "budget": 60}
        result = study(
            mixmatch(options.steps),
            X,
            y,
            **what,
            **sizes,
            strategies=["ssl_random", "ssl_diff2aug_direct"],
            n_repeats=options.repeats,
            random_state=0,
            n_jobs=options.jobs,
            checkpoint=options.out and options.out / title,
        )
        tables[title] = pd.DataFrame(rows_of(result))
        print(title, tables[title].to_string(index=False), sep="\n", flush=True)
    table = pd.concat(tables, names=["study"]).reset_index("study")
    if options.csv:
        table.to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
