"""Time and memory of queries, against scikit-activeml in the same run.

    python benchmarks/bench_query.py [--only badge,entropy,coreset,...] [--quick]
                                     [--no-peer] [--json FILE]

Needs ``pip install scikit-activeml==1.0.1``; ``--no-peer`` measures ours alone.

What each side is given: the same float32 arrays, made before the clock starts, as if a
network had just been run over the pool. No model is fitted or called.

ours
    Two views made from the outputs, labeled and pool, then
    ``strategy.fit(labeled).select(pool, n)``. Making the views, with their checks, is
    part of the time.
scikit-activeml
    ``query(X, y, ..., batch_size=n)``, where y is NaN for unlabeled samples. CoreSet
    gets the embeddings as X, labeled and pool; GreedySamplingX the inputs. The others
    get a classifier whose ``predict_proba`` hands out the stored probabilities (Badge:
    and embeddings), and ``fit_clf=False``; UncertaintySampling gets an X of one column,
    as it looks at nothing but the probabilities, and so does Falcun. Clue gets the
    embeddings beside the probabilities, and DropQuery, as X, to predict from with a
    linear layer; their k-means runs once, for at most 100 iterations, as ours does.

Seconds are the median of three runs, of the peer's too unless one takes longer than
20 s, each after a small one that loads what is loaded lazily. Memory is what a query
allocates at its peak beyond its input, in a run of its own, as tracemalloc sees it. The
picks are compared: entropy must take equally uncertain samples, core-set and GSx
equally distant ones in every step, BADGE, which draws at random, the same first sample,
and CLUE samples that represent the weighted pool as well.
"""

import argparse
import json
import platform
import time
import tracemalloc
import warnings
from functools import partial
from statistics import median
from typing import NamedTuple

import numpy as np
import scipy
import sklearn

from skactive import ModelView, strategies
from skactive.adapters import InputGradient
from skactive.geometry import squared_distances

N_CLASSES = 10


class Case(NamedTuple):
    """One query: what goes in, and how either side answers it."""

    title: str
    n_bytes: int
    ours: callable
    peer: callable
    check: callable


def embeddings(rng, n_samples, width):
    """Outputs of a ReLU layer for samples of ten overlapping classes."""
    centers = rng.normal(size=(N_CLASSES, width)).astype(np.float32)
    noise = rng.standard_normal((n_samples, width), dtype=np.float32)
    return np.maximum(centers[rng.integers(N_CLASSES, size=n_samples)] + noise, 0)


def probabilities(rng, embedding):
    """Softmax of a random linear layer: some samples are clear, some are not."""
    width = embedding.shape[1]
    head = rng.normal(size=(width, N_CLASSES)).astype(np.float32) / np.sqrt(width)
    logits = 2 * embedding @ head
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    return proba / proba.sum(axis=1, keepdims=True)


def badge_case(quick, n_samples=20_000):
    n_samples, width, n_picks = (500, 32, 10) if quick else (n_samples, 512, 100)
    rng = np.random.default_rng(0)
    embedding = embeddings(rng, n_samples, width)
    proba = probabilities(rng, embedding)

    def ours():
        pool = ModelView.from_outputs(proba=proba, embedding=embedding)
        return strategies.badge(random_state=0).select(pool, n_picks)

    def peer():
        from skactiveml.pool import Badge

        unlabeled = np.full(n_samples, np.nan)
        return Badge(random_state=0).query(
            embedding,
            unlabeled,
            stored_classifier((proba, embedding)),
            fit_clf=False,
            batch_size=n_picks,
        )

    def check(rows, peer_rows):
        for some in (rows, peer_rows):
            assert len(set(some)) == n_picks
        assert rows[0] == peer_rows[0]

    title = f"badge {n_samples} x {width}, {N_CLASSES} classes, batch {n_picks}"
    return Case(title, embedding.nbytes + proba.nbytes, ours, peer, check)


def entropy_case(quick):
    n_samples, n_picks = (10_000, 10) if quick else (1_000_000, 100)
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(N_CLASSES), n_samples).astype(np.float32)

    def ours():
        return strategies.entropy().select(ModelView.from_outputs(proba=proba), n_picks)

    def peer():
        from skactiveml.pool import UncertaintySampling

        unlabeled = np.full(n_samples, np.nan)
        return UncertaintySampling("entropy", random_state=0).query(
            np.zeros((n_samples, 1)),
            unlabeled,
            stored_classifier(proba),
            fit_clf=False,
            batch_size=n_picks,
        )

    def check(rows, peer_rows):
        one, other = (scipy.special.entr(proba[some]) for some in (rows, peer_rows))
        np.testing.assert_allclose(one.sum(axis=1), other.sum(axis=1), rtol=1e-5)

    title = f"entropy {n_samples} x {N_CLASSES}, batch {n_picks}"
    return Case(title, proba.nbytes, ours, peer, check)


