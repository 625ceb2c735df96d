"""Ten nets trained together against the same ten one by one, in the same run.

    OMP_NUM_THREADS=1 python benchmarks/bench_members.py [--quick] [--simulate]

Both sides are a `Committee` of multilayer perceptrons with two hidden layers of 64 on a
table of 1,000 x 8, in batches of 64 for 50 epochs, from the same seeds and resamples;
the one-by-one side only refuses `fit_members`. Their predictions are compared: the
median difference over members and samples is asserted to be rounding. (A rare sample
that sits on the kink of a ReLU may part two trainings by more.)

Seconds are the median of three runs, taken in turn after a small one that loads what is
loaded lazily. Memory is what a fit holds at its peak beyond what the process holds
before it, in a fresh process for each side; tracemalloc does not see torch, so Linux is
asked.

With ``--simulate`` a whole campaign is timed instead: `simulate` on the robot arm, 20
rounds, query by committee against random.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np

from skactive import Committee, simulate
from skactive.datasets import robot_arm
from skactive.nets import TorchMLPRegressor


class OneByOne(TorchMLPRegressor):
    def fit_members(self, X, y, rows, seeds, **options):
        return NotImplemented


SIDES = {"one by one": OneByOne, "together": TorchMLPRegressor}


def table(n_samples, n_features=8):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, size=(n_samples, n_features))
    return X, np.sin(3 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=n_samples)


def committee(side, max_epochs):
    net = SIDES[side](dropout=0.0, max_epochs=max_epochs, target_score=None)
    return Committee(net, n_members=10, random_state=0)


def peak_megabytes(side, n_samples, max_epochs):
    """Peak of a fit above what the process held before it."""
    committee(side, 1).fit(*table(100))
    X, y = table(n_samples)
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before = kilobytes("VmRSS")
    committee(side, max_epochs).fit(X, y)
    return (kilobytes("VmHWM") - before) / 1024


def kilobytes(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise LookupError(name)


def campaign(rounds):
    """Time `simulate` with either side, in turn."""
    scores = {}
    for side in SIDES:
        committee(side, 1).fit(*table(100))
        start = time.perf_counter()
        result = simulate(
            committee(side, 50),
            robot_arm(),
            strategies=["random", "qbc"],
            n_initial=40,
            n_queries=20,
            budget=40 + 20 * rounds,
            n_repeats=1,
            random_state=0,
        )
        print(f"{side:<12}{time.perf_counter() - start:>8.1f} s", flush=True)
        frame = result.to_frame()
        scores[side] = frame["score"].to_numpy()
    difference = np.abs(scores["one by one"] - scores["together"]).max()
    print(f"largest difference of scores {difference:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few epochs, small table")
    parser.add_argument("--simulate", action="store_true", help="a whole campaign")
    options = parser.parse_args()
    if options.simulate:
        return campaign(rounds=2 if options.quick else 20)
    quick = options.quick
    n_samples, max_epochs = (200, 5) if quick else (1000, 50)
    X, y = table(n_samples)
    seconds, fitted = {side: [] for side in SIDES}, {}
    for side in SIDES:
        committee(side, 1).fit(*table(100))
    for _ in range(3):
        for side in SIDES:
            start = time.perf_counter()
            fitted[side] = committee(side, max_epochs).fit(X, y)
            seconds[side].append(time.perf_counter() - start)
    answers = [
        np.array([member.predict(X) for member in fitted[side].estimators_])
        for side in SIDES
    ]
    difference = float(np.median(np.abs(answers[0] - answers[1])))
    assert difference < 1e-4, difference
    memory = {}
    for side in SIDES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            job = pool.submit(peak_megabytes, side, n_samples, max_epochs)
            memory[side] = job.result()
    apart, together = (median(seconds[side]) for side in SIDES)
    print(f"10 nets of 2 x 64 on {n_samples} x 8, {max_epochs} epochs")
    for side in SIDES:
        print(f"{side:<12}{median(seconds[side]):>8.2f} s{memory[side]:>8.1f} MB")
    print(f"{'ratio':<12}{apart / together:>8.1f}x")
    print(f"median difference of predictions {difference:.1e}")


if __name__ == "__main__":
    main()
