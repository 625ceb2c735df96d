"""Estimators that learn from the rest of the pool."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner, BudgetedLearner, simulate
from skactive.datasets import robot_arm
from skactive.nets import TorchMLPClassifier
from skactive.semisupervised import (
    MixMatchClassifier,
    PseudoLabelClassifier,
    PseudoLabelRegressor,
)

X, y = load_iris(return_X_y=True)
X = X + np.random.default_rng(0).normal(0, 1e-6, X.shape)  # no row is there twice
SIZES = {"n_initial": 10, "n_queries": 10, "budget": 30, "n_repeats": 2}
SEEN = []


class Looking(GaussianNB):
    """Notes which samples it sees without a label."""

    def fit(self, X, y, X_unlabeled=None):
        SEEN.append((len(y), X, X_unlabeled))
        return super().fit(X, y)


def run(estimator, **options):
    names = ["random", "margin"]
    options = {"strategies": names, "random_state": 0, **SIZES, **options}
    return simulate(estimator, X, y, **options)


def without_times(result):
    return result.to_frame().drop(columns=["fit_time", "query_time"])


@pytest.mark.parametrize(
    "inside", [lambda m: m, lambda m: make_pipeline("passthrough", m)]
)
def test_the_rest_of_the_pool_is_passed(inside):
    SEEN.clear()
    run(inside(Looking()), n_repeats=1)
    assert [n for n, _, _ in SEEN] == [10, 20, 30] * 2
    n_train = 112
    for n_labeled, labeled, unlabeled in SEEN:
        assert len(unlabeled) == n_train - n_labeled
        both = np.concatenate([labeled, unlabeled])
        assert len(np.unique(both, axis=0)) == n_train, "never a label that was asked"
    everything = [np.unique(np.concatenate(seen[1:]), axis=0) for seen in SEEN]
    for rows in everything[1:]:
        assert_array_equal(rows, everything[0])


def test_others_get_nothing():
    class Plain(GaussianNB):
        def fit(self, X, y, **params):
            assert not params
            return super().fit(X, y)

    run(Plain(), on_error="raise")


def test_one_line_and_the_same_table_for_every_n_jobs():
    model = make_pipeline(StandardScaler(), PseudoLabelClassifier(LogisticRegression()))
    names = ["ssl_random", "margin"]
    result, again, two = (
        run(model, strategies=names, n_jobs=n_jobs) for n_jobs in (1, 1, 2)
    )
    assert result.strategies == names
    for other in (again, two):
        pd.testing.assert_frame_equal(without_times(other), without_times(result))


def test_mixmatch_gives_the_same_table_in_two_processes():
    net = TorchMLPClassifier((4,), max_epochs=2)
    model = MixMatchClassifier(net, n_steps=5, batch_size=8, check_strength=False)
    names = ["ssl_random", "ssl_consistency", "ssl_diff2aug_direct"]
    one, two = (run(model, strategies=names, n_jobs=n_jobs) for n_jobs in (1, 2))
    assert one.strategies == names
    pd.testing.assert_frame_equal(without_times(one), without_times(two))
    pd.testing.assert_frame_equal(one.picks, two.picks)


def test_supervised_beside_semi_supervised():
    names = {
        "random": "random",
        "ssl_random": ActiveLearner(PseudoLabelClassifier(GaussianNB()), "ssl_random"),
    }
    assert run(GaussianNB(), strategies=names).strategies == list(names)


def test_interrupted_and_taken_up_again(tmp_path):
    model = PseudoLabelClassifier(GaussianNB())
    whole = run(model, checkpoint=tmp_path)
    for path in tmp_path.glob("*.jsonl"):
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    again = run(model, checkpoint=tmp_path)
    pd.testing.assert_frame_equal(without_times(again), without_times(whole))


@pytest.mark.parametrize(
    ("pool", "n_unlabeled"),
    [({"pool_size": 40}, [40, 30, 20]), ({"pool_ratio": 3}, [None] * 3)],
)
def test_a_problem_passes_a_pool_that_is_kept(pool, n_unlabeled):
    class LookingRidge(Ridge):
        def fit(self, X, y, X_unlabeled=None):
            SEEN.append((len(y), X, X_unlabeled))
            return super().fit(X, y)

    SEEN.clear()
    sizes = {**SIZES, "n_repeats": 1, "test_size": 20, "random_state": 0}
    simulate(LookingRidge(), robot_arm(), strategies=["random"], **sizes, **pool)
    assert [n for n, _, _ in SEEN] == [10, 20, 30]
    assert [None if rest is None else len(rest) for *_, rest in SEEN] == n_unlabeled


def test_pseudo_labels_on_a_problem():
    sizes = {**SIZES, "n_repeats": 1, "test_size": 20, "random_state": 0}
    for pool in ({"pool_size": 40}, {"pool_ratio": 3}):
        results = [
            simulate(model, robot_arm(), strategies=["random"], **sizes, **pool)
            for model in (Ridge(), PseudoLabelRegressor(Ridge(), cv=None))
        ]
        plain, pseudo = (each.to_frame()["score"] for each in results)
        # What is thrown away teaches nothing.
        assert pseudo.equals(plain) == ("pool_ratio" in pool)


def test_a_pool_that_is_used_up():
    SEEN.clear()
    BudgetedLearner(
        ActiveLearner(Looking(), "random"), budget=150, n_initial=100, random_state=0
    ).fit(X, y)
    assert SEEN[-1][0] == 150
    assert SEEN[-1][2] is None