def coreset_case(quick, n_samples=50_000, width=512):
    n_samples, width, n_labeled, n_picks = (
        (1000, 32, 50, 20) if quick else (n_samples, width, 1000, 500)
    )
    rng = np.random.default_rng(0)
    both = embeddings(rng, n_labeled + n_samples, width)
    labeled, pool = both[:n_labeled], both[n_labeled:]

    def ours():
        strategy = strategies.coreset().fit(ModelView.from_outputs(embedding=labeled))
        return strategy.select(ModelView.from_outputs(embedding=pool), n_picks)

    def peer():
        from skactiveml.pool import CoreSet

        y = np.full(len(both), np.nan)
        y[:n_labeled] = 0
        return CoreSet(random_state=0).query(both, y, batch_size=n_picks) - n_labeled

    def check(rows, peer_rows):
        one, other = (steps(labeled, pool[some]) for some in (rows, peer_rows))
        np.testing.assert_allclose(one, other, rtol=1e-6)

    title = f"coreset {n_samples} x {width}, {n_labeled} labeled, batch {n_picks}"
    return Case(title, both.nbytes, ours, peer, check)


def steps(labeled, picks):
    """Distance of each pick to everything labeled or picked before it."""
    others = np.vstack([labeled, picks]).astype(np.float64)
    return [
        np.sqrt(((others[:i] - others[i]) ** 2).sum(axis=1).min())
        for i in range(len(labeled), len(others))
    ]


def gsx_case(quick):
    n_samples, n_labeled, n_picks = (1000, 50, 20) if quick else (20_000, 200, 100)
    rng = np.random.default_rng(0)
    both = rng.normal(size=(n_labeled + n_samples, 8)).astype(np.float32)
    labeled, pool = both[:n_labeled], both[n_labeled:]

    def ours():
        return strategies.gsx().fit(labeled).select(pool, n_picks)

    def peer():
        from skactiveml.pool import GreedySamplingX

        y = np.full(len(both), np.nan)
        y[:n_labeled] = 0
        query = GreedySamplingX(random_state=0).query
        return query(both, y, batch_size=n_picks) - n_labeled

    def check(rows, peer_rows):
        one, other = (steps(labeled, pool[some]) for some in (rows, peer_rows))
        np.testing.assert_allclose(one, other, rtol=1e-6)

    title = f"gsx {n_samples} x 8, {n_labeled} labeled, batch {n_picks}"
    return Case(title, both.nbytes, ours, peer, check)


def gsxy_case(quick):
    n_samples, n_labeled, n_picks = (1000, 50, 20) if quick else (20_000, 200, 100)
    rng = np.random.default_rng(0)
    both = rng.normal(size=(n_labeled + n_samples, 8)).astype(np.float32)
    labeled, pool = both[:n_labeled], both[n_labeled:]
    truth = np.sin(both).sum(axis=1).astype(np.float64)
    guess = truth + rng.normal(scale=0.1, size=len(both))

    def ours():
        view = ModelView.from_outputs(pool, prediction=guess[n_labeled:])
        return strategies.gsxy().fit(labeled, truth[:n_labeled]).select(view, n_picks)

    def peer():
        from skactiveml.pool import GreedySamplingTarget

        y = np.full(len(both), np.nan)
        y[:n_labeled] = truth[:n_labeled]
        rows = GreedySamplingTarget(random_state=0).query(
            both,
            y,
            stored_regressor(guess[n_labeled:]),
            fit_reg=False,
            batch_size=n_picks,
        )
        return rows - n_labeled

    title = f"gsxy {n_samples} x 8, {n_labeled} labeled, batch {n_picks}"
    return Case(title, both.nbytes, ours, peer, np.testing.assert_array_equal)


