"""Contrastive active learning against loops over samples."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.scores import NeighborContrast, _neighbor_contrast

rng_of = np.random.default_rng


def view_of(n, seed, **changed):
    rng = rng_of(seed)
    outputs = {
        "proba": rng.dirichlet(np.ones(3), size=n),
        "embedding": rng.normal(size=(n, 4)),
    }
    return ModelView.from_outputs(**(outputs | changed))


def by_loops(labeled, pool, k):
    def kept(p):
        p = np.maximum(p, 1e-7)
        return p / p.sum()

    scores = []
    for x, p in zip(pool.embed(), pool.predict_proba(), strict=True):
        distances = np.linalg.norm(labeled.embed() - x, axis=1)
        near = [kept(labeled.predict_proba()[j]) for j in np.argsort(distances)[:k]]
        scores.append(np.mean([np.sum(q * np.log(q / kept(p))) for q in near]))
    return scores


@pytest.mark.parametrize("k", [1, 3, 10, 50])
def test_loops(k, monkeypatch):
    monkeypatch.setattr(_neighbor_contrast, "_N_PAIRS", 100)
    labeled, pool = view_of(20, 0), view_of(60, 1)
    scores = NeighborContrast(n_neighbors=k).fit(labeled).score_samples(pool)
    assert_allclose(scores, by_loops(labeled, pool, k), atol=1e-8)
    rows = strategies.cal(n_neighbors=k).fit(labeled).select(pool, 5)
    assert_array_equal(rows, np.argsort(-scores)[:5])


def test_a_classifier_that_always_says_the_same():
    same = np.tile([0.2, 0.5, 0.3], (60, 1))
    labeled, pool = view_of(20, 0, proba=same[:20]), view_of(60, 1, proba=same)
    assert_array_equal(NeighborContrast().fit(labeled).score_samples(pool), 0)


def test_certain_and_wrong_is_finite():
    labeled = ModelView.from_outputs(proba=[[1.0, 0.0]], embedding=[[0.0]])
    pool = ModelView.from_outputs(proba=[[0.0, 1.0], [1.0, 0.0]], embedding=[[0.0]] * 2)
    scores = strategies.cal().fit(labeled).score_samples(pool)
    assert_allclose(scores, [np.log(1e7), 0], atol=1e-4)


def test_labeled_samples_equally_far_count_alike():
    labeled = ModelView.from_outputs(
        proba=[[0.9, 0.1], [0.1, 0.9], [0.5, 0.5]], embedding=[[1.0], [-1.0], [9.0]]
    )
    pool = ModelView.from_outputs(proba=[[0.9, 0.1]], embedding=[[0.0]])
    (score,) = NeighborContrast(n_neighbors=1).fit(labeled).score_samples(pool)
    assert score == pytest.approx(0.8 * np.log(9) / 2)


def test_other_features():
    labeled, pool = view_of(20, 0), view_of(60, 1)
    plain = NeighborContrast().fit(labeled).score_samples(pool)
    csr = [
        ModelView.from_outputs(
            proba=v.predict_proba(), embedding=sparse.csr_matrix(v.embed())
        )
        for v in (labeled, pool)
    ]
    assert_allclose(NeighborContrast().fit(csr[0]).score_samples(csr[1]), plain)
    products = NeighborContrast(features=GradientEmbedding()).fit(labeled)
    assert len(set(products.select(pool, 10))) == 10


def test_it_needs_the_labeled_samples():
    with pytest.raises(NotFittedError):
        NeighborContrast().select(view_of(5, 0))
