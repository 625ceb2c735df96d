"""Features of our own and of others, alone, in pipelines and in unions."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skactive import ModelView
from skactive.base import Facts
from skactive.features import (
    Embedding,
    GradientEmbedding,
    Inputs,
    ViewFeatures,
    facts_of,
)
from skactive.scores import BALD, Entropy, Margin
from skactive.selection import KCenterGreedy

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 4))
PROBA = RNG.dirichlet(np.ones(3), size=20)
EMBEDDING = RNG.normal(size=(20, 5))
BOTH = np.hstack([X, EMBEDDING])


@pytest.fixture
def view():
    return ModelView.from_outputs(X, proba=PROBA, embedding=EMBEDDING)


def split(view, n_labeled=6):
    rows = np.arange(len(view))
    return view[rows[:n_labeled]], view[rows[n_labeled:]]


# --- our own


def test_each_one_gives_its_output(view):
    assert_array_equal(Embedding().transform(view), EMBEDDING)
    assert_array_equal(Inputs().transform(view), X)
    residual = PROBA - np.eye(3)[PROBA.argmax(axis=1)]
    expected = [
        np.outer(r, h).ravel() for r, h in zip(residual, EMBEDDING, strict=True)
    ]
    assert_allclose(np.asarray(GradientEmbedding().transform(view)), expected)


@pytest.mark.parametrize("features", [Embedding(), Inputs(), GradientEmbedding()])
def test_there_is_nothing_to_learn(view, features):
    check_is_fitted(features)
    assert features.fit(view) is features
    assert_array_equal(
        np.asarray(features.fit_transform(view)), np.asarray(features.transform(view))
    )


def test_a_numeric_table_in_place_of_a_view_stays_as_it_is():
    for features in (Embedding(), Inputs()):
        assert_array_equal(features.transform(X), X)
        assert_array_equal(features.transform(X.tolist()), X)
        assert_array_equal(features.transform(pd.DataFrame(X)), X)
        assert_array_equal(features.transform(sparse.csr_matrix(X)).toarray(), X)


def test_inputs_of_a_model_are_standardized():
    model = LogisticRegression().fit([[0.0, 10.0], [1.0, 30.0]], [0, 1])
    table = np.array([[0.0, 500.0], [2.0, 100.0], [4.0, 300.0]])
    features = Inputs().transform(ModelView(table, model))
    assert_allclose(features, StandardScaler().fit_transform(table), rtol=1e-6)


def test_sparse_embeddings_make_sparse_gradients():
    dense = EMBEDDING * (EMBEDDING > 0)
    views = [
        ModelView.from_outputs(proba=PROBA, embedding=embedding)
        for embedding in (dense, sparse.csr_matrix(dense))
    ]
    labeled, pool = zip(*(split(view) for view in views), strict=True)
    picks = [
        KCenterGreedy(GradientEmbedding()).fit(labeled[i]).select(pool[i], 8)
        for i in range(2)
    ]
    assert_array_equal(*picks)


def test_a_subclass_writes_one_method(view):
    class Confidence(ViewFeatures):
        facts = Facts(task="classification", needs=("proba",))

        def _transform(self, X):
            return X.predict_proba().max(axis=1, keepdims=True)

    assert_array_equal(Confidence().fit_transform(view)[:, 0], PROBA.max(axis=1))
    strategy = KCenterGreedy(features=Confidence())
    assert get_tags(strategy).strategy.needs == ("proba",)
    labeled, pool = split(view)
    gaps = abs(PROBA[6:].max(axis=1)[:, None] - PROBA[:6].max(axis=1)).min(axis=1)
    assert strategy.fit(labeled).select(pool).tolist() == [gaps.argmax()]


# --- foreign ones


def picks(features, view, n_queries=6):
    labeled, pool = split(view)
    return KCenterGreedy(features=features).fit(labeled).select(pool, n_queries)


def picks_of_points(points, n_queries=6):
    return KCenterGreedy().fit(points[:6]).select(points[6:], n_queries)


@pytest.mark.parametrize(
    ("features", "make_points"),
    [
        (PCA(2), lambda: PCA(2).fit(X[:6]).transform(X)),
        (
            PCA(2).set_output(transform="pandas"),
            lambda: PCA(2).fit(X[:6]).transform(X),
        ),
        (Normalizer(), lambda: Normalizer().transform(X)),
        (
            make_pipeline(Embedding(), PCA(2)),
            lambda: PCA(2).fit(EMBEDDING[:6]).transform(EMBEDDING),
        ),
        (
            make_pipeline(StandardScaler(), PCA(2)),
            lambda: make_pipeline(StandardScaler(), PCA(2)).fit(X[:6]).transform(X),
        ),
        (
            make_pipeline(Inputs(), FunctionTransformer(np.exp)),
            lambda: np.exp(X),
        ),
        (
            make_union(Embedding(), Entropy()),
            lambda: np.column_stack(
                [
                    EMBEDDING,
                    Entropy().score_samples(ModelView.from_outputs(proba=PROBA)),
                ]
            ),
        ),
        (
            make_union(Inputs(), make_pipeline(Embedding(), Normalizer())),
            lambda: np.hstack([X, Normalizer().transform(EMBEDDING)]),
        ),
        (
            make_pipeline(make_union(Inputs(), Embedding()), PCA(3)),
            lambda: PCA(3).fit(BOTH[:6]).transform(BOTH),
        ),
        # A foreign one beside ours turns the view into its inputs by itself.
        (
            make_union(StandardScaler(), Embedding()),
            lambda: np.hstack([StandardScaler().fit(X[:6]).transform(X), EMBEDDING]),
        ),
    ],
)
def test_ours_and_others_compose(view, features, make_points):
    expected = picks_of_points(make_points())
    assert_array_equal(picks(features, view), expected)
    assert_array_equal(picks(clone(features), view), expected)


@pytest.mark.parametrize(
    ("features", "needs", "task", "cold"),
    [
        (PCA(2), ("inputs",), "both", True),
        (Embedding(), ("embedding",), "both", True),
        (make_pipeline(Embedding(), PCA(2)), ("embedding",), "both", True),
        (make_pipeline(PCA(2), Normalizer()), ("inputs",), "both", True),
        (make_union(PCA(2), Embedding()), ("inputs", "embedding"), "both", True),
        (
            make_union(Embedding(), make_pipeline(Margin(), StandardScaler())),
            ("embedding", "proba|decision"),
            "classification",
            False,
        ),
        (BALD(), ("draws",), "classification", False),
    ],
)
def test_facts_of_features_are_the_strategy_s(features, needs, task, cold):
    assert facts_of(features).needs == needs
    facts = get_tags(KCenterGreedy(features=features)).strategy
    assert (facts.needs, facts.task, facts.cold_start) == (needs, task, cold)
    assert facts.diverse


def test_foreign_transformers_learn_from_the_labeled_samples(view):
    strategy = KCenterGreedy(features=PCA(2))
    labeled, pool = split(view)
    strategy.fit(labeled).select(pool)
    assert_allclose(strategy.features_.mean_, X[:6].mean(axis=0))
    assert_allclose(
        strategy.labeled_features_, strategy.features_.transform(X[:6]), atol=1e-12
    )
    with pytest.raises(NotFittedError):
        check_is_fitted(strategy.features)  # the user's own object stays as it is


def test_without_fit_they_learn_from_the_pool(view):
    points = PCA(2).fit_transform(X)
    rows = KCenterGreedy(features=PCA(2)).select(view, 5)
    assert_array_equal(rows, KCenterGreedy().select(points, 5))


def test_sparse_samples_beside_a_foreign_transformer():
    view = ModelView.from_outputs(sparse.csr_matrix(X), embedding=EMBEDDING)
    strategy = KCenterGreedy(features=make_union(StandardScaler(), Embedding()))
    with pytest.raises(TypeError, match=r"put skactive\.features\.Inputs\(\) in front"):
        strategy.fit(view)
    union = make_union(
        make_pipeline(Inputs(), StandardScaler(with_mean=False)), Embedding()
    )
    scaled = StandardScaler(with_mean=False).fit(X[:6]).transform(X)
    expected = picks_of_points(np.hstack([scaled, EMBEDDING]))
    assert_array_equal(picks(union, view), expected)


def test_a_strategy_with_features_of_its_own():
    class Nearest(KCenterGreedy):
        """The sample closest to a labeled one."""

        _default_features = Inputs

        def _score(self, X):
            return -super()._score(X)

    assert get_tags(Nearest()).strategy.needs == ("inputs",)
    scores = Nearest().fit([[0.0]]).score_samples([[3.0], [1.0]])
    assert scores.tolist() == [-3, -1]


def test_columns_of_classes_in_any_order_give_the_same_gradients(view):
    other = ModelView.from_outputs(
        X, proba=PROBA[:, [2, 0, 1]], embedding=EMBEDDING, classes=[2, 0, 1]
    )
    features = GradientEmbedding()
    assert_array_equal(picks(features, view), picks(features, other))