def batch_bald_case(quick):
    n_samples, n_draws, n_picks = (300, 10, 3) if quick else (5000, 50, 10)
    rng = np.random.default_rng(0)
    # Draws of a model that is sure of some samples and wavers on others.
    logits = rng.normal(size=(n_samples, 1, N_CLASSES)) * 2
    logits = logits + rng.normal(size=(n_samples, n_draws, N_CLASSES))
    draws = np.exp(logits - logits.max(axis=2, keepdims=True))
    draws = (draws / draws.sum(axis=2, keepdims=True)).astype(np.float32)

    def ours():
        pool = ModelView.from_outputs(draws=draws)
        strategy = strategies.batch_bald(max_configurations=10_000, random_state=0)
        return strategy.select(pool, n_picks)

    def peer():
        from skactiveml.pool import batch_bald

        members = draws.transpose(1, 0, 2).copy()  # it writes to what it is given
        worth = batch_bald(members, n_picks, n_MC_samples=50, random_state=0)
        return np.nanargmax(worth, axis=1)

    def check(rows, peer_rows):
        for some in (rows, peer_rows):
            assert len(set(some)) == n_picks
        assert rows[0] == peer_rows[0]

    title = f"batch_bald {n_samples} x {n_draws} draws, batch {n_picks}"
    return Case(title, draws.nbytes, ours, peer, check)


def clue_case(quick):
    n_samples, width, n_picks = (500, 32, 10) if quick else (20_000, 128, 100)
    rng = np.random.default_rng(0)
    embedding = embeddings(rng, n_samples, width)
    proba = probabilities(rng, embedding)
    entropy = scipy.special.entr(proba.astype(np.float64)).sum(axis=1)

    def ours():
        pool = ModelView.from_outputs(proba=proba, embedding=embedding)
        return strategies.clue(random_state=0).select(pool, n_picks)

    def peer():
        from skactiveml.pool import Clue

        # One run of k-means and at most as many iterations as ours.
        options = {"n_init": 1, "max_iter": 100, "random_state": 0}
        return Clue(cluster_algo_dict=options, random_state=0).query(
            embedding,
            np.full(n_samples, np.nan),
            stored_classifier((proba, embedding)),
            fit_estimator=False,
            batch_size=n_picks,
        )

    def check(rows, peer_rows):
        # Either side's picks, as centers, leave about the same weighted spread.
        one, other = (
            (entropy * squared_distances(embedding, embedding[some]).min(axis=1)).sum()
            for some in (rows, peer_rows)
        )
        np.testing.assert_allclose(one, other, rtol=0.1)

    title = f"clue {n_samples} x {width}, batch {n_picks}"
    return Case(title, embedding.nbytes + proba.nbytes, ours, peer, check)


def falcun_case(quick):
    n_samples, n_picks = (1000, 10) if quick else (100_000, 100)
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(N_CLASSES), n_samples).astype(np.float32)

    def ours():
        pool = ModelView.from_outputs(proba=proba)
        return strategies.falcun(random_state=0).select(pool, n_picks)

    def peer():
        from skactiveml.pool import Falcun

        return Falcun(random_state=0).query(
            np.zeros((n_samples, 1)),
            np.full(n_samples, np.nan),
            stored_classifier(proba),
            fit_clf=False,
            batch_size=n_picks,
        )

    def check(rows, peer_rows):
        ordered = np.sort(proba, axis=1)
        doubt = 1 - (ordered[:, -1] - ordered[:, -2])
        for some in (rows, peer_rows):
            assert len(set(some)) == n_picks
            assert doubt[some].mean() > doubt.mean()

    title = f"falcun {n_samples} x {N_CLASSES}, batch {n_picks}"
    return Case(title, proba.nbytes, ours, peer, check)


def dropquery_case(quick):
    n_samples, width, n_picks = (500, 32, 10) if quick else (20_000, 128, 100)
    rng = np.random.default_rng(0)
    embedding = embeddings(rng, n_samples, width)
    weights = rng.normal(size=(N_CLASSES, width)).astype(np.float32)

    def ours():
        head = InputGradient.linear(embedding, weights, np.zeros(N_CLASSES))
        pool = ModelView.from_outputs(
            head=head, embedding=embedding, classes=np.arange(N_CLASSES)
        )
        return strategies.dropquery(random_state=0).select(pool, n_picks)

    def peer():
        from skactiveml.pool import DropQuery

        options = {"n_init": 1, "max_iter": 100, "random_state": 0}
        return DropQuery(
            n_dropout_samples=3, cluster_algo_dict=options, random_state=0
        ).query(
            embedding,
            np.full(n_samples, np.nan),
            linear_classifier(weights),
            fit_clf=False,
            batch_size=n_picks,
        )

    def check(rows, peer_rows):
        for some in (rows, peer_rows):
            assert len(set(some)) == n_picks

    title = f"dropquery {n_samples} x {width}, batch {n_picks}"
    return Case(title, embedding.nbytes, ours, peer, check)


