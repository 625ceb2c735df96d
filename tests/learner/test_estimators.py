"""fit, query, teach and predict around every kind of scikit-learn estimator."""

import pickle
import warnings
from copy import deepcopy

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import (
    BayesianRidge,
    Lasso,
    LogisticRegression,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_val_score,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skactive import ActiveLearner, Committee
from skactive.exceptions import MissingCapability

X, y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
SEED_SET = np.arange(0, 150, 8)
XD, yd = load_diabetes(return_X_y=True)
XD, yd = XD[:100], yd[:100]
YD2 = np.column_stack([yd, 1000 - yd**2 / 100])
LINEAR = LogisticRegression(max_iter=2000)
KERNEL = RBF(length_scale=0.2, length_scale_bounds="fixed") + WhiteKernel(
    noise_level=1.0, noise_level_bounds="fixed"
)


def process(**params):
    return GaussianProcessRegressor(KERNEL, optimizer=None, normalize_y=True, **params)


WITH_PROBABILITIES = {
    "logistic": LINEAR,
    "pipeline": make_pipeline(StandardScaler(), LINEAR),
    "pipeline of pipelines": make_pipeline(make_pipeline(StandardScaler()), LINEAR),
    "passthrough": Pipeline([("scale", "passthrough"), ("model", LINEAR)]),
    "search": GridSearchCV(LINEAR, {"C": [1, 10]}, cv=2),
    "search in pipeline": make_pipeline(
        StandardScaler(), GridSearchCV(LINEAR, {"C": [1]}, cv=2)
    ),
    "calibrated": CalibratedClassifierCV(LinearSVC(), cv=2),
    "calibrated once": CalibratedClassifierCV(LinearSVC(), cv=2, ensemble=False),
    "calibrated frozen": CalibratedClassifierCV(
        FrozenEstimator(clone(LINEAR).fit(X, NAMES)), cv=2
    ),
    "frozen": FrozenEstimator(clone(LINEAR).fit(X, NAMES)),
    "vote": VotingClassifier([("a", LINEAR), ("b", GaussianNB())], voting="soft"),
    "stack": StackingClassifier([("a", GaussianNB())], final_estimator=LINEAR, cv=2),
    "bagging": BaggingClassifier(GaussianNB(), 3, max_features=0.5),
    "forest": RandomForestClassifier(4),
    "extra trees": ExtraTreesClassifier(4),
    "tree": DecisionTreeClassifier(),
    "boosting": GradientBoostingClassifier(n_estimators=2),
    "adaboost": AdaBoostClassifier(n_estimators=2),
    "naive Bayes": GaussianNB(),
    "neighbors": KNeighborsClassifier(3),
    "process": GaussianProcessClassifier(),
    "one against rest": OneVsRestClassifier(LINEAR),
    "committee": Committee(LINEAR, 3),
    "committee of votes": Committee(
        VotingClassifier(
            [("a", GaussianNB()), ("b", DecisionTreeClassifier())], voting="soft"
        ),
        3,
    ),
    "learner": ActiveLearner(LINEAR),
}
WITHOUT_PROBABILITIES = {
    "linear SVC": LinearSVC(),
    "SVC": make_pipeline(StandardScaler(), SVC()),
    "ridge": RidgeClassifier(),
    "perceptron": Perceptron(),
    "SGD": SGDClassifier(),
    "hard vote": VotingClassifier([("a", LINEAR), ("b", GaussianNB())]),
}
REGRESSORS = {
    "ridge": Ridge(),
    "Bayesian ridge": BayesianRidge(),
    "process": process(),
    "process in pipeline": make_pipeline(StandardScaler(), process()),
    "target": TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp),
    "forest": RandomForestRegressor(4),
    "boosting": GradientBoostingRegressor(n_estimators=2),
    "histograms": HistGradientBoostingRegressor(max_iter=2),
    "bagging": BaggingRegressor(DecisionTreeRegressor(), 3, max_features=0.5),
    "vote": VotingRegressor([("a", Ridge()), ("b", BayesianRidge())]),
    "search": GridSearchCV(Lasso(), {"alpha": [0.1, 1]}, cv=2),
    "neighbors": KNeighborsRegressor(3),
    "committee": Committee(Ridge(), 3),
}


