"""The registered methods: names, recipes, published numbers, known bugs of others."""

import inspect
import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.svm import LinearSVC
from sklearn.utils import get_tags

from quick_strategies import quick
from skactive import Committee, ModelView, QueryStrategy, strategies
from skactive.estimator_checks._cases import (
    Case,
    choose,
    seeded,
)
from skactive.estimator_checks._samples import (
    certain,
    make_samples,
    make_X,
)
from skactive.features import GradientEmbedding, Inputs
from skactive.scores import BALD, Disagreement, Margin
from skactive.selection import KCenterGreedy, KMeansPlusPlus, StochasticTopK

NAMES = strategies.names()
CLASSIFIERS = strategies.names("classification")
REGRESSORS = strategies.names("regression")


def samples_of(task, n=24, copies=1, seed=0):
    """Samples with all outputs of a task; `copies` of each, one after the other."""
    return make_samples(task, make_X(n, seed))[np.repeat(np.arange(n), copies)]


def task_of(name):
    return "classification" if name in CLASSIFIERS else "regression"


def chosen(name, pool, n_queries, seed=0, labeled=None):
    """What a registered strategy picks, everything random seeded."""
    labeled = samples_of(pool.task, n=6, seed=99) if labeled is None else labeled
    return choose(quick(name), Case(labeled, pool), n_queries, seed=seed)


# --- names


def test_names_are_sorted_functions_of_the_module():
    assert sorted(NAMES) == NAMES
    assert set(NAMES) | {"get", "names"} == set(strategies.__all__)
    for name in NAMES:
        assert getattr(strategies, name).__name__ == name
        assert isinstance(strategies.get(name), QueryStrategy)


def test_names_for_a_task():
    facts = {name: get_tags(strategies.get(name)).strategy for name in NAMES}
    for task in ("classification", "regression"):
        expected = [n for n in NAMES if facts[n].task in ("both", task)]
        assert strategies.names(task) == strategies.names(task=task) == expected
    assert {"margin", "random"} <= set(CLASSIFIERS)
    assert "margin" not in REGRESSORS
    assert "variance" not in CLASSIFIERS
    assert set(CLASSIFIERS) | set(REGRESSORS) == set(NAMES)


@pytest.mark.parametrize("task", ["classify", "both", "", 0])
def test_names_for_no_task(task):
    with pytest.raises(ValueError, match=re.escape(f"task={task!r} is not a task")):
        strategies.names(task)


X = np.random.default_rng(0).normal(size=(30, 2))
LABELS = np.where(X[:, 0] > 0, "yes", "no")


@pytest.mark.parametrize(
    ("estimator", "y", "can", "cannot"),
    [
        (
            LogisticRegression(),
            LABELS,
            {"badge", "margin", "random"},
            {"bald", "variance"},
        ),
        (LinearSVC(), LABELS, {"margin", "coreset"}, {"entropy", "badge", "bald"}),
        (RandomForestClassifier(5), LABELS, {"bald", "qbc", "badge"}, {"variance"}),
        (Committee(LinearSVC(), 3), LABELS, {"bald", "qbc"}, {"badge", "entropy"}),
        (Ridge(), X[:, 0], {"gsx", "coreset", "random"}, {"qbc", "variance", "margin"}),
        (BayesianRidge(), X[:, 0], {"variance", "gsx"}, {"qbc"}),
        (RandomForestRegressor(5), X[:, 0], {"qbc", "variance"}, {"bald"}),
    ],
)
def test_names_for_an_estimator_are_those_that_run(estimator, y, can, cannot):
    model = clone(estimator).fit(X, y)
    found = set(strategies.names(estimator=model))
    assert can <= found
    assert not cannot & found
    labeled, pool = ModelView(X[:9], model), ModelView(X[9:], model)
    for name in NAMES:
        strategy = quick(name)
        if name in found:
            strategy.fit(labeled, y[:9]).select(pool, 2)
        else:
            with pytest.raises((TypeError, ValueError), match=r"needs|is for"):
                strategy.select(pool, 2)


@pytest.mark.parametrize(
    ("name", "guess"),
    [("entropie", " did you mean 'entropy'"), ("BADGE", ""), ("core-set", "coreset")],
)
def test_unknown_names_bring_near_ones_and_all(name, guess):
    with pytest.raises(
        ValueError, match=f"There is no strategy named '{name}';"
    ) as caught:
        strategies.get(name)
    assert guess in str(caught.value)
    assert f"the names are {', '.join(NAMES)}." in str(caught.value)


@pytest.mark.parametrize("name", [None, 3, strategies.margin, ("margin",)])
def test_what_is_no_name(name):
    with pytest.raises(ValueError, match="There is no strategy named"):
        strategies.get(name)


# --- recipes