def split(rng, n_samples, width):
    """Embeddings of ten labeled samples, and of a pool."""
    both = embeddings(rng, 10 + n_samples, width)
    return both[:10], both[10:]


def probcover_case(quick):
    n_samples, width, n_picks = (1000, 16, 20) if quick else (20_000, 64, 100)
    rng = np.random.default_rng(0)
    labeled, pool = split(rng, n_samples, width)
    sample = pool[:500].astype(np.float64)
    apart = np.sqrt(((sample[:, None] - sample) ** 2).sum(axis=2))
    delta = np.quantile(apart, 0.02)  # the balls of the batch hold most of the pool

    def ours():
        strategy = strategies.probcover(delta=delta, metric="euclidean", random_state=0)
        strategy.fit(ModelView.from_outputs(embedding=labeled), np.arange(10))
        return strategy.select(ModelView.from_outputs(embedding=pool), n_picks)

    def peer():
        from skactiveml.pool import ProbCover

        both, y = partly_labeled(labeled, pool)
        query = ProbCover(deltas=[delta], random_state=0).query
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of purity, which is not computed here
            return query(both, y, batch_size=n_picks) - len(labeled)

    def check(rows, peer_rows):
        one, other = (covered(pool, pool[some], delta) for some in (rows, peer_rows))
        assert abs(one - other) < 0.01 * other  # among equal balls either takes any

    title = f"probcover {n_samples} x {width}, batch {n_picks}"
    return Case(title, pool.nbytes, ours, peer, check)


def typiclust_case(quick):
    n_samples, width, n_picks = (1000, 16, 20) if quick else (20_000, 64, 100)
    rng = np.random.default_rng(0)
    labeled, pool = split(rng, n_samples, width)

    def ours():
        strategy = strategies.typiclust(metric="euclidean", random_state=0)
        strategy.fit(ModelView.from_outputs(embedding=labeled))
        return strategy.select(ModelView.from_outputs(embedding=pool), n_picks)

    def peer():
        from skactiveml.pool import TypiClust

        both, y = partly_labeled(labeled, pool)
        query = TypiClust(random_state=0).query
        return query(both, y, batch_size=n_picks) - len(labeled)

    def check(rows, peer_rows):
        for some in (rows, peer_rows):
            assert len(set(some)) == n_picks

    title = f"typiclust {n_samples} x {width}, {10 + n_picks} clusters"
    return Case(title, pool.nbytes, ours, peer, check)


def herding_case(quick):
    n_samples, width, n_picks = (1000, 16, 20) if quick else (5000, 64, 50)
    rng = np.random.default_rng(0)
    labeled, pool = split(rng, n_samples, width)

    def ours():
        strategy = strategies.max_herding()
        strategy.fit(ModelView.from_outputs(embedding=labeled))
        return strategy.select(ModelView.from_outputs(embedding=pool), n_picks)

    def peer():
        from skactiveml.pool import MaxHerding

        both, y = partly_labeled(labeled, pool)
        query = MaxHerding(metric_dict={"gamma": 1.0}, random_state=0).query
        return query(both, y, batch_size=n_picks) - len(labeled)

    def check(rows, peer_rows):
        one, other = (similarity(pool, pool[some]) for some in (rows, peer_rows))
        assert abs(one - other) < 1e-3 * other

    title = f"max_herding {n_samples} x {width}, batch {n_picks}"
    return Case(title, pool.nbytes, ours, peer, check)


def covered(pool, centers, delta):
    """How many samples are within a radius of a center."""
    squares = (pool**2).sum(axis=1)[:, None] + (centers**2).sum(axis=1)
    return ((squares - 2 * pool @ centers.T) < delta**2).any(axis=1).sum()


def similarity(pool, centers):
    """Sum over the pool of the similarity to the nearest center, by direction."""
    one, other = (a / np.linalg.norm(a, axis=1)[:, None] for a in (pool, centers))
    return np.exp(2 * (one @ other.T).max(axis=1) - 2).sum()


def partly_labeled(labeled, pool):
    """Samples and labels as scikit-activeml takes them."""
    y = np.full(len(labeled) + len(pool), np.nan)
    y[: len(labeled)] = np.arange(len(labeled))
    return np.vstack([labeled, pool]), y


