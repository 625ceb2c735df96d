"""Batches on the gradients of a net, against bmdal_reg in the same run.

    python benchmarks/bench_kernel.py [--only lcmd,maxdet,...] [--quick] [--json FILE]

Needs ``pip install --no-deps bmdal_reg==3.0.2`` (and ``numpy.Inf``, which is set here,
for it was written for NumPy 1). Both sides get the same trained net, 16-512-512-1, and
the same inputs: 1,000 labeled samples and a pool of 50,000, of which 256 are picked, by
gradients of all layers sketched to 512 numbers.

lcmd, maxdet
    The whole query: gradients, sketch, selection. The sketches are random and differ.
lcmd-selection, maxdet-selection
    The selection alone, on the same features: the picks are compared.

Seconds are the median of three runs, after a small one. Memory is the growth of the
process during a query at its peak, each side in a process of its own, sampled every few
milliseconds, as torch's memory is invisible to tracemalloc.
"""

import argparse
import gc
import json
import multiprocessing
import os
import pickle
import platform
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import numpy as np

SIGMA = 1e-3  # standard deviation of the noise, on features of mean squared length 1
N_COMPONENTS = 512


def prepare(quick):
    """Train the net; inputs and features of labeled samples and pool."""
    from skactive import ModelView
    from skactive.features import WeightGradient
    from skactive.nets import TorchMLPRegressor

    n_labeled, n_pool, width = (50, 1000, 32) if quick else (1000, 50_000, 512)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_labeled + n_pool, 16)).astype(np.float32)
    y = np.sin(2 * X[:, 0]) * X[:, 1] + X[:, 2] ** 2 + 0.1 * X[:, 3:].sum(axis=1)
    net = TorchMLPRegressor((width, width), dropout=0.0, max_epochs=20, random_state=0)
    net.fit(X[:n_labeled], y[:n_labeled])
    gradient = WeightGradient(n_components=N_COMPONENTS, random_state=0).fit(X)
    features = gradient.transform(ModelView(X, net))
    return net, X[:n_labeled], X[n_labeled:], features[:n_labeled], features[n_labeled:]


def ours(case, data, n_picks):
    from skactive import ModelView
    from skactive.features import Embedding, WeightGradient
    from skactive.selection import LargestClusterMaximum, MaxDet

    net, X_labeled, X_pool, labeled_features, pool_features = data
    if case.endswith("-selection"):
        labeled, pool = (
            ModelView.from_outputs(embedding=part)
            for part in (labeled_features, pool_features)
        )
        features = Embedding()
    else:
        labeled, pool = ModelView(X_labeled, net), ModelView(X_pool, net)
        features = WeightGradient(n_components=N_COMPONENTS, random_state=0)
    if case.startswith("lcmd"):
        strategy = LargestClusterMaximum(features)
    else:
        strategy = MaxDet(features, noise=SIGMA**2)
    return strategy.fit(labeled).select(pool, n_picks)


def peer(case, data, n_picks):
    vars(np).setdefault("Inf", np.inf)
    import torch
    from bmdal_reg.bmdal.algorithms import select_batch
    from bmdal_reg.bmdal.feature_data import TensorFeatureData

    net, X_labeled, X_pool, labeled_features, pool_features = data
    module = net.net_.module_.eval()
    if case.endswith("-selection"):
        base_kernel, transforms = "linear", []
        parts = {"train": labeled_features, "pool": pool_features}
    else:
        base_kernel, transforms = "grad", [("rp", [N_COMPONENTS])]
        parts = {"train": X_labeled, "pool": X_pool}
    if case.startswith("maxdet"):
        transforms = [*transforms, ("scale", []), ("train", [SIGMA])]
    rows, _ = select_batch(
        batch_size=n_picks,
        models=[module],
        data={k: TensorFeatureData(torch.as_tensor(v)) for k, v in parts.items()},
        y_train=None,
        base_kernel=base_kernel,
        kernel_transforms=transforms,
        selection_method=case.removesuffix("-selection"),
        maxdet_sigma=SIGMA,
        allow_float64=True,
        verbosity=0,
    )
    return rows.numpy()


SIDES = {"ours": ours, "peer": peer}
CASES = ["lcmd", "lcmd-selection", "maxdet", "maxdet-selection"]


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(side, case, file, n_picks, n_runs):
    """Run in a process of its own: seconds, peak growth in bytes, picks."""
    with open(file, "rb") as opened:
        data = pickle.load(opened)
    answer = SIDES[side]
    small = (data[0], *(part[:300] for part in data[1:]))
    answer(case, small, 10)
    gc.collect()
    start, peak, stop = resident(), [0], threading.Event()

    def watch():
        while not stop.is_set():
            peak[0] = max(peak[0], resident() - start)
            time.sleep(0.003)

    watcher = threading.Thread(target=watch)
    watcher.start()
    rows = answer(case, data, n_picks)
    stop.set()
    watcher.join()
    times = []
    for _ in range(n_runs):
        begin = time.perf_counter()
        rows = answer(case, data, n_picks)
        times.append(time.perf_counter() - begin)
    return median(times), peak[0], rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--quick", action="store_true", help="small, to see it work")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    n_picks, n_runs = (20, 1) if options.quick else (256, 3)
    context = multiprocessing.get_context("spawn")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "data.pickle")
        with open(file, "wb") as opened:
            pickle.dump(prepare(options.quick), opened)
        print(f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}")
        sides = f"{'ours':>10}{'peer':>10}"
        print(f"{'':18}{sides}{'ratio':>8}{sides}  same")
        for case in options.only.split(","):
            found = {}
            for side in SIDES:
                with ProcessPoolExecutor(1, context) as alone:
                    run = alone.submit(measure, side, case, file, n_picks, n_runs)
                    found[side] = run.result()
            (s, m, rows), (peer_s, peer_m, peer_rows) = found["ours"], found["peer"]
            same = len(set(rows.tolist()) & set(peer_rows.tolist())) / n_picks
            print(
                f"{case:18}{s:9.2f}s{peer_s:9.2f}s{peer_s / s:8.1f}"
                f"{m / 1e6:8.0f}MB{peer_m / 1e6:8.0f}MB{same:6.0%}"
            )
            results[case] = {
                "ours_seconds": s,
                "peer_seconds": peer_s,
                "ours_bytes": m,
                "peer_bytes": peer_m,
                "same_picks": same,
            }
    if options.json:
        with open(options.json, "w") as opened:
            json.dump(results, opened, indent=1)


if __name__ == "__main__":
    main()
