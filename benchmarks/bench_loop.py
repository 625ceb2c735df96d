"""A whole simulation against the same loop written by hand, and jointly against apart.

    OMP_NUM_THREADS=1 python benchmarks/bench_loop.py [--quick]
    OMP_NUM_THREADS=1 python benchmarks/bench_loop.py --batch-repeats [--quick]

The first is the loop of examples/plot_01_first_loop.py with ten rounds: digits, three
strategies, five repeats, 20 labels and 20 more in each round. Ours is one call of
`simulate` on two processes, with ``batch_repeats=True`` and without. By hand it is a
`for` loop over skorch nets and the strategies of scikit-activeml (needs ``pip install
scikit-activeml==1.0.1``), as its documentation puts them together.

The same on both sides: the module (64, 64, dropout 0.2, columns standardized by the
labeled rows), Adam with its learning rate, batches of 64 in random order, at most 100
epochs, the rule that stops training at 99 % accuracy; no validation split; the model
is trained once per round and strategies do not train it again; one thread per process.
Everything else is the default of either side: by hand, skorch's DataLoader and
callbacks, one fit after the other. What is picked differs, for generators do; the mean
accuracy at the end of both is printed.

``--batch-repeats`` times ten repeats of `simulate` in one process with a net of two
hidden layers (64 units, and 256), trained together and apart, in turn, and compares
picks and scores.

Seconds are wall-clock, after a small run of each side that starts the processes and
loads what is loaded lazily; what that takes on our side is printed first. Fit, query
and score are sums over the rounds of all campaigns.
"""

import argparse
import time
from collections import Counter
from contextlib import contextmanager
from statistics import median

import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from skactive import simulate
from skactive.nets import TorchMLPClassifier, TorchMLPRegressor

STRATEGIES = ["random", "margin", "badge"]


class Clock(Counter):
    """Seconds by what they were spent on."""

    @contextmanager
    def on(self, name):
        start = time.perf_counter()
        yield
        self[name] += time.perf_counter() - start

    def line(self, name, seconds, *, n_processes=1):
        parts = "".join(f"{self[part]:>8.1f}" for part in ("fit", "query", "score"))
        rest = seconds - sum(self.values()) / n_processes
        return f"{name:<24}{seconds:>8.1f}{parts}{rest:>8.1f}"


def score_timed(estimator, X, y):
    """Accuracy; ours has no column for the time of scoring, so it is a metric."""
    start = time.perf_counter()
    estimator.predict(X)
    return time.perf_counter() - start


def ours(sizes, **options):
    """Seconds, their parts, and mean accuracy at the end."""
    start = time.perf_counter()
    result = simulate(
        TorchMLPClassifier(),
        *load_digits(return_X_y=True),
        strategies=STRATEGIES,
        scoring={"accuracy": "accuracy", "seconds": score_timed},
        random_state=0,
        **sizes,
        **options,
    )
    seconds = time.perf_counter() - start
    frame = result.to_frame()
    rounds = frame[frame["metric"] == "accuracy"]
    clock = Clock(
        fit=rounds["fit_time"].sum(),
        query=rounds["query_time"].sum(),
        score=frame.loc[frame["metric"] == "seconds", "score"].sum(),
    )
    last = rounds["n_labeled"] == rounds["n_labeled"].max()
    return seconds, clock, rounds.loc[last, "score"].mean()


