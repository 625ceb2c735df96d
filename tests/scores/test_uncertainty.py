"""Scores of doubt against a table, loops, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skactive import ModelView
from skactive.scores import Entropy, LeastConfidence, Margin, Ratio

FOUR = [LeastConfidence(), Margin(), Entropy(), Ratio()]
ROWS = [[0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [0.34, 0.33, 0.33], [0.45, 0.45, 0.1]]


def scores(strategy, proba):
    return strategy.score_samples(ModelView.from_outputs(proba=proba))


def proba_of(n_classes, n_samples=8):
    """Tables of probabilities, exact zeros included."""
    weights = arrays(
        float,
        (n_samples, n_classes),
        elements=st.integers(0, 20).map(float),
    ).filter(lambda w: (w.sum(axis=1) > 0).all())
    return weights.map(lambda w: w / w.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (LeastConfidence(), [0.5, 0.4, 0.66, 0.55]),
        (Margin(), [-0.2, -0.2, -0.01, 0.0]),
        (Ratio(), [0.6, 0.66667, 0.97059, 1.0]),
        (Entropy(), [1.02965, 0.67301, 1.09851, 0.94892]),
    ],
)
def test_four_rows_worked_out_by_hand(strategy, expected):
    assert_allclose(scores(strategy, ROWS), expected, atol=5e-6)
    assert_allclose(scores(strategy, np.float32(ROWS)), expected, atol=5e-6)


@settings(max_examples=40)
@given(proba_of(4))
def test_a_loop_over_rows_gives_the_same(proba):
    for row, least, margin, entropy, ratio in zip(
        proba, *(scores(strategy, proba) for strategy in FOUR), strict=True
    ):
        *_, second, best = sorted(row)
        assert least == pytest.approx(1 - best)
        assert margin == pytest.approx(second - best)
        assert ratio == pytest.approx(second / best)
        assert entropy == pytest.approx(-sum(p * np.log(p) for p in row if p > 0))


@settings(max_examples=40)
@given(proba_of(2))
def test_two_classes_have_one_order(proba):
    sure = proba.max(axis=1)
    for strategy in FOUR:
        values = scores(strategy, proba)
        by_score = sure[np.argsort(values, kind="stable")]
        assert (np.diff(by_score) <= 1e-12).all()


@pytest.mark.parametrize("strategy", FOUR)
@settings(max_examples=40)
@given(proba_of(4))
def test_neither_the_order_of_classes_nor_an_empty_one_matters(strategy, proba):
    expected = scores(strategy, proba)
    assert_allclose(scores(strategy, proba[:, [2, 0, 3, 1]]), expected, atol=1e-12)
    with_unseen = np.insert(proba, 1, 0, axis=1)
    assert_allclose(scores(strategy, with_unseen), expected, atol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_nothing_is_more_uncertain_than_a_uniform_row(n_classes):
    uniform = np.full((1, n_classes), 1 / n_classes)
    certain = np.eye(n_classes)[:1]
    limits = [
        (LeastConfidence(), 0, 1 - 1 / n_classes),
        (Margin(), -1, 0),
        (Entropy(), 0, np.log(n_classes)),
        (Ratio(), 0, 1),
    ]
    for strategy, low, high in limits:
        assert scores(strategy, certain).item() == pytest.approx(low, abs=1e-12)
        assert scores(strategy, uniform).item() == pytest.approx(high)
        random = np.random.default_rng(0).dirichlet(np.ones(n_classes), size=50)
        assert (scores(strategy, random) <= high).all()
        assert (scores(strategy, random) >= low).all()


@pytest.mark.parametrize("strategy", FOUR)
def test_one_class_seen_is_a_tie_that_the_seed_breaks(strategy):
    for proba in (np.ones((20, 1)), np.eye(3)[np.zeros(20, dtype=int)]):
        assert np.ptp(scores(strategy, proba)) == 0
        views = [ModelView.from_outputs(proba=proba, seed=seed) for seed in range(30)]
        assert len({int(strategy.select(view)[0]) for view in views}) > 10


@pytest.mark.parametrize("strategy", FOUR)
def test_a_pool_sorted_by_class_gives_no_class_an_advantage(strategy):
    proba = np.repeat([[0.9, 0.1], [0.1, 0.9]], 50, axis=0)
    rows = np.concatenate(
        [
            strategy.select(ModelView.from_outputs(proba=proba, seed=seed), 10)
            for seed in range(20)
        ]
    )
    assert 0.3 < np.mean(rows < 50) < 0.7


def test_margin_of_a_decision_function():
    margin = Margin()
    binary = ModelView.from_outputs(decision=[-3.0, 0.5, 2.0])
    assert margin.score_samples(binary).tolist() == [-3.0, -0.5, -2.0]
    several = ModelView.from_outputs(decision=[[-3.0, 2.0, 1.5], [0.0, -1.0, -9.0]])
    assert margin.score_samples(several).tolist() == [-0.5, -1.0]


def test_margin_prefers_probabilities():
    view = ModelView.from_outputs(proba=[[0.5, 0.5], [0.9, 0.1]], decision=[9.0, 0.0])
    assert margin_rows(view) == [0, 1]


def margin_rows(view):
    return Margin().select(view, 2).tolist()


def test_batches_are_the_top_of_the_list():
    view = ModelView.from_outputs(proba=ROWS)
    assert_array_equal(Entropy().select(view, 4), [2, 0, 3, 1])
    assert_array_equal(LeastConfidence().select(view, 4), [2, 3, 0, 1])
    assert_array_equal(Ratio().select(view, 4), [3, 2, 1, 0])
    assert_array_equal(Entropy().select(view, 2, given=[2]), [0, 3])
