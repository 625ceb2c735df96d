"""ModelView: named outputs, each computed once, from a model that stays as it is."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skactive import ActiveLearner, Committee, ModelView, strategies
from skactive.exceptions import MissingCapability
from skactive.geometry import ProductFeatures

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
BAYES = GaussianNB().fit(X, NAMES)
SCALED = StandardScaler().fit_transform(X)


def dense(values):
    return values.toarray() if sparse.issparse(values) else np.asarray(values)


class CountingScaler(TransformerMixin, BaseEstimator):
    """Counts in public how many rows each call of transform saw."""

    calls = []

    def fit(self, X, y=None):
        self.scale_ = np.ptp(X, axis=0)
        return self

    def transform(self, X):
        self.calls.append(len(X))
        return X / self.scale_


class CountingBayes(GaussianNB):
    calls = []

    def predict_proba(self, X):
        self.calls.append(len(X))
        return super().predict_proba(X)


@pytest.fixture
def counted():
    CountingScaler.calls.clear()
    CountingBayes.calls.clear()
    return make_pipeline(CountingScaler(), CountingBayes()).fit(X[::2], NAMES[::2])


# Each output once


def test_outputs_are_computed_once_and_kept(counted):
    view = ModelView(X, counted)
    CountingScaler.calls.clear()
    for _ in range(2):
        view.predict_proba(), view.embed(), view.inputs(), view.gradient_factors()
        view.logits(), view.predict()
    assert view.predict_proba() is view.predict_proba()
    assert CountingScaler.calls == [150], "preprocessing runs once per view"


@pytest.mark.parametrize("strategy", ["badge", "margin", "entropy", "coreset", None])
def test_a_query_preprocesses_and_predicts_the_pool_once(counted, strategy):
    learner = ActiveLearner(counted, strategy, random_state=0).fit(
        X[:140:7], NAMES[:140:7]
    )
    CountingScaler.calls.clear()
    CountingBayes.calls.clear()
    learner.query(X, 5)
    assert CountingScaler.calls.count(150) == 1
    assert len(CountingScaler.calls) <= 2, "the pool, and perhaps the labeled samples"
    assert CountingBayes.calls.count(150) == (0 if strategy == "coreset" else 1)
    assert len(CountingBayes.calls) <= 2


def test_options_are_part_of_the_name():
    kernel = GaussianProcessRegressor(optimizer=None).fit(X[:9], y[:9])
    view = ModelView(X[:5], kernel)
    assert view.predict_draws(3).shape == (5, 3, 1)
    assert view.predict_draws(7).shape == (5, 7, 1)
    assert view.predict_draws(3) is view.predict_draws(3)


def test_outputs_are_read_only():
    view = ModelView(X, BAYES)
    for values in (view.predict_proba(), view.embed(), view.predict()):
        with pytest.raises(ValueError, match="read-only"):
            values[:] = 0
    given = np.full((3, 2), 0.5)
    view = ModelView.from_outputs(proba=given)
    with pytest.raises(ValueError, match="read-only"):
        view.predict_proba()[:] = 0
    given[:] = 0.5  # the caller's own array stays writable


# Rows


ROWS = [[3, 1, 3], np.array([-1, 0]), slice(2, 9, 3), np.arange(150) % 50 == 0, []]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("kind", ["array", "frame", "csr"])
def test_rows_of_a_view_are_a_view_with_what_is_known(rows, kind):
    samples = {
        "array": X,
        "frame": pd.DataFrame(X, index=np.arange(150)[::-1]),
        "csr": sparse.csr_matrix(X),
    }[kind]
    model = RandomForestClassifier(3, random_state=0).fit(X, NAMES)
    view = ModelView(samples, model)
    proba, embedding = view.predict_proba(), view.embed()
    part = view[rows]
    assert len(part) == len(proba[rows])
    assert part.model is model
    assert (part.seed, part.task) == (view.seed, view.task)
    assert_array_equal(dense(part.inputs()), X[rows])
    # Known already: not computed again, but cut out.
    part.model = part._adapter = None
    assert_array_equal(part.predict_proba(), proba[rows])
    assert_array_equal(dense(part.embed()), dense(embedding)[rows])


def test_rows_of_given_outputs_come_along():
    view = ModelView.from_outputs(
        proba=np.eye(4),
        embedding=ProductFeatures(np.eye(4), np.arange(8.0).reshape(4, 2)),
        draws=np.arange(24.0).reshape(4, 2, 3),
        gradient_factors=[(np.eye(4), np.ones((4, 1))), (np.eye(4) * 2, np.eye(4))],
    )
    part = view[[2, 0]]
    assert_array_equal(part.predict_proba(), np.eye(4)[[2, 0]])
    assert_array_equal(np.asarray(part.embed()), np.asarray(view.embed())[[2, 0]])
    assert_array_equal(part.predict_draws(), view.predict_draws()[[2, 0]])
    assert_array_equal(part.gradient_factors()[1][0], 2 * np.eye(4)[[2, 0]])


def test_a_part_shares_the_scale_of_the_whole():
    view = ModelView(X, BAYES)
    assert_allclose(view[:10].embed(), SCALED[:10], atol=1e-6)
    assert_allclose(view[:50][[4]].embed(), SCALED[[4]], atol=1e-6)


def test_a_view_has_the_length_and_shape_of_its_samples():
    assert ModelView(X, BAYES).shape == (150, 4)
    assert ModelView(np.zeros((3, 2, 5, 5))).shape == (3, 2, 5, 5)
    assert ModelView(["a", "b"]).shape == (2,)
    assert len(ModelView(["a", "b"])) == 2
    assert repr(ModelView(X, BAYES)) == "<ModelView of 150 samples, GaussianNB>"
    assert repr(ModelView(X)) == "<ModelView of 150 samples, no model>"


@pytest.mark.parametrize(
    "walk",
    [iter, list, tuple, zip, set],
)
def test_a_view_is_not_iterable(walk):
    with pytest.raises(
        TypeError, match=r"not iterable: ask.*predict_proba.*view\[rows\]"
    ):
        walk(ModelView(X, BAYES))


def test_a_single_row_is_refused():
    with pytest.raises(TypeError, match=r"view\[\[3\]\], not view\[3\]"):
        ModelView(X, BAYES)[3]


def test_foreign_transformers_get_the_inputs():
    view = ModelView(X, make_pipeline(StandardScaler(), BAYES).fit(X, NAMES))
    assert_allclose(Normalizer().transform(view), Normalizer().transform(SCALED))
    with pytest.raises(TypeError, match=r"sparse; put skactive.features.Inputs"):
        np.asarray(ModelView(sparse.csr_matrix(X), BAYES))


# The model stays as it is


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=5000),
        RandomForestClassifier(3, random_state=0),
        make_pipeline(StandardScaler(), GaussianNB()),
        Committee(GaussianNB(), 2, random_state=0),
        CalibratedClassifierCV(GaussianNB(), cv=2),
    ],
)
def test_a_view_never_changes_its_model_or_samples(model):
    model.fit(X, NAMES)
    samples = X.copy()
    samples.flags.writeable = False
    before = pickle.dumps(model)
    view = ModelView(samples, model)
    view.predict(), view.predict_proba(), view.logits()
    view.inputs(), view.embed(), view.gradient_factors()
    if view.provides("draws"):
        view.predict_draws()
    assert pickle.dumps(model) == before


# Outermost predictions


@pytest.mark.parametrize(
    ("model", "labels"),
    [
        (CalibratedClassifierCV(GaussianNB(), cv=3), NAMES),
        (make_pipeline(StandardScaler(), CalibratedClassifierCV(GaussianNB())), NAMES),
        (FixedThresholdClassifier(GaussianNB(), threshold=0.99), y == 1),
        (GridSearchCV(make_pipeline(StandardScaler(), GaussianNB()), {}, cv=2), NAMES),
        (ActiveLearner(GaussianNB(), classes=["alba", *set(NAMES)]), NAMES),
    ],
)
def test_predictions_are_those_of_the_outermost_classifier(model, labels):
    model.fit(X, labels)
    view = ModelView(X, model)
    assert_array_equal(view.predict(), model.predict(X))
    assert_array_equal(view.predict_proba(), model.predict_proba(X))
    assert_array_equal(view.classes, model.classes_)
    assert view.task == "classification"


@pytest.mark.parametrize(
    "model",
    [
        TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
        make_pipeline(StandardScaler(), Ridge()),
        TransformedTargetRegressor(make_pipeline(StandardScaler(), Ridge())),
    ],
)
def test_predictions_are_those_of_the_outermost_regressor(model):
    view = ModelView(X, model.fit(X, y))
    assert_array_equal(view.predict(), model.predict(X))
    assert view.task == "regression"
    assert view.classes is None


def test_the_decision_function_is_the_outermost_one():
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, NAMES)
    assert_array_equal(
        ModelView(X, model).decision_function(), model.decision_function(X)
    )


# Classes


def test_columns_follow_classes_and_unseen_classes_are_empty():
    classes = ["alba", "setosa", "versicolor", "virginica", "zeta"]
    model = RandomForestClassifier(3, random_state=0).fit(X, NAMES)
    view = ModelView(X, model, classes=classes)
    own = model.predict_proba(X)
    assert_array_equal(view.predict_proba()[:, 1:4], own)
    assert_array_equal(view.predict_proba()[:, [0, 4]], 0)
    assert view.predict_draws().shape == (150, 3, 5)
    assert_array_equal(view.predict_draws()[:, :, [0, 4]], 0)
    assert np.isfinite(view.logits()).all()
    assert_allclose(np.exp(view.logits()), view.predict_proba(), atol=1e-30)


def test_classes_must_hold_all_that_the_model_knows():
    view = ModelView(X, BAYES, classes=["alba", "setosa", "versicolor"])
    with pytest.raises(ValueError, match=r"\['virginica'\].*name them all in classes="):
        view.predict_proba()


# Without a model


def test_samples_alone_are_embedded_in_a_common_scale():
    view = ModelView(X)
    assert view.task is None
    assert_array_equal(view.inputs(), X)
    assert_allclose(view.embed(), SCALED, atol=1e-6)
    assert view.embed().dtype == np.float32
    with pytest.raises(MissingCapability, match="This view does not offer predictions"):
        view.predict()


@pytest.mark.parametrize("samples", [["some", "texts"], [["a"], ["b", "c"]]])
def test_samples_that_are_no_table_have_no_embedding(samples):
    view = ModelView(samples)
    assert not view.provides("embedding")
    with pytest.raises(
        MissingCapability, match=r"This view does not offer an embedding; .*in a Pi"
    ):
        view.embed()


# Given outputs


def test_given_outputs_are_what_is_asked_for():
    draws = np.random.default_rng(0).random((5, 7, 2))
    view = ModelView.from_outputs(
        X[:5], proba=draws.mean(1), draws=draws, logits=np.log(draws[:, 0]), seed=3
    )
    assert_array_equal(view.predict_proba(), draws.mean(1))
    assert_array_equal(view.predict_draws(50), draws)
    assert_array_equal(view.logits(), np.log(draws[:, 0]))
    assert_array_equal(view.inputs(), X[:5])
    assert_array_equal(view.embed(), X[:5])
    assert_array_equal(view.classes, [0, 1])
    assert (view.task, view.seed, len(view)) == ("classification", 3, 5)


def test_given_regression_outputs_make_a_regression():
    view = ModelView.from_outputs(prediction=[1, 2], std=[0.5, 1.5])
    assert view.task == "regression"
    assert view.predict().dtype == np.float64
    assert strategies.variance().select(view).tolist() == [1]


def test_the_standard_deviation_follows_from_given_draws():
    draws = np.random.default_rng(0).normal(size=(4, 9))
    view = ModelView.from_outputs(draws=draws)
    assert view.predict_draws().shape == (4, 9, 1)
    assert_allclose(view.predict_std(), draws.std(axis=1))
    pair = np.stack([draws, 2 * draws], axis=2)
    assert_allclose(ModelView.from_outputs(draws=pair).predict_std(), pair.std(axis=1))


def test_given_embeddings_may_be_sparse():
    embedding = sparse.coo_matrix(np.eye(4))
    view = ModelView.from_outputs(embedding=embedding)
    assert view.embed().format == "csr"
    assert_array_equal(view[[2]].embed().toarray(), [[0, 0, 1, 0]])


@pytest.mark.parametrize("line", [np.arange(11.0)[:, None], [[i] for i in range(11)]])
def test_numbers_in_place_of_a_view_are_features_in_their_own_scale(line):
    strategy = strategies.gsx().fit([[0.0]])
    assert strategy.select(line, 2).tolist() == [10, 5]
    assert_array_equal(strategy.score_samples(line), np.arange(11))


def test_given_classes_name_the_columns():
    view = ModelView.from_outputs(proba=[[0.5, 0.5]], classes=["no", "yes"])
    assert view.classes.tolist() == ["no", "yes"]


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (
            {"probas": [[1.0]]},
            "'probas' is not an output of a view; the names are.*proba",
        ),
        (
            {"proba": np.eye(3), "embedding": np.eye(2)},
            "one row per sample, got.*proba: 3 rows.*embedding: 2 rows",
        ),
        ({"X": np.eye(3), "std": [1.0, 2.0]}, "std: 2 rows, X: 3 rows"),
        ({}, "got none"),
    ],
)
def test_given_outputs_that_do_not_fit_are_refused(outputs, message):
    with pytest.raises(ValueError, match=message):
        ModelView.from_outputs(**outputs)


# What is not to be had


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            ModelView.predict_draws,
            "GaussianNB does not offer posterior draws; wrap .*skactive.Committee",
        ),
        (
            ModelView.predict_std,
            "GaussianNB does not offer a predictive standard deviation; use",
        ),
        (
            ModelView.decision_function,
            "GaussianNB does not .* a decision function; use 'margin'",
        ),
    ],
)
def test_a_missing_output_is_said_with_its_remedy(ask, message):
    with pytest.raises(MissingCapability, match=message):
        ask(ModelView(X, BAYES))


@pytest.mark.parametrize(
    "model",
    [
        GaussianNB(),
        RandomForestClassifier(2),
        DecisionTreeClassifier(),
        GradientBoostingClassifier(n_estimators=1),
    ],
)
def test_a_layer_is_refused_where_there_is_none(model):
    message = f"layer='hidden' names a layer, and {type(model).__name__} has none"
    with pytest.raises(ValueError, match=message):
        ModelView(X, model.fit(X, NAMES)).embed("hidden")


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix])
def test_embeddings_that_are_not_finite_are_counted(make):
    embedding = np.eye(5)
    embedding[[1, 3], 0] = np.inf, -np.inf
    view = ModelView(X[:5], BAYES)
    view.store("embedding", make(embedding))
    with pytest.raises(
        ValueError, match=r"2 rows .* embedding are not finite, .*row 1; impu"
    ):
        view.embed()
    assert view.output("embedding", checked=False).shape == (5, 5)


# Joined views


def test_joined_views_share_one_scale():
    labeled, pool = ModelView(X[:20], BAYES), ModelView(X[20:], BAYES)
    ModelView.join(labeled, pool)
    both = np.vstack([labeled.embed(), pool.embed()])
    assert_allclose(both, SCALED, atol=1e-6)


def test_a_strategy_puts_the_pool_into_the_coordinates_of_its_labeled_samples():
    labeled, pool = ModelView(X[:20], BAYES), ModelView(X[20:], BAYES)
    strategy = strategies.coreset().fit(labeled)
    scaler = StandardScaler().fit(X[:20])
    expected = scaler.transform(X)
    nearest = np.sqrt(
        ((expected[20:, None] - expected[None, :20]) ** 2).sum(-1).min(axis=1)
    )
    assert_allclose(strategy.score_samples(pool), nearest, rtol=1e-4)
    assert strategy.select(pool).tolist() == [int(nearest.argmax())]


def test_a_learners_view_has_the_scale_of_its_queries():
    learner = ActiveLearner(GaussianNB()).fit(X[:140:7], NAMES[:140:7])
    expected = StandardScaler().fit(np.vstack([X[:140:7], X])).transform(X)
    assert_allclose(learner.view(X).embed(), expected, atol=1e-6)


@pytest.mark.parametrize(
    "model", [BayesianRidge(), GaussianProcessRegressor(optimizer=None)]
)
def test_a_pickled_view_answers_like_the_first(model):
    view = ModelView(X, model.fit(X[:20], X[:20, 0]))
    view.embed()
    again = pickle.loads(pickle.dumps(view))
    assert_array_equal(again.embed(), view.embed())
    assert_allclose(again.predict_std(), view.predict_std())


def test_an_output_of_unknown_name_is_said_with_the_usual_names():
    with pytest.raises(
        MissingCapability, match=r"'probas'.*usual ones are proba, draws"
    ):
        ModelView(X, BAYES).output("probas")


def test_an_unpickled_view_can_embed():
    for view in (ModelView(X, BAYES), ModelView(X)):
        copy = pickle.loads(pickle.dumps(view))
        assert_array_equal(copy.embed(), view.embed())


def test_replaced_outputs_are_seen_by_what_follows_from_them():
    view = ModelView.from_outputs(draws=np.zeros((3, 2, 1)), prediction=np.arange(3.0))
    assert_array_equal(view.predict_std(), 0)
    spread = np.array([[[0.0], [2.0]]] * 3)
    other = view.replacing(draws=spread)
    assert_array_equal(other.predict_std(), 1)
    assert_array_equal(other.predict(), view.predict())
    assert_array_equal(view.predict_std(), 0)
    assert_array_equal(other[[2]].predict_draws(), spread[:1])
    with pytest.raises(ValueError, match="read-only"):
        other.predict_draws()[0] = 7