SIGNS = np.array([5, -1, 6])[y]
SPREADING = LabelSpreading()
TRAINING = SelfTrainingClassifier(LINEAR)


@pytest.mark.parametrize(
    ("estimator", "grid", "named"),
    [
        (SPREADING, {"gamma": [1, 20]}, {"estimator__gamma"}),
        (
            SPREADING,
            [{"gamma": [1]}, {"kernel": ["knn"], "random_state": [3]}],
            {"estimator__gamma", "estimator__kernel", "random_state"},
        ),
        (
            make_pipeline(StandardScaler(), SPREADING),
            {"labelspreading__gamma": [1, 20], "standardscaler__with_mean": [True]},
            {"labelspreading__estimator__gamma", "standardscaler__with_mean"},
        ),
        (
            TRAINING,
            {"estimator__C": [1, 10], "threshold": [0.8]},
            {"estimator__estimator__C", "estimator__threshold"},
        ),
        (TRAINING, {"estimator__estimator__C": [1, 10]}, {"estimator__estimator__C"}),
    ],
)
@pytest.mark.parametrize("random", [False, True])
@pytest.mark.parametrize("wrap", [lambda search: search, make_pipeline])
def test_a_search_over_what_takes_minus_one_for_no_label(
    estimator, grid, named, random, wrap
):
    search = GridSearchCV(estimator, grid, cv=2)
    if random:
        search = RandomizedSearchCV(estimator, grid, n_iter=2, cv=2, random_state=0)
    before = deepcopy(grid)
    learner = ActiveLearner(wrap(search), "margin").fit(X[SEED_SET], SIGNS[SEED_SET])
    fitted = learner.estimator_
    fitted = fitted[-1] if isinstance(fitted, Pipeline) else fitted
    tried = {name for params in fitted.cv_results_["params"] for name in params}
    assert tried == named
    assert learner.classes_.tolist() == fitted.classes_.tolist() == [-1, 5, 6]
    assert learner.query(X, 3).shape == (3,)
    assert grid == before


def test_a_wrong_name_in_a_search_is_an_error_still():
    search = GridSearchCV(SPREADING, {"gama": [1]}, cv=2)
    with pytest.raises(ValueError, match="Invalid parameter 'gama'"):
        ActiveLearner(search).fit(X[SEED_SET], SIGNS[SEED_SET])


def play(estimator, strategy, X, y, **options):
    """Two rounds; returns the learner."""
    learner = ActiveLearner(estimator, strategy, random_state=0, **options)
    seed_set = np.arange(0, len(X), 8)
    learner.fit(X[seed_set], y[seed_set])
    model = pickle.dumps(learner.estimator_)
    rows = learner.query(X, 4)
    if not isinstance(estimator, KNeighborsClassifier):  # it writes on itself
        assert pickle.dumps(learner.estimator_) == model, "a query changes no model"
    assert_array_equal(learner.query(X, 4), rows)
    learner.teach(X[rows], y[rows])
    assert learner.query(X, 2).shape == (2,)
    assert learner.predict(X).shape == y.shape
    return learner


@pytest.mark.parametrize("strategy", [None, "entropy"])
@pytest.mark.parametrize("name", WITH_PROBABILITIES)
def test_classifiers_with_probabilities(name, strategy):
    learner = play(WITH_PROBABILITIES[name], strategy, X, NAMES)
    assert_allclose(learner.predict_proba(X).sum(axis=1), 1)
    assert learner.score(X, NAMES) == np.mean(learner.predict(X) == NAMES)


@pytest.mark.parametrize(
    "estimator",
    [
        FixedThresholdClassifier(GaussianNB(), threshold=0.9),
        TunedThresholdClassifierCV(GaussianNB(), thresholds=5, cv=2),
    ],
)
@pytest.mark.parametrize("strategy", [None, "entropy"])
def test_binary_classifiers_with_a_threshold(estimator, strategy):
    learner = play(estimator, strategy, X, (y > 0).astype(int))
    reference = learner.estimator_
    assert_array_equal(learner.predict(X), reference.predict(X))
    assert_array_equal(learner.view(X).predict(), reference.predict(X))


