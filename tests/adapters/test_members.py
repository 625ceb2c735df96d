"""Ensembles: members are draws, leaves are an embedding."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skactive import ActiveLearner, Committee, ModelView
from skactive.adapters import align_columns
from skactive.exceptions import MissingCapability

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
XD, yd = load_diabetes(return_X_y=True)
XD, yd = XD[:60], yd[:60]
YD2 = np.column_stack([yd, -3 * yd])
# Few versicolors, so that resamples lack them.
RARE = np.concatenate([np.arange(20), [60, 70], np.arange(100, 120)])


def draws_of(model, samples=X, **options):
    return ModelView(samples, model).predict_draws(**options)


# Classifiers


@pytest.mark.parametrize("Forest", [RandomForestClassifier, ExtraTreesClassifier])
def test_the_trees_of_a_forest_draw_their_probabilities(Forest):
    forest = Forest(5, max_depth=2, random_state=0).fit(X, NAMES)
    draws = draws_of(forest, n_draws=99)
    assert draws.shape == (150, 5, 3)
    assert draws.dtype == np.float32
    for t, tree in enumerate(forest.estimators_):
        assert_allclose(draws[:, t], tree.predict_proba(X), atol=1e-6)
    assert_allclose(draws.mean(axis=1), forest.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("labels", [NAMES, y * 10 - 5, NAMES.astype(object)])
@pytest.mark.parametrize(
    "base",
    [
        KNeighborsClassifier(1),
        OneVsOneClassifier(GaussianNB()),
        DecisionTreeClassifier(),
    ],
)
def test_members_that_lack_a_class_or_see_some_columns_fall_in_line(labels, base):
    bagging = BaggingClassifier(
        base, 6, max_samples=0.5, max_features=0.5, random_state=0
    ).fit(X[RARE], labels[RARE])
    lacking = [member for member in bagging.estimators_ if len(member.classes_) < 3]
    # scikit-learn resamples by weight where it can, so that no class is lacking.
    assert 0 < len(lacking) < 6 or isinstance(base, DecisionTreeClassifier)
    draws = draws_of(bagging)
    for t, (member, columns) in enumerate(
        zip(bagging.estimators_, bagging.estimators_features_, strict=True)
    ):
        own = np.asarray(member.classes_)
        if hasattr(member, "predict_proba"):
            expected = np.zeros((150, 3))
            expected[:, own] = member.predict_proba(X[:, columns])
        else:
            expected = np.eye(3)[member.predict(X[:, columns])]
        assert_allclose(draws[:, t], expected, atol=1e-6)
    assert_allclose(draws.mean(axis=1), bagging.predict_proba(X), atol=1e-6)


def test_members_of_bagging_take_frames_and_sparse_rows():
    bagging = BaggingClassifier(
        DecisionTreeClassifier(), 3, max_features=0.5, random_state=0
    )
    frame = pd.DataFrame(X, columns=list("abcd"))
    expected = draws_of(clone(bagging).fit(X, NAMES))
    assert_array_equal(draws_of(clone(bagging).fit(frame, NAMES), frame), expected)
    csr = sparse.csr_matrix(X)
    assert_array_equal(draws_of(clone(bagging).fit(csr, NAMES), csr), expected)


def test_calibrators_are_members():
    model = CalibratedClassifierCV(GaussianNB(), cv=4).fit(X, NAMES)
    draws = draws_of(model)
    assert draws.shape == (150, 4, 3)
    for t, member in enumerate(model.calibrated_classifiers_):
        assert_allclose(draws[:, t], member.predict_proba(X), atol=1e-6)
    assert_allclose(draws.mean(axis=1), model.predict_proba(X), atol=1e-6)


def test_votes_are_members_with_the_labels_of_the_vote():
    parts = [("a", GaussianNB()), ("b", DecisionTreeClassifier(random_state=0))]
    model = VotingClassifier(parts, voting="soft").fit(X, NAMES)
    draws = draws_of(model)
    for t, member in enumerate(model.estimators_):
        assert_allclose(draws[:, t], member.predict_proba(X), atol=1e-6)

    hard = VotingClassifier([("a", Perceptron()), ("b", GaussianNB())]).fit(X, NAMES)
    votes = hard.named_estimators_["a"].predict(X)
    assert_array_equal(draws_of(hard)[:, 0], np.eye(3)[votes])


@pytest.mark.parametrize(
    "base",
    [
        GaussianNB(),
        Perceptron(),
        make_pipeline(StandardScaler(), GaussianNB()),
        VotingClassifier([("a", GaussianNB()), ("b", Perceptron())]),
        RandomForestClassifier(2),
    ],
)
def test_a_committee_draws_its_members_answers(base):
    committee = Committee(base, n_members=4, random_state=0).fit(X, NAMES)
    draws = draws_of(committee)
    assert draws.shape == (150, 4, 3)
    for t, member in enumerate(committee.estimators_):
        if hasattr(member, "predict_proba"):
            expected = member.predict_proba(X)
        else:
            expected = member.predict(X)[:, None] == committee.classes_
        assert_allclose(draws[:, t], expected, atol=1e-6)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: make_pipeline(StandardScaler(), model),
        lambda model: GridSearchCV(model, {}, cv=2),
        lambda model: make_pipeline(StandardScaler(), GridSearchCV(model, {}, cv=2)),
        lambda model: ActiveLearner(model, random_state=0),
        lambda model: make_pipeline(make_pipeline(StandardScaler()), model),
    ],
)
@pytest.mark.parametrize(
    "model", [RandomForestClassifier(4), Committee(GaussianNB(), 4)]
)
def test_members_are_found_inside_wrappers(wrap, model):
    outer = wrap(clone(model)).fit(X, NAMES)
    draws = draws_of(outer)
    assert draws.shape == (150, 4, 3)
    assert_allclose(draws.mean(axis=1), outer.predict_proba(X), atol=1e-6)


def test_the_outermost_members_speak_for_the_model():
    inner = VotingClassifier(
        [("a", GaussianNB()), ("b", DecisionTreeClassifier())], voting="soft"
    )
    for outer, n_members in [
        (Committee(inner, 3), 3),
        (CalibratedClassifierCV(inner, cv=2), 2),
        (Committee(RandomForestClassifier(5), 3), 3),
        (make_pipeline(StandardScaler(), Committee(RandomForestClassifier(5), 2)), 2),
    ]:
        draws = draws_of(outer.fit(X, NAMES))
        assert draws.shape == (150, n_members, 3)
        assert_allclose(draws.mean(axis=1), outer.predict_proba(X), atol=1e-6)


def test_a_learner_aligns_draws_with_its_classes():
    learner = ActiveLearner(RandomForestClassifier(3), classes=["alba"], random_state=0)
    draws = learner.fit(X, NAMES).view(X).predict_draws()
    assert draws.shape == (150, 3, 4)
    assert_array_equal(draws[:, :, 0], 0)


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=5000),
        DecisionTreeClassifier(),
        GradientBoostingClassifier(n_estimators=2),
        HistGradientBoostingClassifier(max_iter=2),
        CalibratedClassifierCV(GaussianNB(), ensemble=False),
    ],
)
def test_models_of_one_piece_draw_nothing(model):
    view = ModelView(X, model.fit(X, NAMES))
    assert not view.provides("draws")
    with pytest.raises(MissingCapability, match=r"skactive\.Committee"):
        view.predict_draws()


# Regressors


@pytest.mark.parametrize("targets", [yd, YD2])
@pytest.mark.parametrize(
    "model",
    [
        RandomForestRegressor(4, max_depth=3, random_state=0),
        BaggingRegressor(DecisionTreeRegressor(), 4, max_features=0.4, random_state=0),
        Committee(Ridge(), 4, random_state=0),
    ],
)
def test_members_of_regressors_draw_predictions(model, targets):
    view = ModelView(XD, model.fit(XD, targets))
    draws = view.predict_draws()
    assert draws.shape == (60, 4, targets.ndim)
    assert_allclose(
        draws.mean(axis=1).reshape(targets.shape), model.predict(XD), rtol=1e-5
    )
    expected = draws.std(axis=1, dtype=np.float64).reshape(targets.shape)
    assert_allclose(view.predict_std(), expected)
    if isinstance(model, Committee):
        answers = [member.predict(XD) for member in model.estimators_]
        assert_allclose(draws, np.stack(answers, 1).reshape(draws.shape), rtol=1e-6)


def test_a_vote_of_regressors_has_members():
    model = VotingRegressor([("a", Ridge()), ("b", DecisionTreeRegressor())]).fit(
        XD, yd
    )
    view = ModelView(XD, model)
    assert_allclose(view.predict_draws()[:, :, 0], model.transform(XD), rtol=1e-6)
    assert_allclose(view.predict_std(), model.transform(XD).std(axis=1), rtol=1e-5)


@pytest.mark.parametrize(
    "regressor",
    [
        RandomForestRegressor(3, max_depth=3, random_state=0),
        BaggingRegressor(Ridge(), 3, random_state=0),
        Committee(Ridge(), 3, random_state=0),
        make_pipeline(StandardScaler(), RandomForestRegressor(3, random_state=0)),
    ],
)
def test_draws_of_a_transformed_target_are_in_its_own_units(regressor):
    model = TransformedTargetRegressor(regressor, func=np.log, inverse_func=np.exp)
    model.fit(XD, yd)
    draws = draws_of(model, XD)
    assert draws.shape == (60, 3, 1)
    inner = ModelView(XD, model.regressor_).predict_draws()
    assert_allclose(draws, np.exp(inner), rtol=1e-5)
    assert draws.min() > 10, "diabetes progression, not its logarithm"


def test_two_transformed_targets_keep_their_units():
    model = TransformedTargetRegressor(
        RandomForestRegressor(3, random_state=0), transformer=StandardScaler()
    ).fit(XD, YD2)
    draws = draws_of(model, XD)
    assert draws.shape == (60, 3, 2)
    assert_allclose(draws.mean(axis=1), model.predict(XD), rtol=1e-4)


def test_members_that_transform_their_target_answer_in_its_units():
    inner = TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp)
    committee = Committee(inner, 3, random_state=0).fit(XD, yd)
    expected = np.stack([m.predict(XD) for m in committee.estimators_], axis=1)
    assert_allclose(draws_of(committee, XD)[:, :, 0], expected, rtol=1e-6)


# Leaves


def one_hot_of_leaves(leaves):
    """Naive: which samples share a leaf, tree by tree."""
    return [leaf[:, None] == leaf[None, :] for leaf in leaves.T]


@pytest.mark.parametrize(
    ("model", "targets"),
    [
        (RandomForestClassifier(4, max_depth=3, random_state=0), NAMES),
        (RandomForestRegressor(4, max_depth=3, random_state=0), X[:, 3]),
        (DecisionTreeClassifier(max_depth=3), NAMES),
        (GradientBoostingClassifier(n_estimators=2, random_state=0), NAMES),
        (GradientBoostingRegressor(n_estimators=3, random_state=0), X[:, 3]),
    ],
)
def test_leaves_are_one_hot(model, targets):
    model.fit(X, targets)
    leaves = model.apply(X).reshape(150, -1).astype(int)
    n_trees = leaves.shape[1]
    trees = np.ravel(getattr(model, "estimators_", [model]))
    embedding = ModelView(X, model).embed()
    assert embedding.format == "csr"
    assert embedding.dtype == np.float32
    assert embedding.shape == (150, sum(tree.tree_.node_count for tree in trees))
    assert_array_equal(embedding.sum(axis=1).ravel(), np.full((1, 150), n_trees))
    shared = sum(same.astype(int) for same in one_hot_of_leaves(leaves))
    assert_array_equal((embedding @ embedding.T).toarray(), shared)
    offsets = np.cumsum([0, *(tree.tree_.node_count for tree in trees)])[:-1]
    assert_array_equal(embedding.indices.reshape(150, n_trees), leaves + offsets)


def test_leaves_have_the_same_width_for_every_pool():
    forest = RandomForestClassifier(3, random_state=0).fit(X, NAMES)
    whole = ModelView(X, forest).embed()
    part = ModelView(X[:5], forest).embed()
    assert_array_equal(part.toarray(), whole[:5].toarray())


def test_leaves_are_found_behind_preprocessing_and_gaps_do_not_matter():
    gaps = np.where(X > 6, np.nan, X)
    forest = RandomForestClassifier(3, random_state=0).fit(gaps, NAMES)
    assert ModelView(gaps, forest).embed().sum() == 450
    assert draws_of(forest, gaps).shape == (150, 3, 3)
    pipeline = make_pipeline(
        StandardScaler(), RandomForestClassifier(3, random_state=0)
    )
    pipeline.fit(X, NAMES)
    expected = pipeline[-1].apply(pipeline[:-1].transform(X))
    embedding = ModelView(X, pipeline).embed()
    counts = np.cumsum([0] + [t.tree_.node_count for t in pipeline[-1].estimators_])
    assert_array_equal(embedding.indices.reshape(150, 3), expected + counts[:-1])


# Gradient factors


@pytest.mark.parametrize(
    "model",
    [LogisticRegression(max_iter=5000), RandomForestClassifier(3, random_state=0)],
)
def test_gradient_factors_are_residual_and_embedding_with_a_one(model):
    view = ModelView(X, model.fit(X, NAMES))
    ((activation, signal),) = view.gradient_factors()
    activation = activation.toarray() if sparse.issparse(activation) else activation
    embedding = view.embed()
    embedding = embedding.toarray() if sparse.issparse(embedding) else embedding
    assert_array_equal(activation, np.column_stack([embedding, np.ones(150)]))
    proba = view.predict_proba()
    assert_allclose(signal, proba - (proba == proba.max(1, keepdims=True)))
    assert_array_equal(view.gradient_factors("all")[0][1], signal)
    with pytest.raises(ValueError, match="layers='first' is not known"):
        view.gradient_factors("first")


def test_the_gradient_of_a_regressors_last_layer_is_its_input():
    view = ModelView(XD, Ridge().fit(XD, yd))
    ((activation, signal),) = view.gradient_factors()
    assert_array_equal(activation[:, :-1], view.embed())
    assert_array_equal(activation[:, -1], 1)
    assert_array_equal(signal, np.ones((60, 1)))


def test_log_probabilities_stand_for_logits_and_are_finite():
    tree = DecisionTreeClassifier().fit(X, NAMES)
    logits = ModelView(X, tree).logits()
    assert np.isfinite(logits).all()
    assert_allclose(np.exp(logits), tree.predict_proba(X), atol=1e-30)


# Columns


def test_columns_are_put_where_the_classes_want_them():
    proba = np.array([[0.7, 0.3]])
    aligned = align_columns(proba, ["b", "d"], np.array(["a", "b", "c", "d", "e"]))
    assert_array_equal(aligned, [[0, 0.7, 0, 0.3, 0]])
    assert align_columns(proba, ["b", "d"], np.array(["b", "d"])) is proba
    stacked = np.stack([proba, proba[:, ::-1]], axis=1)
    aligned = align_columns(stacked, [1, 3], np.array([1, 2, 3]))
    assert_array_equal(aligned, [[[0.7, 0, 0.3], [0.3, 0, 0.7]]])


@pytest.mark.parametrize("own", [["b", "z"], ["a", "b"]])
def test_labels_that_are_not_among_the_classes_are_named(own):
    unknown = next(label for label in own if label != "b")
    with pytest.raises(
        ValueError, match=rf"\['{unknown}'\].*name them all in classes="
    ):
        align_columns(np.array([[0.7, 0.3]]), own, np.array(["b", "c"]))
