"""Time and memory of every registered strategy as the pool grows.

    python benchmarks/bench_growth.py [--sizes 1000,4000,16000,64000] [--csv FILE]
                                      [--only NAME,...] [--patience 60] [--resident]

One query of 50 samples, 100 labeled, 64 dimensions, 10 classes or one target, 20
draws. Strategies get a view with the outputs made beforehand; those that need what only
a model has get a view of a fitted logistic regression, or of the net that was made for
them. Memory is what the query
allocates at its peak beyond its inputs, in a run of its own, as tracemalloc sees it,
which does not see what torch allocates: with `--resident` it is by how much a process
of its own grows, at its peak. A strategy is not measured at a larger size once a query
has taken longer than the patience, in seconds.

The exponents are slopes between the last two sizes measured: 1 is in proportion to the
pool. They mean little where a query takes no more than a few milliseconds.
"""

import argparse
import csv
import multiprocessing
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.nets import LearningLossClassifier, TorchMLPClassifier
from skactive.semisupervised import WAALClassifier, fit_with_unlabeled, takes_unlabeled

LINEAR = LogisticRegression(max_iter=200)
MODELS = {
    "learning_loss": LearningLossClassifier(max_epochs=5),
    "waal": WAALClassifier(TorchMLPClassifier(), n_steps=5),
}
N_LABELED, WIDTH, N_CLASSES, N_DRAWS, N_QUERIES = 100, 64, 10, 20, 50


def make_views(n_samples, task):
    """Labeled samples and pool: outputs of a model that was never there."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(N_CLASSES, WIDTH))
    labels = rng.integers(N_CLASSES, size=N_LABELED + n_samples)
    X = centers[labels] + rng.normal(size=(len(labels), WIDTH))
    X = X.astype(np.float32)
    head = rng.normal(size=(N_DRAWS, WIDTH, N_CLASSES)) / np.sqrt(WIDTH)
    logits = np.einsum("np,tpk->ntk", X, head.astype(np.float32), optimize=True)
    if task == "regression":
        draws = logits[:, :, :1]
        outputs = {
            "draws": draws,
            "prediction": draws.mean(axis=(1, 2)),
            "std": draws[:, :, 0].std(axis=1),
        }
        y = logits[:, 0, 0]
    else:
        draws = np.exp(logits - logits.max(axis=2, keepdims=True))
        draws /= draws.sum(axis=2, keepdims=True)
        outputs = {"draws": draws, "epochs": draws, "proba": draws.mean(axis=1)}
        y = labels
    outputs["embedding"] = outputs["inputs"] = X

    def view(rows):
        return ModelView.from_outputs(
            X[rows], **{name: value[rows] for name, value in outputs.items()}
        )

    labeled, pool = slice(N_LABELED), slice(N_LABELED, None)
    return view(labeled), y[labeled], view(pool)


def make_model_views(n_samples, estimator):
    """The same as a fitted model sees them."""
    labeled, y, pool = make_views(n_samples, "classification")
    unlabeled = pool.X[:1000] if takes_unlabeled(estimator) else None
    model = fit_with_unlabeled(clone(estimator), labeled.X, y, unlabeled)
    return ModelView(labeled.X, model), y, ModelView(pool.X, model)


def query(name, labeled, y, pool):
    """Let a strategy choose; its seed is fixed."""
    strategy = strategies.get(name)
    if "random_state" in strategy.get_params():
        strategy.set_params(random_state=0)
    return strategy.fit(labeled, y).select(pool, N_QUERIES)


def peak_allocated(name, views):
    """Megabytes that Python and NumPy hold at the peak of a query."""
    tracemalloc.start()
    query(name, *views)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def peak_resident(name, views):
    """Megabytes by which this process grows in a query, at the peak (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before = status_of_process("VmRSS")
    query(name, *views)
    return status_of_process("VmHWM") - before


def status_of_process(field):
    """A figure of the process, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(field))
    return int(line.split()[1]) / 1e3


def measure(name, n_samples, in_own_process):
    """Seconds, and megabytes at the peak."""
    views = views_of(name, n_samples)
    start = time.perf_counter()
    query(name, *views)
    seconds = time.perf_counter() - start
    if in_own_process:
        return seconds, in_new_process(resident_from_scratch, name, n_samples)
    return seconds, peak_allocated(name, views)


def resident_from_scratch(name, n_samples):
    """What `peak_resident` says if nothing larger was there before."""
    query(name, *views_of(name, 200))  # loads what is loaded lazily
    return peak_resident(name, views_of(name, n_samples))


def in_new_process(function, *args):
    """Call a function in a process that has done nothing else."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args).result()


def views_of(name, n_samples):
    """Labeled samples, their labels and the pool, as the strategy wants them."""
    facts = get_tags(strategies.get(name)).strategy
    task = "regression" if facts.task == "regression" else "classification"
    views = make_views(n_samples, task)
    if not all(
        any(views[2].provides(option) for option in need.split("|"))
        for need in facts.needs
    ):
        views = make_model_views(n_samples, MODELS.get(name, LINEAR))
    return views


def exponent(sizes, values):
    """Slope in logarithms between the last two."""
    if len(values) < 2:
        return float("nan")
    return np.log(values[-1] / values[-2]) / np.log(
        sizes[len(values) - 1] / sizes[len(values) - 2]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,4000,16000,64000")
    parser.add_argument("--only", default=",".join(strategies.names()))
    parser.add_argument("--patience", type=float, default=60)
    parser.add_argument(
        "--resident", action="store_true", help="memory of the process, torch's too"
    )
    parser.add_argument("--csv", metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    header = [
        "strategy",
        *(f"s at {size}" for size in sizes),
        *(f"MB at {size}" for size in sizes),
        "time exponent",
        "memory exponent",
        "quadratic",
    ]
    table = [header]
    print(" ".join(f"{cell:>14}" for cell in header))
    for name in options.only.split(","):
        measure(name, 500, False)  # what is loaded lazily is loaded now
        seconds, peaks = [], []
        for size in sizes:
            if seconds and seconds[-1] > options.patience:
                break
            for values, value in zip(
                (seconds, peaks), measure(name, size, options.resident), strict=True
            ):
                values.append(value)
        blank = [""] * (len(sizes) - len(seconds))
        row = [
            name,
            *(f"{value:.3f}" for value in seconds),
            *blank,
            *(f"{value:.1f}" for value in peaks),
            *blank,
            f"{exponent(sizes, seconds):.2f}",
            f"{exponent(sizes, peaks):.2f}",
            "yes" if get_tags(strategies.get(name)).strategy.quadratic else "",
        ]
        table.append(row)
        print(" ".join(f"{cell:>14}" for cell in row), flush=True)
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            csv.writer(file).writerows(table)


if __name__ == "__main__":
    main()