@pytest.mark.parametrize("strategy", [None, "coreset"])
@pytest.mark.parametrize("name", WITHOUT_PROBABILITIES)
def test_classifiers_without_probabilities(name, strategy):
    learner = play(WITHOUT_PROBABILITIES[name], strategy, X, NAMES)
    assert not hasattr(learner, "predict_proba")


def test_the_default_falls_back_on_what_the_classifier_has():
    def default(estimator):
        return type(play(estimator, None, X, NAMES).last_query_.strategy).__name__

    assert default(LINEAR) == "KMeansPlusPlus"  # BADGE
    assert default(LinearSVC()) == default(RidgeClassifier()) == "Margin"
    assert default(WITHOUT_PROBABILITIES["hard vote"]) == "KCenterGreedy"


@pytest.mark.parametrize("strategy", [None, "gsx"])
@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors(name, strategy):
    play(REGRESSORS[name], strategy, XD, yd)


@pytest.mark.parametrize(
    "estimator",
    [
        Ridge(),
        process(),
        make_pipeline(StandardScaler(), process()),
        RandomForestRegressor(4),
        MultiOutputRegressor(BayesianRidge()),
        TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
        Committee(Ridge(), 3),
    ],
)
@pytest.mark.parametrize("strategy", [None, "gsx"])
def test_regressors_with_two_targets(estimator, strategy):
    learner = play(estimator, strategy, XD, YD2)
    assert learner.y_labeled_.shape == (17 if len(XD) == 100 else 0, 2)


@pytest.mark.parametrize(
    "estimator",
    [BayesianRidge(), process(), make_pipeline(StandardScaler(), BayesianRidge())],
)
def test_variance_asks_where_the_model_is_least_sure(estimator):
    learner = ActiveLearner(estimator, "variance", random_state=0).fit(XD[:30], yd[:30])
    _, std = learner.estimator_.predict(XD, return_std=True)
    assert_array_equal(learner.query(XD, 5), np.argsort(-std, kind="stable")[:5])
    assert_allclose(learner.last_query_.scores, np.sort(std)[::-1][:5] ** 2)


@pytest.mark.parametrize(
    "estimator",
    [process(), Committee(Ridge(), 4), RandomForestRegressor(4)],
)
@pytest.mark.parametrize("strategy", ["variance", "qbc"])
def test_disagreement_about_several_targets_does_not_depend_on_their_units(
    estimator, strategy
):
    def asked(targets):
        learner = ActiveLearner(estimator, strategy, random_state=0)
        return learner.fit(XD[:30], targets[:30]).query(XD, 4)

    assert_array_equal(asked(YD2), asked(YD2 * [1.0, 4.0]))


# Inside scikit-learn's own machinery


def test_parameters_of_the_estimator_can_be_searched():
    search = GridSearchCV(
        ActiveLearner(SGDClassifier(loss="log_loss"), "margin", random_state=0),
        {"estimator__alpha": [1e-3, 1e6], "strategy": ["margin", "badge"]},
        cv=2,
        error_score="raise",
    )
    search.fit(X, NAMES)
    assert search.best_params_["estimator__alpha"] == 1e-3
    best = search.best_estimator_
    assert best.query(X, 3).shape == (3,)
    assert_array_equal(search.predict(X), best.estimator_.predict(X))


def test_cross_validation_scores_like_the_estimator():
    learner = ActiveLearner(LINEAR, random_state=0)
    assert_array_equal(
        cross_val_score(learner, X, NAMES), cross_val_score(LINEAR, X, NAMES)
    )


def test_a_learner_may_end_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), ActiveLearner(LINEAR, "margin"))
    pipeline.fit(X[SEED_SET] * 10, NAMES[SEED_SET])
    learner = pipeline[-1]
    rows = learner.query(pipeline[:-1].transform(X * 10), 3)
    inside = make_pipeline(StandardScaler(), LINEAR)
    reference = ActiveLearner(inside, "margin").fit(X[SEED_SET] * 10, NAMES[SEED_SET])
    assert_array_equal(reference.query(X * 10, 3), rows)
    assert_array_equal(pipeline.predict(X * 10), reference.predict(X * 10))


def test_nested_parameters_can_be_set():
    learner = ActiveLearner(make_pipeline(StandardScaler(), LINEAR), "margin")
    learner.set_params(estimator__logisticregression__C=7.0, strategy="entropy")
    learner.fit(X[SEED_SET], NAMES[SEED_SET]).query(X)
    assert learner.estimator_[-1].C == 7.0
    assert type(learner.last_query_.strategy).__name__ == "Entropy"


