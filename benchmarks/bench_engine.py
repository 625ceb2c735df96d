"""The lazy engines against the plain loops that look at every row for every pick.

    python benchmarks/bench_engine.py [--quick]

Core-set: the same picks, asserted up to their order. k-means++ on product features: the
same law; the plain loop keeps the same distances and refreshes all of them after each
draw. Seconds are medians of three runs, both sides in one process. The core-set is
measured with many labeled samples, where both sides begin with a matrix product, and
with a single one, where the picks are all there is to do.
"""

import argparse
import time
from functools import partial
from statistics import median

import numpy as np

from skactive.geometry import (
    ProductFeatures,
    farthest_first,
    kmeans_plusplus,
)


def seconds_of(call, n_runs=3):
    """Return the last result and the median of the seconds."""
    seconds = []
    for _ in range(n_runs):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return result, median(seconds)


def plain_farthest_first(pool, labeled, n_picks):
    """One pass over the pool for each pick, in the precision of the pool."""
    norms = np.einsum("ij,ij->i", pool, pool)
    nearest, picks = np.full(len(pool), np.inf, dtype=pool.dtype), []
    halves = np.einsum("ij,ij->i", labeled, labeled) / 2
    for start in range(0, len(pool), 1000):
        rows = slice(start, start + 1000)
        products = pool[rows] @ labeled.T - halves
        nearest[rows] = norms[rows] - 2 * products.max(axis=1)
    for _ in range(n_picks):
        pick = int(nearest.argmax())
        picks.append(pick)
        fresh = norms + norms[pick] - 2 * (pool @ pool[pick])
        np.minimum(nearest, np.maximum(fresh, 0), out=nearest)
        nearest[pick] = 0
    return np.array(picks)


def plain_kmeans_plusplus(left, right, n_picks, rng):
    """One pass over the factors for each draw."""
    norms = np.einsum("ij,ij->i", left, left) * np.einsum("ij,ij->i", right, right)
    nearest, picks = np.full(len(left), np.inf), [int(norms.argmax())]
    while True:
        pick = picks[-1]
        products = (left @ left[pick]) * (right @ right[pick])
        fresh = np.maximum(norms + norms[pick] - 2 * products, 0)
        np.minimum(nearest, fresh, out=nearest)
        nearest[pick] = 0
        if len(picks) == n_picks:
            return np.array(picks)
        total = nearest.cumsum(dtype=np.float64)
        picks.append(int(np.searchsorted(total, rng.random() * total[-1])))


def embeddings(rng, n_samples, width):
    """Outputs of a ReLU layer for samples of ten overlapping classes."""
    centers = rng.normal(size=(10, width)).astype(np.float32)
    noise = rng.standard_normal((n_samples, width), dtype=np.float32)
    return np.maximum(centers[rng.integers(10, size=n_samples)] + noise, 0)


def coreset(quick, n_labeled):
    n_samples, width, n_picks = (2000, 32, 50) if quick else (50_000, 512, 500)
    rng = np.random.default_rng(0)
    both = embeddings(rng, n_labeled + n_samples, width)
    labeled, pool = both[:n_labeled], both[n_labeled:]
    plain, plain_seconds = seconds_of(
        lambda: plain_farthest_first(pool, labeled, n_picks)
    )
    ours, seconds = seconds_of(
        lambda: farthest_first(
            pool, n_picks, centers=labeled, rng=np.random.default_rng(0)
        )
    )
    # The plain loop is in single precision: neighbours in its order may change places.
    np.testing.assert_array_equal(np.sort(ours), np.sort(plain))
    title = f"core-set {n_samples} x {width}, {n_labeled} labeled, batch {n_picks}"
    return title, plain_seconds, seconds


def badge(quick):
    n_samples, width, n_picks = (2000, 32, 20) if quick else (100_000, 512, 100)
    rng = np.random.default_rng(0)
    right = embeddings(rng, n_samples, width)
    left = rng.dirichlet(np.ones(10), n_samples).astype(np.float32)
    left[np.arange(n_samples), left.argmax(axis=1)] -= 1
    features = ProductFeatures(left, right)
    _, plain_seconds = seconds_of(
        lambda: plain_kmeans_plusplus(left, right, n_picks, np.random.default_rng(0))
    )
    _, seconds = seconds_of(
        lambda: kmeans_plusplus(features, n_picks, rng=np.random.default_rng(0))
    )
    title = f"k-means++ {n_samples} x ({width} x 10), batch {n_picks}"
    return title, plain_seconds, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    quick = parser.parse_args().quick
    print(f"{'':<52}{'plain':>9}{'lazy':>9}{'ratio':>8}")
    cases = (partial(coreset, n_labeled=1000), partial(coreset, n_labeled=1), badge)
    for case in cases:
        title, plain, lazy = case(quick)
        print(f"{title:<52}{plain:>7.2f} s{lazy:>7.2f} s{plain / lazy:>7.1f}x")


if __name__ == "__main__":
    main()