CASES = {
    "badge": badge_case,
    "badge_large": partial(badge_case, n_samples=100_000),
    "entropy": entropy_case,
    "coreset": coreset_case,
    "coreset_large": partial(coreset_case, n_samples=200_000, width=128),
    "gsx": gsx_case,
    "gsxy": gsxy_case,
    "batch_bald": batch_bald_case,
    "clue": clue_case,
    "falcun": falcun_case,
    "dropquery": dropquery_case,
    "probcover": probcover_case,
    "typiclust": typiclust_case,
    "max_herding": herding_case,
}

# Seconds of one run of the peer's from which on it is not repeated.
_PATIENCE = 20


def stored_classifier(outputs):
    """Make a classifier of the peer's kind that knows its predictions beforehand."""
    from skactiveml.base import SkactivemlClassifier

    class Stored(SkactivemlClassifier):
        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X, **kwargs):
            return outputs

    return Stored()


def linear_classifier(weights):
    """Make a classifier of the peer's kind with a linear layer for a model."""
    from skactiveml.base import SkactivemlClassifier

    class Linear(SkactivemlClassifier):
        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X):
            raise NotImplementedError("Classes are all that is asked for.")

        def predict(self, X):
            return (X @ weights.T).argmax(axis=1)

    return Linear()


def stored_regressor(prediction):
    """Make a regressor of the peer's kind that knows its predictions beforehand."""
    from skactiveml.base import SkactivemlRegressor

    class Stored(SkactivemlRegressor):
        def fit(self, X, y, sample_weight=None):
            return self

        def predict(self, X):
            return prediction

    return Stored()


def measure(query, n_runs, with_memory):
    """Rows of the last run, median of the seconds, peak of the memory."""
    seconds = []
    while len(seconds) < n_runs:
        start = time.perf_counter()
        rows = np.asarray(query())
        seconds.append(time.perf_counter() - start)
        if seconds[-1] > _PATIENCE:
            break
    peak = np.nan
    if with_memory:
        tracemalloc.start()
        query()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return rows, {
        "seconds": median(seconds),
        "peak_mb": peak / 1e6,
        "runs": len(seconds),
    }


def run(name, quick, with_peer, with_memory):
    """Measure one case on both sides."""
    small, case = CASES[name](quick=True), CASES[name](quick)
    small.ours()
    rows, ours = measure(case.ours, 3, with_memory)
    result = {"case": case.title, "input_mb": case.n_bytes / 1e6, "ours": ours}
    if with_peer:
        small.peer()
        peer_rows, result["peer"] = measure(case.peer, 3, with_memory)
        case.check(rows, peer_rows)
        result["ratio"] = result["peer"]["seconds"] / ours["seconds"]
        result["same_rows"] = bool(np.array_equal(rows, peer_rows))
    return result


def line(result):
    """One line of the table."""
    cells = [f"{result['case']:<46}", f"{result['input_mb']:>9.0f}"]
    for side in ("ours", "peer"):
        if side in result:
            cells.append(f"{result[side]['seconds']:>9.3f} s")
            cells.append(f"{result[side]['peak_mb']:>8.1f} MB")
    if "ratio" in result:
        cells += [f"{result['ratio']:>6.0f} x", f"{result['same_rows']!s:>6}"]
    return " ".join(cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(CASES), help="names, with commas")
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--no-peer", action="store_true", help="measure ours alone")
    parser.add_argument("--no-memory", action="store_true", help="measure time alone")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    args = parser.parse_args()
    names = args.only.split(",")
    if unknown := set(names) - set(CASES):
        parser.error(f"--only: no case named {', '.join(sorted(unknown))}")

    print(f"{'':<46} {'input MB':>9} {'ours':>11} {'peak':>11}", end="")
    print(
        "" if args.no_peer else f" {'peer':>11} {'peak':>11} {'ratio':>8} {'same':>6}"
    )
    results = []
    for name in names:
        results.append(run(name, args.quick, not args.no_peer, not args.no_memory))
        print(line(results[-1]), flush=True)
    if args.json:
        versions = {m.__name__: m.__version__ for m in (np, scipy, sklearn)}
        versions["python"] = platform.python_version()
        with open(args.json, "w") as file:
            json.dump({"versions": versions, "results": results}, file, indent=2)


if __name__ == "__main__":
    main()
