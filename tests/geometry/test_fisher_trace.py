"""BAIT for classifiers against Fisher matrices written out."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.geometry import fisher_gains, greedy_fisher

rng_of = np.random.default_rng


def problem(n=12, n_labeled=4, width=3, n_classes=3, seed=0):
    rng = rng_of(seed)
    return {
        "features": rng.normal(size=(n, width)),
        "proba": rng.dirichlet(np.ones(n_classes), size=n),
        "labeled": rng.normal(size=(n_labeled, width)),
        "labeled_proba": rng.dirichlet(np.ones(n_classes), size=n_labeled),
    }


class WrittenOut:
    """The matrices of the definition, of all classes, one row after the other."""

    def __init__(self, size, features, proba, labeled, labeled_proba, lam=1.0):
        unit = np.sqrt(np.mean(np.square(labeled)))
        self.rows = self.fisher(features / unit, proba)
        seen = self.fisher(labeled / unit, labeled_proba)
        n_labeled = len(labeled)
        self.F = np.mean([*self.rows, *seen], axis=0)
        self.weight = size / (n_labeled + size)
        share = n_labeled / (n_labeled + size)
        self.start = lam * np.eye(len(self.F)) + share * np.mean(seen, axis=0)

    @staticmethod
    def fisher(X, P):
        return [
            np.kron(np.diag(p) - np.outer(p, p), np.outer(x, x))
            for x, p in zip(X, P, strict=True)
        ]

    def error(self, picks):
        added = self.weight * sum(self.rows[i] for i in picks)
        return np.trace(np.linalg.solve(self.start + added, self.F))

    def greedy(self, n_picks, given=(), oversample=1):
        picks = []
        for _ in range(n_picks * oversample):
            left = set(range(len(self.rows))) - {*picks, *given}
            errors = {i: self.error([*given, *picks, i]) for i in left}
            picks.append(min(errors, key=errors.get))
        while len(picks) > n_picks:
            errors = {
                i: self.error([*given, *(j for j in picks if j != i)]) for i in picks
            }
            picks.remove(min(errors, key=errors.get))
        return picks


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("lam", [1.0, 1e-3])
def test_forward_gain_is_the_difference_of_traces(n_classes, lam):
    data = problem(n_classes=n_classes)
    naive = WrittenOut(1, **data, lam=lam)
    expected = [naive.error([]) - naive.error([i]) for i in range(12)]
    assert_allclose(fisher_gains(**data, regularization=lam), expected, rtol=1e-8)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("given", [[], [3, 8]])
@pytest.mark.parametrize("oversample", [1, 2])
def test_greedy_picks(seed, given, oversample):
    data = problem(seed=seed)
    rows = greedy_fisher(
        **data, n_picks=4, given=given, oversample=oversample, rng=rng_of(0)
    )
    assert_array_equal(rows, WrittenOut(4, **data).greedy(4, given, oversample))


def test_one_pick_is_the_best_of_all():
    data = problem(seed=5)
    naive = WrittenOut(1, **data)
    (row,) = greedy_fisher(**data, n_picks=1, oversample=2, rng=rng_of(0))
    assert row == np.argmin([naive.error([i]) for i in range(12)])


def test_a_batch_is_close_to_the_best():
    data = problem(n=10, seed=6)
    naive = WrittenOut(3, **data)
    errors = {some: naive.error(some) for some in combinations(range(10), 3)}
    rows = greedy_fisher(**data, n_picks=3, oversample=2, rng=rng_of(0))
    better = sum(e < naive.error(rows) - 1e-12 for e in errors.values())
    assert better <= 0.05 * len(errors)


def test_two_classes_are_a_weighted_regression():
    # The Fisher information of a logistic regression is p (1 - p) x x'.
    data = problem(n_classes=2, seed=2)
    unit = np.sqrt(np.mean(np.square(data["labeled"])))
    weight = np.prod(data["proba"], axis=1)[:, np.newaxis]
    Z = np.sqrt(2 * weight) * data["features"] / unit
    seen = np.sqrt(2 * np.prod(data["labeled_proba"], axis=1))[:, np.newaxis]
    Z_seen = seen * data["labeled"] / unit
    M = np.linalg.inv(np.eye(3) + Z_seen.T @ Z_seen / 5)
    F = (Z.T @ Z + Z_seen.T @ Z_seen) / 16
    gains = [(z @ M @ F @ M @ z / 5) / (1 + z @ M @ z / 5) for z in Z]
    assert_allclose(fisher_gains(**data), gains, rtol=1e-10)


def test_many_picks_keep_their_digits():
    # One after the other to the end, gains fall by orders of magnitude.
    data = problem(n=40, width=2, seed=3)
    for oversample in (1, 2):
        rows = greedy_fisher(
            **data,
            n_picks=15,
            regularization=1e-4,
            oversample=oversample,
            rng=rng_of(0),
        )
        naive = WrittenOut(15, **data, lam=1e-4).greedy(15, (), oversample)
        assert_array_equal(rows, naive)


def test_classes_that_never_occur_make_no_difference():
    data = problem()
    wider = dict(data)
    for name in ("proba", "labeled_proba"):
        wider[name] = np.insert(data[name], 1, 0, axis=1)
    assert_array_equal(fisher_gains(**wider), fisher_gains(**data))


def test_other_kinds_of_features():
    data = problem()
    expected = fisher_gains(**data)
    kinds = [sparse.csr_matrix, lambda a: a.astype(np.float32)]
    for kind, digits in zip(kinds, (1e-12, 1e-5), strict=True):
        other = {k: kind(v) if "proba" not in k else v for k, v in data.items()}
        assert_allclose(fisher_gains(**other), expected, rtol=digits)


def test_without_doubt_rows_are_random():
    data = problem()
    data["proba"] = np.eye(3)[rng_of(0).integers(3, size=12)]
    firsts = {
        greedy_fisher(**data, n_picks=3, oversample=2, rng=rng_of(s))[0]
        for s in range(60)
    }
    assert firsts == set(range(12))
    data["proba"] = np.eye(3)[np.zeros(12, dtype=int)]
    data["labeled_proba"] = np.eye(3)[np.zeros(4, dtype=int)]
    rows = greedy_fisher(**data, n_picks=12, rng=rng_of(0))
    assert sorted(rows) == list(range(12))


def test_features_of_zeros():
    data = problem()
    data["labeled"] = np.zeros((4, 3))
    data["features"] = np.zeros((12, 3))
    rows = greedy_fisher(**data, n_picks=6, oversample=2, rng=rng_of(0))
    assert len(set(rows)) == 6


def test_too_many_weights_are_refused_with_a_remedy():
    data = problem(width=600, n_classes=10)
    with pytest.raises(TypeError, match=r"5400 of them, 600 features for 10 classes"):
        fisher_gains(**data)
    # Of two classes only one vector of weights is needed.
    two = problem(width=600, n_classes=2)
    assert fisher_gains(**two).shape == (12,)