# Sample weights and other metadata

WEIGHT = np.where(NAMES == "setosa", 0.25, 1.0)


def weighted_learner(estimator):
    learner = ActiveLearner(estimator, "margin", random_state=0)
    learner.fit(X[SEED_SET], NAMES[SEED_SET], sample_weight=WEIGHT[SEED_SET])
    rows = learner.query(X, 5)
    learner.teach(X[rows], NAMES[rows], sample_weight=WEIGHT[rows].tolist())
    order = np.concatenate([SEED_SET, rows])
    reference = GaussianNB().fit(X[order], NAMES[order], sample_weight=WEIGHT[order])
    expected = reference.predict_proba(X)
    assert_allclose(learner.predict_proba(X), expected, atol=1e-9)
    return learner, reference


def test_sample_weights_stay_with_their_labels():
    learner, reference = weighted_learner(GaussianNB())
    expected = reference.score(X, NAMES, sample_weight=WEIGHT)
    assert learner.score(X, NAMES, sample_weight=WEIGHT) == expected


def test_metadata_for_a_step_is_passed_on_as_it_is():
    learner = ActiveLearner(make_pipeline(StandardScaler(), GaussianNB()))
    learner.fit(
        X[SEED_SET], NAMES[SEED_SET], gaussiannb__sample_weight=WEIGHT[SEED_SET]
    )
    learner.teach(X[:1], NAMES[:1], gaussiannb__sample_weight=WEIGHT[:1])
    expected = WEIGHT[SEED_SET].sum() + WEIGHT[0]
    assert_allclose(learner.estimator_[-1].class_count_.sum(), expected)


def test_weights_are_routed_by_request():
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = (
            GaussianNB()
            .set_fit_request(sample_weight=True)
            .set_score_request(sample_weight=True)
        )
        learner, reference = weighted_learner(estimator)
        expected = reference.score(X, NAMES, sample_weight=WEIGHT)
        assert learner.score(X, NAMES, sample_weight=WEIGHT) == expected
        weighted_learner(
            make_pipeline(
                StandardScaler().set_fit_request(sample_weight=False), estimator
            )
        )
        Committee(estimator, 2).fit(X, NAMES, sample_weight=WEIGHT)
        search = GridSearchCV(
            ActiveLearner(estimator), {"estimator__var_smoothing": [1e-9]}
        )
        search.fit(X, NAMES, sample_weight=WEIGHT)
    assert not sklearn.get_config()["enable_metadata_routing"]


def test_weights_without_a_request_are_refused_with_routing_on():
    with sklearn.config_context(enable_metadata_routing=True):
        learner = ActiveLearner(GaussianNB())
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            learner.fit(X, NAMES, sample_weight=WEIGHT)
    assert not hasattr(learner, "estimator_")


@pytest.mark.parametrize("strategy", [None, "gsx", "coreset", "entropy"])
@pytest.mark.parametrize("output", ["default", "pandas"])
def test_scikit_learns_setting_of_outputs_does_not_matter(strategy, output):
    with sklearn.config_context(transform_output=output):
        for estimator in (
            make_pipeline(StandardScaler(), LINEAR),
            make_pipeline(StandardScaler(), BaggingClassifier(GaussianNB(), 2)),
            HistGradientBoostingClassifier(max_iter=2),
        ):
            gaps = isinstance(estimator, HistGradientBoostingClassifier)
            samples = np.where(X > 2, np.nan, X) if gaps else X
            play(estimator, strategy, samples, NAMES)


def test_warnings_of_the_estimator_come_through():
    learner = ActiveLearner(LogisticRegression(max_iter=1))
    with pytest.warns(sklearn.exceptions.ConvergenceWarning):
        learner.fit(X, NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner.query(X, 2)


def test_an_unfitted_estimator_says_what_it_lacks_only_when_asked():
    learner = ActiveLearner(LINEAR, "bald").fit(X, NAMES)
    assert learner.score(X, NAMES) > 0.9
    with pytest.raises(MissingCapability, match="'bald' needs posterior draws"):
        learner.query(X)