def by_hand(sizes):
    """The same loop with skorch and scikit-activeml."""
    import torch
    from skactiveml.base import SkactivemlClassifier
    from skactiveml.pool import Badge, RandomSampling, UncertaintySampling
    from skorch import NeuralNetClassifier

    from skactive.nets._mlp_module import MLP
    from skactive.nets._stop import StopAtAccuracy

    class Fitted(SkactivemlClassifier):
        """What the strategies take: a fitted net in a classifier of their own kind."""

        def __init__(self, net):
            super().__init__(classes=list(range(10)))
            self.net = net

        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X):
            return self.net.predict_proba(X)

    make = {
        "random": lambda seed: RandomSampling(random_state=seed),
        "margin": lambda seed: UncertaintySampling(
            "margin_sampling", random_state=seed
        ),
        "badge": lambda seed: Badge(random_state=seed),
    }
    X, y = load_digits(return_X_y=True)
    X = X.astype(np.float32)
    clock, accuracies = Clock(), []
    start = time.perf_counter()
    for repeat in range(sizes["n_repeats"]):
        X_pool, X_test, y_pool, y_test = train_test_split(
            X, y, test_size=0.25, stratify=y, random_state=repeat
        )
        first = np.random.default_rng(repeat).permutation(len(y_pool))
        for name in STRATEGIES:
            strategy = make[name](repeat)
            known = np.full(len(y_pool), np.nan)
            rows = first[: sizes["n_initial"]]
            known[rows] = y_pool[rows]
            while True:
                labeled = np.flatnonzero(~np.isnan(known))
                mean, scale = X_pool[labeled].mean(0), X_pool[labeled].std(0)
                torch.manual_seed(repeat)
                net = NeuralNetClassifier(
                    MLP,
                    module__n_in=X.shape[1],
                    module__n_out=10,
                    module__hidden_sizes=(64, 64),
                    module__dropout=0.2,
                    module__mean=mean,
                    module__scale=np.where(scale > 0, scale, 1),
                    classes=list(range(10)),
                    criterion=torch.nn.CrossEntropyLoss,
                    optimizer=torch.optim.Adam,
                    lr=0.003,
                    batch_size=64,
                    max_epochs=100,
                    iterator_train__shuffle=True,
                    callbacks=[StopAtAccuracy(0.99)],
                    train_split=None,
                    verbose=0,
                )
                with clock.on("fit"):
                    net.fit(X_pool[labeled], known[labeled].astype(np.int64))
                with clock.on("score"):
                    accuracy = accuracy_score(y_test, net.predict(X_test))
                if len(labeled) >= sizes["budget"]:
                    break
                options = {"clf": Fitted(net), "fit_clf": False}
                with clock.on("query"):
                    rows = strategy.query(
                        X_pool,
                        known,
                        batch_size=sizes["n_queries"],
                        **({} if name == "random" else options),
                    )
                known[rows] = y_pool[rows]
            accuracies.append(accuracy)
    return time.perf_counter() - start, clock, np.mean(accuracies)


def compare_loops(quick):
    sizes = {"n_initial": 20, "n_queries": 20, "budget": 220, "n_repeats": 5}
    if quick:
        sizes |= {"budget": 60, "n_repeats": 2}
    # Loading torch takes seconds, once in each process, on either side.
    tiny = {"n_initial": 20, "n_queries": 10, "budget": 30, "n_repeats": 1}
    by_hand(tiny)
    print(f"start of 2 processes    {ours(tiny, n_jobs=2)[0]:>8.1f}", flush=True)
    print(f"{'digits, 3 strategies':<24}   total     fit   query   score    rest")
    sides = {
        "ours, n_jobs=2": {"n_jobs": 2},
        "ours, + batch_repeats": {"n_jobs": 2, "batch_repeats": True},
    }
    seconds, accuracy = {}, {}
    for name, options in sides.items():
        seconds[name], clock, accuracy[name] = ours(sizes, **options)
        print(clock.line(name, seconds[name], n_processes=2), flush=True)
    seconds["by hand"], clock, accuracy["by hand"] = by_hand(sizes)
    print(clock.line("by hand", seconds["by hand"]))
    for name in sides:
        ratio = seconds["by hand"] / seconds[name]
        print(f"{name:<24}{ratio:>8.1f}x faster, accuracy {accuracy[name]:.3f}")
    print(f"{'by hand':<24}{'':>16}accuracy {accuracy['by hand']:.3f}")


def compare_batches(quick, n_runs):
    sizes = {"n_initial": 20, "n_queries": 20, "budget": 200, "n_repeats": 10}
    if quick:
        sizes |= {"budget": 40, "n_repeats": 3}
    cases = {
        "digits, margin": (TorchMLPClassifier(), load_digits, "margin"),
        "diabetes, lcmd": (TorchMLPRegressor(), load_diabetes, "lcmd"),
        "digits, 256 wide": (TorchMLPClassifier((256, 256)), load_digits, "margin"),
    }
    print(f"{sizes['n_repeats']} repeats, 2 hidden layers: seconds of simulate")
    for title, (net, load, strategy) in cases.items():
        seconds, results = {False: [], True: []}, {}
        for _ in range(n_runs):
            for together in seconds:
                start = time.perf_counter()
                results[together] = simulate(
                    net,
                    *load(return_X_y=True),
                    strategies=[strategy],
                    random_state=0,
                    batch_repeats=together,
                    **sizes,
                )
                seconds[together].append(time.perf_counter() - start)
        apart, joint = median(seconds[False]), median(seconds[True])
        same = (results[False].picks["row"] == results[True].picks["row"]).mean()
        scores = [results[each].to_frame()["score"] for each in results]
        difference = (scores[0] - scores[1]).abs().max()
        print(
            f"{title:<20} apart {apart:6.1f}  together {joint:6.1f}  "
            f"{apart / joint:4.1f}x   same picks {same:.1%}, "
            f"scores differ by at most {difference:.1e}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds and repeats")
    parser.add_argument(
        "--batch-repeats", action="store_true", help="joint training against apart"
    )
    parser.add_argument("--runs", type=int, default=3, help="of these, in turn")
    options = parser.parse_args()
    if options.batch_repeats:
        compare_batches(options.quick, options.runs)
    else:
        compare_loops(options.quick)


if __name__ == "__main__":
    main()
