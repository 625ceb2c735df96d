"""Seed sets that a strategy chooses."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_blobs, make_classification, make_regression
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB

from skactive import simulate, strategies
from skactive.compose import Subsample
from skactive.datasets import robot_arm
from skactive.simulation._initial import make_initial, order_of_first

SIZES = {"n_initial": 6, "n_queries": 4, "budget": 10, "n_repeats": 2}


def run(X, y, initial, estimator=None, **options):
    return simulate(
        GaussianNB() if estimator is None else estimator,
        *([X] if y is None else [X, y]),
        **{"strategies": ["random", "coreset"], "random_state": 0, **SIZES, **options},
        initial=initial,
    )


def seed_sets(result):
    picks = result.picks[result.picks["round"] == 0]
    return picks.groupby(["repeat", "strategy"])[picks.columns[3:].tolist()]


@pytest.mark.parametrize(
    "initial", ["kmeans", "facility_location", strategies.coreset(), "stratified"]
)
def test_all_strategies_of_a_repeat_share_it(initial):
    X, y = make_classification(120, random_state=0)
    result = run(X, y, initial)
    first = [
        [sorted(part["row"]) for _, part in seed_sets(result) if _[0] == repeat]
        for repeat in range(2)
    ]
    for random, coreset in first:
        assert random == coreset
    assert first[0] != first[1]
    assert result.setting["initial"] == initial


def test_it_covers_what_random_choice_misses():
    X, y = make_blobs(
        [20] * 6, 2, cluster_std=0.1, center_box=(-90, 90), random_state=0
    )
    result = run(X, y, "kmeans")
    for _, part in seed_sets(result):
        assert sorted(y[part["row"]]) == list(range(6))
    result = run(X, y, "random")
    assert any(len(np.unique(y[part["row"]])) < 6 for _, part in seed_sets(result))


def test_stratified_has_the_shares_of_the_classes():
    y = np.repeat(["a", "b", "c"], [60, 40, 20])
    X = np.random.default_rng(0).normal(size=(120, 2))
    for _, part in seed_sets(run(X, y, "stratified")):
        labels, counts = np.unique(y[part["row"]], return_counts=True)
        assert_array_equal(labels, ["a", "b", "c"])
        assert_array_equal(counts, [3, 2, 1])


def test_a_seed_set_of_one_class_is_extended_at_random():
    # The strategy goes for the rim, where there is one class only.
    X = np.r_[np.linspace(0, 1, 100), np.linspace(50, 99, 100)][:, None]
    y = np.repeat([0, 1], 100)
    order = order_of_first(
        make_initial(strategies.coreset(), GaussianNB()), X, y, 4, seed=0
    )
    assert sorted(order) == list(range(200))
    assert np.any(np.diff(order[4:]) < 0), "the rest is in random order"


def test_problems_choose_from_a_sample():
    result = run(robot_arm(), None, "kmeans", KernelRidge(kernel="rbf"), test_size=20)
    parts = [part.to_numpy() for _, part in seed_sets(result)]
    assert_array_equal(parts[0][:, -4:], parts[1][:, -4:])
    again = run(robot_arm(), None, "random", KernelRidge(kernel="rbf"), test_size=20)
    assert not np.array_equal(parts[0], next(p.to_numpy() for _, p in seed_sets(again)))


def test_same_table_for_every_n_jobs():
    X, y = make_classification(120, random_state=0)
    one, two = (run(X, y, "kmeans", n_jobs=n).picks for n in (1, 2))
    assert one.equals(two)


@pytest.mark.parametrize(
    ("initial", "message"),
    [
        ("entropy", "initial='entropy' cannot choose samples before there is a model"),
        (strategies.badge, "cannot choose samples"),
        (Subsample(strategies.margin()), "cannot choose samples"),
        ("K-means", "initial='K-means' is not known.*kmeans"),
        (None, "initial=None"),
    ],
)
def test_what_needs_a_model_is_refused(initial, message):
    with pytest.raises(ValueError, match=message):
        run(*make_classification(120, random_state=0), initial)


def test_stratified_needs_classes():
    for data in ((robot_arm(), None), make_regression(120, random_state=0)):
        with pytest.raises(ValueError, match="needs classes, and Ridge is no classif"):
            run(*data, "stratified", Ridge())


def test_stratified_needs_two_samples_of_each_class():
    X, y = make_classification(120, random_state=0)
    y[y.argmax()] = 2
    message = r"initial='stratified' cannot draw n_initial=6 of 120 .* use 'random'"
    with pytest.raises(ValueError, match=message):
        run(X, y, "stratified", X_test=X, y_test=y)
