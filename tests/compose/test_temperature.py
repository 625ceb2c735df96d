"""Scores at another temperature."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags

from skactive import ModelView, Score
from skactive.base import Facts
from skactive.compose import Tempered
from skactive.features import GradientEmbedding
from skactive.scores import BALD, Entropy, LeastConfidence, Margin

LOGITS = 3 * np.random.default_rng(0).normal(size=(60, 4))


def view_of(logits=LOGITS, **outputs):
    return ModelView.from_outputs(logits=logits, **outputs)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4])
@pytest.mark.parametrize("score", [Entropy(), LeastConfidence(), Margin()])
def test_the_score_sees_softer_probabilities(score, temperature):
    proba = softmax(LOGITS / temperature, axis=1)
    expected = score.score_samples(ModelView.from_outputs(proba=proba))
    tempered = Tempered(score, temperature)
    assert_allclose(tempered.score_samples(view_of()), expected, atol=1e-12)
    own = ModelView.from_outputs(proba=softmax(LOGITS, axis=1))
    assert_allclose(tempered.score_samples(own), expected, atol=1e-9)


def test_a_temperature_of_one_changes_nothing():
    X = np.random.default_rng(0).normal(size=(50, 3))
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    view = ModelView(X, model)
    expected = Entropy().score_samples(view)
    assert_allclose(Tempered(Entropy()).score_samples(view), expected, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.1, 20])
def test_what_has_probability_zero_keeps_it(temperature):
    X = np.random.default_rng(0).normal(size=(50, 3))
    tree = DecisionTreeClassifier().fit(X, X[:, 0] > 0)
    view = ModelView(X, tree, classes=[False, True, 2])
    scores = Tempered(Entropy(), temperature).score_samples(view)
    assert_array_equal(scores, 0)
    proba = ModelView.from_outputs(proba=[[0.5, 0.5, 0.0]])
    scores = Tempered(Entropy(), temperature).score_samples(proba)
    assert_allclose(scores, np.log(2))


def test_neither_the_view_nor_its_cache_is_changed():
    X = np.random.default_rng(0).normal(size=(50, 3))
    view = ModelView(X, LogisticRegression().fit(X, X[:, 0] > 0))

    class Gradients(Score):
        facts = Facts(task="classification", needs=("gradient_factors", "proba"))

        def _score(self, X):
            (factors,) = X.gradient_factors()
            return np.abs(factors[1]).sum(axis=1)

    plain = ModelView(X, view.model)
    expected = Gradients().score_samples(plain), plain.predict_proba()
    tempered = Tempered(Gradients(), 5.0).score_samples(view)
    assert_allclose(Gradients().score_samples(view), expected[0])
    assert_array_equal(view.predict_proba(), expected[1])
    assert (tempered > expected[0]).any()
    # Known already, they are computed anew.
    assert_allclose(Tempered(Gradients(), 5.0).score_samples(view), tempered)


def test_embeddings_see_it_too():
    view = view_of(embedding=np.ones((60, 2)), proba=softmax(LOGITS, axis=1))
    softer = view.replacing(proba=softmax(LOGITS / 3, axis=1))
    left = GradientEmbedding().transform(softer).left
    assert_allclose(left.max(axis=1), np.sort(softer.predict_proba())[:, -2])
    assert_array_equal(view.predict_proba(), softmax(LOGITS, axis=1))


# --- the fitted temperature


def labels_at(temperature, n=4000, seed=0):
    """Logits, and labels that follow their softmax at a temperature."""
    rng = np.random.default_rng(seed)
    logits = 3 * rng.normal(size=(n, 4))
    levels = softmax(logits / temperature, axis=1).cumsum(axis=1)
    return logits, (levels < rng.random((n, 1))).sum(axis=1).clip(max=3)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_the_temperature_of_the_labels_is_found(temperature):
    logits, y = labels_at(temperature)
    tempered = Tempered(Entropy(), "fit").fit(view_of(logits), y)
    assert tempered.temperature_ == pytest.approx(temperature, rel=0.1)
    expected = Entropy().score_samples(
        ModelView.from_outputs(proba=softmax(LOGITS / tempered.temperature_, axis=1))
    )
    assert_allclose(tempered.score_samples(view_of()), expected)


def test_it_is_the_best_of_a_grid():
    logits, y = labels_at(2.0, n=100)
    found = Tempered(Entropy(), "fit").fit(view_of(logits), y).temperature_

    def loss(temperature):
        return -log_softmax(logits / temperature, axis=1)[np.arange(100), y].mean()

    grid = np.geomspace(0.05, 20, 500)
    assert loss(found) <= min(map(loss, grid)) + 1e-6


def test_labels_of_any_kind():
    logits, y = labels_at(2.0)
    names = np.array(["ant", "bee", "cat", "dog"])
    view = view_of(logits, classes=names)
    found = Tempered(Entropy(), "fit").fit(view, names[y]).temperature_
    assert found == Tempered(Entropy(), "fit").fit(view_of(logits), y).temperature_


def test_labels_that_are_all_right_or_impossible():
    y = LOGITS.argmax(axis=1)
    right = Tempered(Entropy(), "fit").fit(view_of(), y).temperature_
    assert 0.05 <= right < 0.5
    proba = np.tile([1.0, 0.0], (20, 1))
    never = Tempered(Entropy(), "fit").fit(
        ModelView.from_outputs(proba=proba), np.repeat([0, 1], 10)
    )
    assert 0.05 <= never.temperature_ <= 20


@pytest.mark.parametrize("y", [None, np.repeat([0, 1, 2, 3], [20, 20, 16, 4])])
def test_few_labels_leave_it_at_one(y):
    assert Tempered(Entropy(), "fit").fit(view_of(), y).temperature_ == 1


def test_before_fit_it_is_one():
    scores = Tempered(Entropy(), "fit").score_samples(view_of())
    assert_allclose(scores, Tempered(Entropy()).score_samples(view_of()))


def test_facts():
    facts = get_tags(Tempered(Margin())).strategy
    assert facts == Facts(task="classification", needs=("logits|proba",))
    assert get_tags(Tempered(BALD())).strategy.needs == ("logits|proba", "draws")


@pytest.mark.parametrize("temperature", [0, -1, "best", None])
def test_wrong_temperatures(temperature):
    with pytest.raises(ValueError, match="'temperature' parameter of Tempered"):
        Tempered(Entropy(), temperature).fit(view_of())