VALUES = {
    "n_draws": 33,
    "beta": 0.5,
    "first": "uniform",
    "random_state": 5,
    "metric": "cosine",
    "factor": 3,
    "n_clusters": 7,
    "n_outliers": 2,
    "max_configurations": 50,
    "exact": True,
    "diversity": 0.25,
    "density": 0.125,
    "max_clusters": 9,
    "n_neighbors": 4,
    "delta": 0.75,
    "purity": 0.5,
    "sigma": 0.25,
    "temperature": 2.0,
    "arms": [("doubt", Margin())],
}


@pytest.mark.parametrize("name", NAMES)
def test_parameters_of_a_recipe_reach_the_strategy(name):
    function = getattr(strategies, name)
    signature = inspect.signature(function)
    params = strategies.get(name).get_params(deep=False)
    assert all(p.default is not p.empty for p in signature.parameters.values())
    for parameter in signature.parameters.values():
        value = VALUES.get(parameter.name, Inputs())
        strategy = function(**{parameter.name: value})
        changed = {
            k: v
            for k, v in strategy.get_params().items()
            if k.split("__")[-1] == parameter.name
        }
        assert any(v is value for v in changed.values())
        assert params.keys() == strategy.get_params(deep=False).keys() or (
            (name, parameter.name) == ("kmeans", "factor")  # makes it a chain
        )
    with pytest.raises(TypeError, match="unexpected keyword"):
        strategies.get(name, no_parameter=1)


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_is_new_each_time_and_documented(name):
    first, second = strategies.get(name), strategies.get(name)
    assert first is not second
    assert repr(first) == repr(second) == repr(clone(first))
    doc = inspect.getdoc(getattr(strategies, name))
    assert f"strategies.{name}(" in doc
    for parameter in inspect.signature(getattr(strategies, name)).parameters:
        assert re.search(rf"^{parameter} : .*default=", doc, re.MULTILINE)


def test_what_the_recipes_are_made_of():
    badge = strategies.badge()
    assert isinstance(badge, KMeansPlusPlus)
    assert isinstance(badge.features, GradientEmbedding)
    assert badge.first == "max_norm"
    assert isinstance(strategies.gsx().features, Inputs)
    assert isinstance(strategies.coreset(), KCenterGreedy)
    assert isinstance(strategies.qbc(), Disagreement)
    power = strategies.power_bald()
    assert isinstance(power, StochasticTopK)
    assert isinstance(power.score, BALD)
    assert (power.law, power.beta) == ("power", 1)


# --- numbers worked out in METHODS, through the public names


