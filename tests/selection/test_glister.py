"""GLISTER against gradients that are written out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import softmax
from sklearn.exceptions import NotFittedError

from skactive import ModelView
from skactive.adapters import residual
from skactive.selection import Glister

N_LABELED, N_POOL, N_CLASSES, WIDTH = 12, 30, 3, 5


def made_up(n, seed):
    """Embedding and probabilities of one linear layer, the same for every set."""
    layer = np.random.default_rng(0).normal(size=(WIDTH + 1, N_CLASSES))
    rng = np.random.default_rng([seed, n])
    embedding = rng.normal(size=(n, WIDTH))
    proba = softmax(np.column_stack([embedding, np.ones(n)]) @ layer, axis=1)
    return embedding, proba, rng.integers(N_CLASSES, size=n), layer


def view_of(embedding, proba, seed=0):
    return ModelView.from_outputs(embedding=embedding, proba=proba, seed=seed)


def fitted(make=np.asarray, **params):
    embedding, proba, y, _ = made_up(N_LABELED, 1)
    return Glister(**params).fit(view_of(make(embedding), proba), y)


def loss_gradient(layer):
    """Gradient of the mean loss of the labeled samples, from the layer itself."""
    embedding, _, y, _ = made_up(N_LABELED, 1)
    ones = np.column_stack([embedding, np.ones(len(y))])
    errors = softmax(ones @ layer, axis=1) - np.eye(N_CLASSES)[y]
    return np.einsum("vd,vk->dk", ones, errors) / len(y)


def explicit(n_queries, n_greedy, learning_rate, given=()):
    """Train the layer itself, step by step."""
    embedding, proba, _, layer = made_up(N_POOL, 2)
    ones = np.column_stack([embedding, np.ones(N_POOL)])
    gradients = np.einsum("nw,nk->nwk", ones, residual(proba))
    layer = layer - learning_rate * gradients[list(given)].sum(axis=0)
    rows = []
    while len(rows) < n_queries:
        gains = np.einsum("ndk,dk->n", gradients, loss_gradient(layer))
        gains[[*given, *rows]] = -np.inf
        new = np.argsort(-gains)[: min(n_greedy, n_queries - len(rows))]
        rows.extend(new)
        layer = layer - learning_rate * gradients[new].sum(axis=0)
    return rows


def test_scores_are_products_of_gradients():
    embedding, proba, _, layer = made_up(N_POOL, 2)
    ones = np.column_stack([embedding, np.ones(N_POOL)])
    gradients = np.einsum("nw,nk->nwk", ones, residual(proba))
    expected = np.einsum("ndk,dk->n", gradients, loss_gradient(layer))
    scores = fitted().score_samples(view_of(embedding, proba))
    assert_allclose(scores, expected, atol=1e-10)
    assert fitted().select(view_of(embedding, proba)).tolist() == [expected.argmax()]


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("n_greedy", [1, 4, 15])
@pytest.mark.parametrize("learning_rate", [0.01, 0.5])
def test_picks_are_those_of_a_layer_that_is_trained(learning_rate, n_greedy, make):
    embedding, proba, _, _ = made_up(N_POOL, 2)
    glister = fitted(make, learning_rate=learning_rate, n_greedy=n_greedy)
    view = view_of(make(embedding), proba)
    expected = explicit(10, n_greedy, learning_rate)
    assert_array_equal(glister.select(view, 10), expected)
    expected = explicit(9, n_greedy, learning_rate, given=[3, 8])
    assert_array_equal(glister.select(view, 9, given=[3, 8]), expected)


def test_the_learning_rate_plays_no_part_in_the_first_round():
    embedding, proba, _, _ = made_up(N_POOL, 2)
    rows = [
        fitted(learning_rate=rate, n_greedy=5).select(view_of(embedding, proba), 9)
        for rate in (0.01, 3)
    ]
    assert_array_equal(rows[0][:5], rows[1][:5])
    assert rows[0][5:].tolist() != rows[1][5:].tolist()


def test_a_larger_pool_changes_no_score():
    embedding, proba, _, _ = made_up(9000, 2)
    scores = fitted().score_samples(view_of(embedding, proba))
    part = fitted().score_samples(view_of(embedding[5000:5010], proba[5000:5010]))
    assert_allclose(scores[5000:5010], part, atol=1e-10)


def test_labels_of_any_kind():
    embedding, proba, y, _ = made_up(N_LABELED, 1)
    names = np.array(["ant", "bee", "cow"])
    labeled = ModelView.from_outputs(embedding=embedding, proba=proba, classes=names)
    embedding, proba, _, _ = made_up(N_POOL, 2)
    view = ModelView.from_outputs(embedding=embedding, proba=proba, classes=names)
    assert_array_equal(
        Glister().fit(labeled, names[y]).score_samples(view),
        fitted().score_samples(view_of(embedding, proba)),
    )


def test_without_any_gradient_the_batch_is_random():
    embedding, _, y, _ = made_up(N_LABELED, 1)
    certain = np.eye(N_CLASSES)[y]
    batches = set()
    for seed in range(10):
        view = view_of(embedding, certain, seed)
        rows = Glister().fit(view, y).select(view, 4)
        assert len(set(rows)) == 4
        batches.add(tuple(rows))
    assert len(batches) > 5


def test_labels_are_needed():
    embedding, proba, _, _ = made_up(N_POOL, 2)
    view = view_of(embedding, proba)
    with pytest.raises(ValueError, match=r"needs the labels: fit\(X, y\)"):
        Glister().fit(view)
    with pytest.raises(NotFittedError, match="Glister instance is not fitted"):
        Glister().select(view)


@pytest.mark.parametrize("params", [{"learning_rate": 0}, {"n_greedy": 0}])
def test_parameters_out_of_range(params):
    with pytest.raises(ValueError, match="parameter of Glister"):
        fitted(**params)
