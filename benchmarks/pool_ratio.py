"""Strategies for regressors against random choice, at pool ratios from 2 to 64.

    python benchmarks/pool_ratio.py --out DIR [--problem robot_arm] [--hours 1]
                                    [--model mlp|kernel] [--jobs 2]

The protocol of Ren et al., "Does Deep Active Learning Work in the Wild?"
(arXiv:2302.00098): every round draws a fresh pool of `ratio` times the batch and throws
it away. Their eleven methods are run as far as they are registered here; the output
names those that are not. Their BALD picks by the dropout of a net of its own, and so it
does here; learning loss too has a net of its own, which the committee never sees.

Everything is smaller than theirs, so that two cores finish a problem in hours. They
train 10 nets of four to nine layers, starting from the weights of the round before, go
from 80 to 2080 labels in steps of 40 and test on 4000 points. The default here is 3
nets of two layers, trained afresh, from 80 to 400 labels, tested on 1000 points; the
options go back towards theirs. Such a net learns nothing of the sine: `--model kernel`,
a committee of kernel ridge regressions with a width chosen beforehand, does, and takes
a fraction of the time.

What is finished is kept in DIR/PROBLEM-MODEL, and the next call goes on from there;
with --hours, no new piece is begun after that time. Written are DIR/PROBLEM-MODEL.csv,
a row for each finished strategy and ratio, and DIR/PROBLEM-MODEL.png, with the
strategies that have all ratios.
"""

import argparse
from pathlib import Path
from time import monotonic

import pandas as pd
from sklearn.base import clone
from sklearn.kernel_ridge import KernelRidge

from skactive import Committee, ModelView, Score, datasets, strategies
from skactive.base import Facts
from skactive.nets import LearningLossRegressor, TorchMLPRegressor
from skactive.simulation import PoolRatioDisplay, pool_ratio_study

# Their name, and the one it is registered under.
METHODS = {
    "GSx": "gsx",
    "GSy": "gsy",
    "GSxy": "gsxy",
    "QBC": "qbc",
    "QBCDiv": "qbc_div",
    "QBCDivDen": "qbc_div_den",
    "BALD": "variance",
    "EMOC": "emoc",
    "LearningLoss": "learning_loss",
    "DACS": "dacs",
    "ClusterVar": "cluster_variance",
}
# Widths of the kernel, by hand on random samples.
GAMMAS = {"sine": 1000.0, "robot_arm": 0.3, "thin_film_stack": 0.6}


class OwnNet(Score):
    """A net that only picks."""

    facts = Facts(task="regression", stochastic=True)

    def __init__(self, net, random_state=None):
        self.net = net
        self.random_state = random_state

    def _fit(self, X, y):
        self.net_ = clone(self.net).fit(X.X, y)


class OwnPredictedLoss(OwnNet):
    """Loss that the net predicts."""

    def _score(self, X):
        return self.net_.predict_loss(X.X)


class DropoutVariance(OwnNet):
    """Variance of the dropout draws of the net."""

    def __init__(self, net, n_draws=25, random_state=None):
        self.net = net
        self.n_draws = n_draws
        self.random_state = random_state

    def _score(self, X):
        view = ModelView(X.X, self.net_, seed=self.random_state)
        draws = view.predict_draws(self.n_draws)
        return draws.var(axis=1).reshape(len(draws), -1).mean(axis=1)


def make_net(options, kind=TorchMLPRegressor, **params):
    return kind(
        [int(width) for width in options.hidden.split(",")],
        max_epochs=options.epochs,
        batch_size=options.batch_size,
        target_score=None,
        **params,
    )


def make_estimator(options, problem):
    if options.model == "mlp":
        # As theirs: the members differ in their first weights alone.
        return Committee(
            make_net(options, dropout=0.0), n_members=options.members, bootstrap=False
        )
    kernel = KernelRidge(kernel="rbf", gamma=GAMMAS[problem], alpha=1e-3)
    return Committee(kernel, n_members=options.members)


def make_strategy(name, options):
    if name == "variance":
        return DropoutVariance(make_net(options, dropout=0.5))
    if name == "learning_loss":
        return OwnPredictedLoss(make_net(options, LearningLossRegressor))
    return strategies.get(name)


def run_problem(problem, names, options, deadline):
    """Run the pieces in turn; return how many are done, and how many there are."""
    target = options.out / f"{problem}-{options.model}"
    ratios = [int(ratio) for ratio in options.ratios.split(",")]
    pieces = [(name, ratio) for name in names for ratio in ratios]
    done = []
    for name, ratio in pieces:
        if monotonic() > deadline:
            break
        result = pool_ratio_study(
            getattr(datasets, problem)(),
            make_estimator(options, problem),
            {name: make_strategy(name, options)},
            [ratio],
            n_initial=options.initial,
            n_queries=options.queries,
            budget=options.budget,
            n_repeats=options.repeats,
            test_size=options.test,
            random_state=0,
            n_jobs=options.jobs,
            checkpoint=target,
        )
        done.append(result.nauc())
        table = pd.concat(done)
        table.to_csv(target.with_suffix(".csv"))
        row = table.iloc[-1]
        print(
            f"{problem:16} {name:17} {ratio:3}  {row['nauc']:.3f} ± "
            f"{row['standard_error']:.3f}  {row['verdict']}",
            flush=True,
        )
    complete = [
        name
        for i, (name, _) in enumerate(pieces[: len(done)], start=1)
        if i % len(ratios) == 0
    ]
    if complete:
        display = PoolRatioDisplay(nauc=table.loc[complete]).plot()
        display.ax_.set_title(f"{problem}, {options.model}: nAUC, below 1 is better")
        display.figure_.savefig(target.with_suffix(".png"), dpi=120)
    return len(done), len(pieces)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", metavar="DIR", type=Path, required=True)
    parser.add_argument("--problem", choices=[*GAMMAS, "all"], default="all")
    parser.add_argument("--hours", type=float, default=float("inf"))
    parser.add_argument("--model", choices=["mlp", "kernel"], default="mlp")
    parser.add_argument("--only", metavar="NAME,...", help="registered names")
    parser.add_argument("--ratios", default="2,4,8,16,32,64")
    parser.add_argument("--initial", type=int, default=80)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--budget", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--members", type=int, default=3)
    parser.add_argument("--hidden", default="128,128")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    deadline = monotonic() + 3600 * options.hours
    registered = strategies.names("regression")
    absent = [theirs for theirs, ours in METHODS.items() if ours not in registered]
    if absent:
        print(f"Not registered and left out: {', '.join(absent)}.")
    names = [ours for ours in METHODS.values() if ours in registered]
    if options.only:
        names = [name for name in options.only.split(",") if name in names]
    options.out.mkdir(parents=True, exist_ok=True)
    for problem in GAMMAS if options.problem == "all" else [options.problem]:
        n_done, n_pieces = run_problem(problem, names, options, deadline)
        if n_done < n_pieces:
            print(f"{problem}: {n_done} of {n_pieces} pieces; run again to go on.")


if __name__ == "__main__":
    main()
