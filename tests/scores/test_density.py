"""Information density against the sum over all pairs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding, Inputs
from skactive.geometry import ProductFeatures, _blocks, mean_cosines
from skactive.scores import Density, Entropy, Margin, Variance


def points(n=40, d=5, shift=1.0, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d)) + shift


def view_of(embedding, seed=0, n_classes=3):
    proba = np.random.default_rng(1).dirichlet(np.ones(n_classes), embedding.shape[0])
    return ModelView.from_outputs(proba=proba, embedding=embedding, seed=seed)


@pytest.mark.parametrize("kind", ["dense", "single", "sparse", "product"])
def test_mean_cosines_against_all_pairs(kind, monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK_BYTES", 500)
    rows = points(shift=0)
    rows[3] = 0
    if kind == "single":
        rows = rows.astype(np.float32)
    full = rows
    if kind == "sparse":
        rows[np.abs(rows) < 0.7] = 0
        full, rows = rows, sparse.csr_matrix(rows)
    if kind == "product":
        left = points(d=3, shift=0, seed=2)
        full = np.einsum("nk,nd->nkd", left, rows).reshape(40, -1)
        rows = ProductFeatures(left, rows)
    expected = cosine_similarity(full).mean(axis=1)
    assert_allclose(mean_cosines(rows), expected, atol=1e-6)


@pytest.mark.parametrize("beta", [0, 0.5, 1, 2])
def test_the_formula(beta):
    embedding = points()
    view = view_of(embedding)
    similarity = np.maximum(cosine_similarity(embedding).mean(axis=1), 0)
    expected = Entropy().score_samples(view) * similarity**beta
    scores = Density(Entropy(), beta=beta).score_samples(view)
    assert_allclose(scores, expected, atol=1e-9)


def test_a_power_of_zero_leaves_the_score_alone():
    view = view_of(points(shift=0))
    scores = Density(Entropy(), beta=0).score_samples(view)
    assert_allclose(scores, Entropy().score_samples(view))


def test_what_points_away_comes_last():
    embedding = points(shift=4)
    embedding[[2, 5]] *= -1
    view = view_of(embedding)
    scores = Density(Entropy(), beta=0.5).score_samples(view)
    assert (scores[[2, 5]] == 0).all()
    assert set(Density(Entropy(), beta=0.5).select(view, 40)[-2:]) == {2, 5}


def test_an_outlier_is_not_asked_however_unsure():
    embedding = np.array([[1.0, 0.1], [1.0, 0.0], [1.0, -0.1], [0.0, 9.0]])
    proba = [[0.7, 0.3], [0.6, 0.4], [0.7, 0.3], [0.5, 0.5]]
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    assert strategies.entropy().select(view).tolist() == [3]
    assert strategies.density().select(view).tolist() == [1]


def test_lengths_and_copies_of_all_rows_say_nothing():
    embedding = points()
    expected = Density(Entropy()).score_samples(view_of(embedding))
    lengths = np.random.default_rng(2).uniform(0.1, 10, size=(40, 1))
    scores = Density(Entropy()).score_samples(view_of(embedding * lengths))
    assert_allclose(scores, expected, atol=1e-9)
    twice = view_of(embedding)[np.repeat(np.arange(40), 2)]
    assert_allclose(Density(Entropy()).score_samples(twice)[::2], expected, atol=1e-9)


def test_other_features_and_regression():
    X = points(shift=4)
    std = np.random.default_rng(3).uniform(size=40)
    view = ModelView.from_outputs(X, std=std, embedding=points(seed=7))
    expected = std**2 * cosine_similarity(X).mean(axis=1)
    scores = strategies.density(Variance(), features=Inputs()).score_samples(view)
    assert_allclose(scores, expected, atol=1e-9)
    facts = get_tags(strategies.density(Variance())).strategy
    assert facts.task == "regression"
    assert set(facts.needs) == {"std", "embedding"}


def test_product_features():
    view = view_of(points())
    proba, embedding = view.predict_proba(), view.embed()
    residual = proba - np.eye(3)[proba.argmax(axis=1)]
    full = np.einsum("nk,nd->nkd", residual, embedding).reshape(40, -1)
    expected = cosine_similarity(full).mean(axis=1)
    scores = Density(Entropy(), features=GradientEmbedding()).score_samples(view)
    assert_allclose(
        scores, Entropy().score_samples(view) * np.maximum(expected, 0), atol=1e-6
    )


def test_negative_scores_are_refused():
    with pytest.raises(ValueError, match=r"not negative, and Margin gave -0\.\d+; use"):
        Density(Margin()).select(view_of(points()))


@pytest.mark.parametrize(
    ("name", "value"), [("beta", -1), ("score", None), ("features", 3)]
)
def test_wrong_parameters(name, value):
    strategy = Density(Entropy()).set_params(**{name: value})
    with pytest.raises(ValueError, match=f"'{name}' parameter of Density"):
        strategy.fit(view_of(points()))
