"""BAIT for classifiers on views; its engine is tested with the geometry."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner, ModelView, strategies
from skactive.exceptions import MissingCapability
from skactive.features import Embedding
from skactive.geometry import fisher_gains, greedy_fisher
from skactive.selection import BAIT

rng_of = np.random.default_rng


def view_of(n, seed, width=4, n_classes=3):
    rng = rng_of(seed)
    return ModelView.from_outputs(
        proba=rng.dirichlet(np.ones(n_classes), size=n),
        embedding=rng.normal(size=(n, width)).astype(np.float32),
    )


def with_one(X):
    return np.hstack([X, np.ones((len(X), 1))])


LABELED, POOL = view_of(6, 0), view_of(40, 1)


def arguments(features=np.asarray):
    return {
        "features": with_one(features(POOL.embed())),
        "proba": POOL.predict_proba(),
        "labeled": with_one(features(LABELED.embed())),
        "labeled_proba": LABELED.predict_proba(),
    }


@pytest.mark.parametrize("backward", [True, False])
def test_it_is_that_of_embedding_and_probabilities(backward):
    strategy = BAIT(backward=backward, regularization=0.1).fit(LABELED)
    common = {**arguments(), "regularization": 0.1}
    assert_allclose(strategy.score_samples(POOL), fisher_gains(**common), rtol=1e-5)
    expected = greedy_fisher(
        **common, n_picks=5, given=[7], oversample=1 + backward, rng=rng_of(0)
    )
    assert_array_equal(strategy.select(POOL, 5, given=[7]), expected)


def test_other_features_get_a_one():
    narrow = make_pipeline(Embedding(), PCA(2, random_state=0))
    strategy = BAIT(narrow).fit(LABELED)
    pca = PCA(2, random_state=0).fit(LABELED.embed())
    expected = fisher_gains(**arguments(pca.transform))
    assert_allclose(strategy.score_samples(POOL), expected, rtol=1e-4)


def test_certain_rows_are_never_lost_to_rounding():
    proba = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    view = ModelView.from_outputs(proba=proba, embedding=np.ones((3, 2)))
    scores = BAIT().fit(view).score_samples(view)
    assert_array_equal(scores[:2], 0)
    assert scores[2] > 0


def test_too_wide_an_embedding_names_the_remedy():
    wide, pool = view_of(5, 0, 900, 6), view_of(9, 1, 900, 6)
    with pytest.raises(TypeError, match=r"features=make_pipeline\(Embedding\(\), PCA"):
        BAIT().fit(wide).select(pool)
    narrow = strategies.bait(features=make_pipeline(Embedding(), PCA(4)))
    assert len(set(narrow.fit(wide).select(pool, 3))) == 3


def test_what_it_needs():
    with pytest.raises(NotFittedError, match="call fit"):
        BAIT().select(POOL)
    labeled = ModelView.from_outputs(embedding=[[1.0]], classes=[0, 1])
    assert labeled.task == "classification"
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    committee = ModelView([[0.0]], model)
    assert BAIT().fit(committee).select(committee).tolist() == [0]
    from sklearn.svm import LinearSVC

    svm = ModelView([[0.0]], LinearSVC().fit([[0.0], [1.0]], [0, 1]))
    with pytest.raises(MissingCapability, match="gradient factors"):
        BAIT().fit(svm)


def test_with_a_learner_it_asks_near_the_boundary():
    X = rng_of(0).normal(size=(150, 3))
    y = np.where(X[:, 0] > 0, "yes", "no")
    learner = ActiveLearner(LogisticRegression(C=100), "bait", random_state=0)
    learner.fit(X[:20], y[:20])
    rows = learner.query(X[20:], 6)
    doubt = 1 - learner.predict_proba(X[20:]).max(axis=1)
    assert doubt[rows].mean() > doubt.mean()
