"""Unlabeled samples on their way: Pipelines, scikit-learn's -1, the learner."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.datasets import load_iris, make_friedman1
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import (
    LabelPropagation,
    LabelSpreading,
    SelfTrainingClassifier,
)
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive import ActiveLearner
from skactive.nets import TorchMLPClassifier
from skactive.semisupervised import (
    MinusOneClassifier,
    MixMatchClassifier,
    PseudoLabelClassifier,
    PseudoLabelRegressor,
    fit_with_unlabeled,
    takes_unlabeled,
)

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
FEW = np.arange(0, 150, 8)
POOL = np.setdiff1d(np.arange(150), FEW)


class Witness(ClassifierMixin, BaseEstimator):
    """Keeps what it is given."""

    def fit(self, X, y, sample_weight=None, X_unlabeled=None):
        self.X_, self.y_, self.weight_, self.unlabeled_ = (
            X,
            y,
            sample_weight,
            X_unlabeled,
        )
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


class Counting(TransformerMixin, BaseEstimator):
    """Counts what it is fitted to."""

    fits = []

    def fit(self, X, y=None):
        self.fits.append(len(X))
        return self

    def transform(self, X):
        return 2 * X


def test_a_pipeline_is_fitted_to_labels_and_transforms_both():
    model = make_pipeline(StandardScaler(), None, "passthrough", Witness())
    fit_with_unlabeled(model, X[FEW], NAMES[FEW], X[POOL])
    scaler = StandardScaler().fit(X[FEW])
    assert_allclose(model[-1].X_, scaler.transform(X[FEW]))
    assert_allclose(model[-1].unlabeled_, scaler.transform(X[POOL]))
    assert isinstance(model[-1], Witness)
    assert_array_equal(model.predict(X[:2]), ["setosa"] * 2)


def test_pipelines_in_pipelines_and_their_memory(tmp_path):
    inner = Pipeline([("double", Counting()), ("last", Witness())])
    model = Pipeline(
        [("scale", StandardScaler()), ("inner", inner)], memory=str(tmp_path)
    )
    Counting.fits.clear()
    fit_with_unlabeled(model, X[FEW], y[FEW], X[POOL])
    assert Counting.fits == [len(FEW)]
    scaled = StandardScaler().fit(X[FEW]).transform(X[POOL])
    assert_allclose(model[-1][-1].unlabeled_, 2 * scaled)
    assert model.named_steps["inner"] is inner


def test_parameters_of_steps_go_where_they_belong():
    model = make_pipeline(StandardScaler(), Witness())
    weight = np.arange(len(FEW)) + 1.0
    fit_with_unlabeled(model, X[FEW], y[FEW], X[POOL], witness__sample_weight=weight)
    assert_array_equal(model[-1].weight_, weight)


def test_a_step_that_fails_leaves_the_pipeline_whole():
    model = make_pipeline(StandardScaler(), MixMatchClassifier(TorchMLPClassifier()))
    with pytest.raises(ValueError, match="2 features"):
        fit_with_unlabeled(model, X[FEW], y[FEW], X[POOL, :2])
    assert isinstance(model[-1], MixMatchClassifier)


def test_who_takes_unlabeled_samples():
    for model in (
        Witness(),
        LabelSpreading(),
        make_pipeline(StandardScaler(), Witness()),
        ActiveLearner(make_pipeline(StandardScaler(), PseudoLabelRegressor(Ridge()))),
        SelfTrainingClassifier(LogisticRegression()),
    ):
        assert takes_unlabeled(model)
    for model in (
        LogisticRegression(),
        make_pipeline(Witness(), LogisticRegression()),
        make_pipeline(StandardScaler(), "passthrough"),
        TorchMLPClassifier(),
        ActiveLearner(Ridge()),
    ):
        assert not takes_unlabeled(model)


# --- scikit-learn's -1

OURS = [
    MinusOneClassifier(LabelPropagation()),
    MinusOneClassifier(SelfTrainingClassifier(GaussianNB())),
]


# scikit-learn's own warning, where it converts them.
@pytest.mark.filterwarnings("ignore:Can't check dok sparse matrix:UserWarning")
@parametrize_with_checks(OURS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "inner",
    [
        LabelPropagation(),
        LabelSpreading(kernel="knn", n_neighbors=5),
        SelfTrainingClassifier(LogisticRegression(max_iter=1000)),
    ],
)
@pytest.mark.parametrize("labels", [y, NAMES, np.array([-1, 0, 1])[y]])
def test_it_is_the_estimator_with_the_labels_as_they_were(inner, labels):
    targets = np.where(np.isin(np.arange(150), FEW), y, -1)
    order = np.concatenate([FEW, POOL])
    plain = inner.fit(X[order], targets[order])
    ours = MinusOneClassifier(inner)
    ours.fit(X[FEW], labels[FEW], X_unlabeled=X[POOL])
    assert_array_equal(ours.predict(X), np.unique(labels)[plain.predict(X)])
    assert_allclose(ours.predict_proba(X), plain.predict_proba(X))
    assert ours.classes_.tolist() == np.unique(labels).tolist()


def test_containers_are_stacked():
    frame = pd.DataFrame(X, columns=list("abcd"))
    ours = MinusOneClassifier(LabelSpreading())
    ours.fit(frame.iloc[FEW], NAMES[FEW], X_unlabeled=frame.iloc[POOL])
    assert ours.feature_names_in_.tolist() == list("abcd")
    listed = MinusOneClassifier(LabelSpreading())
    listed.fit(X[FEW].tolist(), NAMES[FEW], X_unlabeled=X[POOL].tolist())
    assert_array_equal(listed.predict(X), ours.predict(frame))


# --- the learner


def test_the_learner_scales_unlabeled_samples():
    model = make_pipeline(StandardScaler(), Witness())
    learner = ActiveLearner(model, random_state=0)
    # As many as labeled ones: still not one for each of them.
    for size in (len(FEW), 40):
        learner.fit(X[FEW], NAMES[FEW], X_unlabeled=X[POOL][:size])
        scaler = StandardScaler().fit(X[FEW])
        unlabeled = learner.estimator_[-1].unlabeled_
        assert_allclose(unlabeled, scaler.transform(X[POOL][:size]))
        assert learner._metadata.values == {}
    learner.teach(X[POOL[:3]], NAMES[POOL[:3]], X_unlabeled=X[POOL[3:]])
    assert len(learner.estimator_[-1].unlabeled_) == len(POOL) - 3
    assert learner.n_labeled_ == len(FEW) + 3
    learner.teach(X[POOL[3:4]], NAMES[POOL[3:4]], X_unlabeled=X[:0])
    assert learner.estimator_[-1].unlabeled_ is None
    learner.teach(X[POOL[4:5]], NAMES[POOL[4:5]])
    assert learner.estimator_[-1].unlabeled_ is None


def test_weights_and_unlabeled_samples_side_by_side():
    learner = ActiveLearner(Witness())
    learner.fit(
        X[FEW], y[FEW], sample_weight=np.ones(len(FEW)), X_unlabeled=X[POOL[: len(FEW)]]
    )
    learner.teach(X[:2], y[:2], sample_weight=[2.0, 3.0], X_unlabeled=X[POOL])
    assert learner.estimator_.weight_[-2:].tolist() == [2, 3]
    assert len(learner.estimator_.unlabeled_) == len(POOL)


@pytest.mark.parametrize(
    "model",
    [LogisticRegression(), make_pipeline(StandardScaler(), KNeighborsClassifier())],
)
def test_who_has_no_use_for_them_says_so(model):
    learner = ActiveLearner(model)
    with pytest.raises(TypeError, match=r"cannot learn from unlabeled.*PseudoLabelCl"):
        learner.fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    assert not hasattr(learner, "estimator_")
    learner.fit(X[FEW], y[FEW])
    with pytest.raises(TypeError, match="or leave X_unlabeled out"):
        learner.teach(X[:1], y[:1], X_unlabeled=X[POOL])
    assert learner.n_labeled_ == len(FEW)
    with pytest.raises(TypeError, match="PseudoLabelRegressor"):
        ActiveLearner(Ridge()).fit(X[FEW], X[FEW, 0], X_unlabeled=X[POOL])


def test_unlabeled_samples_of_another_kind():
    learner = ActiveLearner(PseudoLabelClassifier(GaussianNB()))
    with pytest.raises(ValueError, match="X_unlabeled has samples of shape"):
        learner.fit(X[FEW], y[FEW], X_unlabeled=X[POOL, :2])
    with pytest.raises(ValueError, match="X_unlabeled is a DataFrame"):
        learner.fit(X[FEW], y[FEW], X_unlabeled=pd.DataFrame(X))


@pytest.mark.parametrize(
    "model",
    [
        LabelSpreading(),
        make_pipeline(StandardScaler(), LabelSpreading()),
        SelfTrainingClassifier(GaussianNB()),
        PseudoLabelClassifier(LogisticRegression(max_iter=1000)),
        make_pipeline(
            StandardScaler(), MixMatchClassifier(TorchMLPClassifier(), n_steps=30)
        ),
    ],
)
def test_a_campaign_with_text_for_labels(model):
    learner = ActiveLearner(model, "margin", classes=sorted(set(NAMES)))
    learner.set_params(random_state=0)
    learner.fit(X[FEW], NAMES[FEW], X_unlabeled=X[POOL])
    unlabeled = np.isin(np.arange(150), POOL)
    for _ in range(2):
        rows = learner.query(X, 5, candidates=unlabeled)
        unlabeled[rows] = False
        learner.teach(X[rows], NAMES[rows], X_unlabeled=X[unlabeled])
    assert learner.n_labeled_ == len(FEW) + 10
    assert learner.score(X, NAMES) > 0.6
    assert set(learner.predict(X)) <= set(NAMES)


def test_labels_of_minus_one_are_labels():
    signs = np.where(y == 0, -1, 1)
    for model in (LabelSpreading(), SelfTrainingClassifier(GaussianNB())):
        learner = ActiveLearner(model, "margin").fit(X[FEW], signs[FEW])
        assert learner.classes_.tolist() == [-1, 1]
        assert learner.score(X, signs) > 0.9


def test_the_users_estimators_stay_as_they_are():
    inner = SelfTrainingClassifier(LogisticRegression())
    model = make_pipeline(StandardScaler(), inner)
    ActiveLearner(model).fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    assert model[-1] is inner
    assert not hasattr(inner, "classes_")


def test_regression():
    samples, targets = make_friedman1(200, random_state=0)
    learner = ActiveLearner(PseudoLabelRegressor(Ridge()), "gsx", random_state=0)
    learner.fit(samples[:30], targets[:30], X_unlabeled=samples[30:])
    rows = learner.query(samples[30:], 5)
    learner.teach(samples[30:][rows], targets[30:][rows], X_unlabeled=samples[40:])
    assert learner.score(samples, targets) > 0.5


def test_without_unlabeled_samples_any_estimator_is_fitted():
    model = fit_with_unlabeled(GaussianNB(), X[FEW], y[FEW], None)
    assert_array_equal(model.predict(X), GaussianNB().fit(X[FEW], y[FEW]).predict(X))


def test_no_rows_are_no_unlabeled_samples():
    for model in (GaussianNB(), make_pipeline(StandardScaler(), GaussianNB())):
        fit_with_unlabeled(model, X[FEW], y[FEW], X[:0])
        assert model.score(X, y) > 0.8


def test_a_failed_refit_leaves_the_classes():
    ours = MinusOneClassifier(SelfTrainingClassifier(GaussianNB()))
    ours.fit(X[FEW], NAMES[FEW], X_unlabeled=X[POOL])
    before = ours.predict(X)
    with pytest.raises(ValueError, match="NaN"):
        ours.fit(np.full((3, 4), np.nan), ["a", "b", "c"], X_unlabeled=X[POOL])
    assert_array_equal(ours.predict(X), before)