def test_uncertainty_of_four_rows():
    rows = [[0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [0.34, 0.33, 0.33], [0.45, 0.45, 0.1]]
    view = ModelView.from_outputs(proba=rows)
    for name, expected in {
        "least_confidence": [0.5, 0.4, 0.66, 0.55],
        "margin": [-0.2, -0.2, -0.01, 0],
        "ratio": [0.6, 0.6667, 0.9706, 1],
        "entropy": [1.02965, 0.67301, 1.09851, 0.94892],
    }.items():
        scores = strategies.get(name).score_samples(view)
        assert_allclose(scores, expected, atol=5e-5)


def test_disagreement_of_two_members():
    draws = [[[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]], [[0.9, 0.1], [0.1, 0.9]]]
    view = ModelView.from_outputs(draws=draws)
    bald, qbc = (s.score_samples(view) for s in (strategies.bald(), strategies.qbc()))
    assert_allclose(bald, [0.693147, 0, 0.368064], atol=1e-6)
    assert_allclose(qbc, [0.693147, 0, 0.693147], atol=1e-6)


def test_core_set_on_a_line():
    line = np.arange(11.0)[:, None]
    rows = strategies.coreset().fit([[0.0]]).select(line, 5)
    assert rows[:2].tolist() == [10, 5]
    assert sorted(rows[2:4] > 5) == [False, True]  # one in each half, 2 from its center
    assert {int(r) for r in rows[2:4]} <= {2, 3, 7, 8}


def test_badge_of_three_gradients():
    view = ModelView.from_outputs(
        proba=[[0.8, 0.2], [0.5, 0.5], [0.6, 0.4]],
        embedding=[[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]],
    )
    pairs = [
        strategies.badge(random_state=seed).select(view, 2).tolist()
        for seed in range(300)
    ]
    assert {first for first, _ in pairs} == {1}
    assert np.mean([second == 0 for _, second in pairs]) == pytest.approx(
        2 / 3, abs=0.1
    )


def test_greedy_sampling_from_two_labels():
    strategy = strategies.gsx().fit([[0.0], [4.0]], [0.0, 8.0])
    assert_allclose(strategy.score_samples([[1.0], [2.0], [6.0]]), [1, 2, 2])


# --- bugs seen in other libraries


@pytest.mark.parametrize("name", NAMES)
def test_no_row_twice_from_identical_samples(name):
    pool = samples_of(task_of(name), n=1, copies=12)
    assert_array_equal(np.sort(chosen(name, pool, 12)), np.arange(12))


@pytest.mark.parametrize("name", NAMES)
def test_duplicated_rows_make_no_distance_nan(name):
    pool = samples_of(task_of(name), n=10, copies=3)
    assert_array_equal(np.sort(chosen(name, pool, 30)), np.arange(30))


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_model_without_doubt_is_no_trouble(name):
    pool = certain(samples_of("classification"))
    for seed in range(5):
        assert len(set(chosen(name, pool, 8, seed))) == 8


def test_the_torn_sample_is_found_among_sure_ones():
    proba = np.eye(2)[np.zeros(50, dtype=int)]
    proba[17] = [0.5, 0.5]
    view = ModelView.from_outputs(proba=proba)
    for name in ("entropy", "margin", "least_confidence", "ratio"):
        assert strategies.get(name).select(view).tolist() == [17]
    draws = np.stack([proba, proba], axis=1)
    draws[23] = [[1, 0], [0, 1]]
    view = ModelView.from_outputs(draws=draws)
    for name in ("bald", "qbc"):
        assert strategies.get(name).select(view).tolist() == [23]


# --- what says nothing about which samples to ask


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_order_of_classes(name):
    order = np.array([2, 0, 1])

    def turned(samples):
        old, new_label = samples.outputs, np.argsort(order)
        by_class = {
            n: old[n][..., order]
            for n in ("proba", "logits", "decision", "draws", "augmented")
        }
        return replace(
            samples.with_outputs(
                **by_class,
                prediction=new_label[samples.y].astype(float),
                gradient_factors=[(a, s[:, order]) for a, s in old["gradient_factors"]],
            ),
            y=new_label[samples.y],
        )

    pool, labeled = (
        samples_of("classification"),
        samples_of("classification", 6, seed=99),
    )
    rows = chosen(name, turned(pool), 6, labeled=turned(labeled))
    assert_array_equal(rows, chosen(name, pool, 6, labeled=labeled))


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_class_without_a_label_so_far(name):
    pool = samples_of("classification")
    strategy = quick(name)
    views = [
        ModelView.from_outputs(
            pool.X,
            classes=np.arange(3 + unseen),
            proba=np.pad(pool.outputs["proba"], [(0, 0), (0, unseen)]),
            draws=np.pad(pool.outputs["draws"], [(0, 0), (0, 0), (0, unseen)]),
            augmented=np.pad(pool.outputs["augmented"], [(0, 0), (0, 0), (0, unseen)]),
            epochs=np.pad(pool.outputs["epochs"], [(0, 0), (0, 0), (0, unseen)]),
            critic=pool.outputs["critic"],
            embedding=pool.outputs["embedding"],
            input_gradient=pool.outputs["input_gradient"],
            head=pool.outputs["head"],
            predicted_loss=pool.outputs["predicted_loss"],
        )
        for unseen in (0, 2)
    ]
    rows = [seeded(strategy, 0).fit(v[:6], pool.y[:6]).select(v[6:], 5) for v in views]
    assert_array_equal(*rows)


@pytest.mark.parametrize("name", REGRESSORS)
def test_a_shift_of_the_targets(name):
    def shifted(samples):
        old = samples.outputs
        return replace(
            samples.with_outputs(
                prediction=old["prediction"] + 100, draws=old["draws"] + 100
            ),
            y=samples.y + 100,
        )

    pool, labeled = samples_of("regression"), samples_of("regression", 6, seed=99)
    rows = chosen(name, shifted(pool), 6, labeled=shifted(labeled))
    assert_array_equal(rows, chosen(name, pool, 6, labeled=labeled))


@pytest.mark.parametrize("name", REGRESSORS)
@pytest.mark.parametrize("unit", [1e-4, 1e4])
def test_several_targets_in_units_of_their_own(name, unit):
    def with_second_target(samples, unit):
        # It follows other inputs, and its uncertainty is elsewhere.
        old, X = samples.outputs, samples.X
        draws = (
            old["draws"] * np.stack([np.ones(len(X)), X[:, 2] ** 2], axis=1)[:, None]
        )
        return replace(
            samples.with_outputs(
                prediction=unit * np.stack([old["prediction"], X[:, 3]], axis=1),
                std=unit * np.stack([old["std"], np.exp(X[:, 2])], axis=1),
                draws=unit * draws,
            ),
            y=unit * np.stack([samples.y, X[:, 1]], axis=1),
        )

    samples = samples_of("regression"), samples_of("regression", 6, seed=99)
    units = np.ones(2), np.array([1.0, unit])
    (pool, labeled), (other, other_labeled) = (
        [with_second_target(part, each) for part in samples] for each in units
    )
    rows = chosen(name, pool, 6, labeled=labeled)
    assert_array_equal(chosen(name, other, 6, labeled=other_labeled), rows)
