"""What bad input gets: an error that names the parameter, the value and the remedy."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, is_regressor
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skactive import ActiveLearner, ModelView, scores, strategies
from skactive.exceptions import MissingCapability, NotEnoughCandidates
from skactive.features import Embedding
from skactive.nets import NetClassifier

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]


def fitted(estimator=None, strategy="margin", labels=NAMES):
    estimator = GaussianNB() if estimator is None else estimator
    return ActiveLearner(estimator, strategy, random_state=0).fit(X[::9], labels[::9])


# Labels


@pytest.mark.parametrize("estimator", [GaussianNB(), Ridge()])
def test_rows_of_X_and_y_must_agree(estimator):
    with pytest.raises(
        ValueError, match=r"X has 150 samples but y has 149.*one label per"
    ):
        ActiveLearner(estimator).fit(X, y[1:])


MISSING = {
    "float": np.array([0.0, np.nan, 1.0]),
    "infinite": np.array([0.0, np.inf, 1.0]),
    "object": np.array(["a", np.nan, "b"], dtype=object),
    "none": ["a", None, "b"],
    "Int64": pd.Series([0, None, 1], dtype="Int64"),
    "string": pd.Series(["a", None, "b"], dtype="string"),
    "category": pd.Categorical(["a", None, "b"]),
}


@pytest.mark.parametrize("kind", MISSING)
def test_missing_labels_are_counted_and_located(kind):
    with pytest.raises(ValueError, match=r"y holds 1 missing.*first in row 1; leave"):
        ActiveLearner(GaussianNB()).fit(X[:3], MISSING[kind])
    with pytest.raises(ValueError, match=r"y holds 1 missing.*first in row 1; leave"):
        fitted().teach(X[:3], MISSING[kind])


@pytest.mark.parametrize(
    "targets",
    [
        [0.5, np.nan, 1.0],
        [0.5, -np.inf, 1.0],
        [[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]],
        pd.Series([0.5, None, 1.0], dtype="Float64"),
    ],
)
def test_missing_targets_are_counted_and_located(targets):
    with pytest.raises(ValueError, match=r"y holds 1 missing.*first in row 1; leave"):
        ActiveLearner(Ridge()).fit(X[:3], targets)


@pytest.mark.parametrize("dtype", [int, bool, float])
def test_several_outputs_of_classes_are_refused(dtype):
    labels = np.column_stack([y > 0, y > 1]).astype(dtype)
    with pytest.raises(
        ValueError, match=r"\(150, 2\): multi-label and multi-output cl"
    ):
        ActiveLearner(GaussianNB()).fit(X, labels)


def test_targets_must_keep_their_shape():
    learner = ActiveLearner(Ridge()).fit(X, np.column_stack([y, y]))
    with pytest.raises(
        ValueError, match=r"y has shape \(3,\).*far have shape \(150, 2\)"
    ):
        learner.teach(X[:3], y[:3])


def test_labels_are_required():
    with pytest.raises(
        ValueError, match="requires y to be passed, but the target y is No"
    ):
        ActiveLearner(GaussianNB()).fit(X, None)


# Samples


BAD_SAMPLES = {
    "width": (X, X[:, :3], r"samples of shape \(3,\).*have shape \(4,\)"),
    "container": (pd.DataFrame(X), X, "X is a ndarray.*are a DataFrame"),
    "columns": (
        pd.DataFrame(X, columns=list("abcd")),
        pd.DataFrame(X, columns=list("abdc")),
        r"columns \['a', 'b', 'd', 'c'\].*same order",
    ),
    "sparse": (X, sparse.csr_matrix(X), "X is a csr_matrix.*are a ndarray"),
    "images": (X, X[:, :, None], r"samples of shape \(4, 1\).*have shape \(4,\)"),
}


@pytest.mark.parametrize("kind", BAD_SAMPLES)
def test_other_samples_than_those_of_fit_are_refused(kind):
    labeled, other, message = BAD_SAMPLES[kind]
    learner = ActiveLearner(GaussianNB(), "coreset").fit(labeled, NAMES)
    for call in (learner.query, learner.view, lambda X: learner.teach(X, NAMES)):
        with pytest.raises(ValueError, match=message):
            call(other)


def test_a_view_of_another_model_is_refused():
    learner = fitted()
    stale = learner.view(X)
    learner.teach(X[:1], NAMES[:1])
    foreign = fitted().view(X)
    without = ModelView.from_outputs(proba=np.full((9, 3), 1 / 3))
    for view in (stale, foreign, without):
        with pytest.raises(
            ValueError, match=r"ModelView of .* make it with learner\.view"
        ):
            learner.query(view)
    with pytest.raises(ValueError, match=r"make it with learner\.view"):
        ActiveLearner(GaussianNB()).query(foreign)


# Rows


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_queries": 0}, "n_queries=0 must be at least 1; 150 candidates are left"),
        ({"n_queries": -3}, "n_queries=-3 must be at least 1"),
        ({"n_queries": 2.0}, "n_queries=2.0 must be a whole number"),
        ({"n_queries": True}, "n_queries=True must be a whole number"),
        ({"n_queries": "5"}, "n_queries='5' must be a whole number"),
        ({"candidates": np.ones(3, bool)}, r"mask of shape \(3,\), but X has 150 rows"),
        ({"candidates": np.ones((150, 1), bool)}, r"mask of shape \(150, 1\)"),
        (
            {"candidates": [3, -1]},
            "candidates holds row -1, but the rows of X are 0 to 14",
        ),
        (
            {"candidates": [150]},
            "candidates holds row 150, but the rows of X are 0 to 149",
        ),
        (
            {"candidates": [0.5]},
            "candidates must hold row numbers or be a boolean mask",
        ),
        ({"candidates": [[1, 2]]}, r"candidates must hold.*shape \(1, 2\)"),
        ({"candidates": ["a"]}, "candidates must hold row numbers"),
        ({"pending": [150]}, "pending holds row 150"),
        ({"pending": np.ones(3, bool)}, r"pending is a mask of shape \(3,\)"),
    ],
)
def test_bad_rows_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        fitted().query(X, **arguments)


@pytest.mark.parametrize(
    ("arguments", "n_left"),
    [
        ({"n_queries": 151}, 150),
        ({"n_queries": 10, "candidates": range(7)}, 7),
        ({"n_queries": 10, "candidates": [1, 1, 1, 2]}, 2),
        ({"n_queries": 10, "pending": range(143)}, 7),
        ({"n_queries": 10, "candidates": range(9), "pending": [0, 1, 140]}, 7),
        ({"candidates": []}, 0),
        ({"candidates": np.zeros(150, bool)}, 0),
        ({"pending": np.ones(150, bool)}, 0),
    ],
)
def test_too_few_candidates_are_counted(arguments, n_left):
    n_queries = arguments.get("n_queries", 1)
    message = f"^n_queries={n_queries} but only {n_left} candidates are left.$"
    with pytest.raises(NotEnoughCandidates, match=message):
        fitted().query(X, **arguments)


# Strategies


def test_what_a_model_cannot_tell_is_said_in_full():
    learner = fitted(LogisticRegression(max_iter=5000), "bald")
    message = (
        r"^'bald' needs posterior draws, and LogisticRegression offers none; wrap it "
        r"in skactive\.Committee, or use 'entropy'\.$"
    )
    with pytest.raises(MissingCapability, match=message):
        learner.query(X)
    assert learner.last_query_ is None


@pytest.mark.parametrize(
    ("estimator", "strategy", "message"),
    [
        (
            Ridge(),
            "variance",
            "a predictive standard deviation.*Ridge.*Committee.*'gsx'",
        ),
        (Ridge(), "qbc", "posterior draws, and Ridge.*Committee, or use 'gsx'"),
        (LinearSVC(), "entropy", "probabilities, and LinearSVC.*'margin' or 'coreset'"),
        (
            VotingClassifier([("a", LinearSVC())]),
            "margin",
            "probabilities, and VotingClassifier.*ClassifierCV, or use 'coreset'",
        ),
        (
            RidgeClassifier(),
            scores.BALD(),
            "^BALD needs posterior draws, and RidgeClass",
        ),
    ],
)
def test_missing_capabilities_name_model_and_remedy(estimator, strategy, message):
    labels = y.astype(float) if isinstance(estimator, Ridge) else NAMES
    learner = fitted(estimator, strategy, labels)
    with pytest.raises(MissingCapability, match=message):
        learner.query(X)


@pytest.mark.parametrize(
    ("estimator", "strategy", "message"),
    [
        (
            Ridge(),
            "margin",
            "'margin' is for classification, and the model does regress",
        ),
        (GaussianNB(), "variance", "'variance' is for regression.*use 'margin'"),
    ],
)
def test_strategies_of_the_other_task_are_refused(estimator, strategy, message):
    with pytest.raises(ValueError, match=message):
        fitted(estimator, strategy, y).query(X)


@pytest.mark.parametrize("strategy", ["margin", "badge", "bald", strategies.entropy()])
def test_a_query_before_fit_names_the_strategies_that_can(strategy):
    with pytest.raises(
        NotFittedError, match=r"needs a fitted model.*: coreset,.* random,"
    ):
        ActiveLearner(GaussianNB(), strategy).query(X)


def test_an_unknown_name_lists_near_names_before_any_training():
    class Untrainable(GaussianNB):
        def fit(self, X, y):
            raise AssertionError("trained")

    learner = ActiveLearner(Untrainable(), "entropie")
    with pytest.raises(
        ValueError, match="no strategy named 'entropie'; did you mean 'entr"
    ):
        learner.fit(X, NAMES)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (strategies.margin, r"strategy=margin is not called; pass margin\(\.\.\.\)"),
        (scores.Margin, r"strategy=Margin is not called; pass Margin\(\.\.\.\)"),
        (7, "strategy=7 is not a strategy; pass a name such as 'margin' or an object"),
        (GaussianNB(), r"strategy=GaussianNB\(\) is not a strategy"),
        (np.argsort, "is not a strategy"),
    ],
)
def test_what_is_no_strategy_is_refused_by_fit_and_query(strategy, message):
    with pytest.raises(TypeError, match=message):
        ActiveLearner(GaussianNB(), strategy).fit(X, NAMES)
    with pytest.raises(TypeError, match=message):
        ActiveLearner(GaussianNB(), strategy).query(X)


# Estimators


@pytest.mark.parametrize("estimator", ["tree", 3, None])
def test_what_is_no_estimator_is_refused(estimator):
    with pytest.raises(TypeError, match="is not a scikit-learn estimator"):
        ActiveLearner(estimator).fit(X, NAMES)


@pytest.mark.parametrize(
    ("estimator", "strategy", "message"),
    [
        (GaussianNB(), "variance", "'variance' is for regression, and the model does"),
        (Ridge(), "badge", "'badge' is for classification, and the model"),
        (GaussianNB(), strategies.coreset(Embedding), r"features=Embedding .* class; "),
    ],
)
def test_what_cannot_be_served_is_refused_before_training(estimator, strategy, message):
    learner = ActiveLearner(estimator, strategy)
    with pytest.raises(ValueError, match=message):
        learner.fit(X, y if is_regressor(estimator) else NAMES)
    assert not hasattr(learner, "estimator_")


def test_an_estimator_class_is_to_be_called():
    with pytest.raises(TypeError, match=r"GaussianNB is a class; .* GaussianNB\(\)"):
        ActiveLearner(GaussianNB).fit(X, NAMES)


class Own(BaseEstimator):
    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.repeat("setosa", len(X))

    def predict_proba(self, X):
        return np.ones((len(X), 1))


class OwnClassifier(ClassifierMixin, Own):
    pass


def test_a_classifier_has_to_say_so_and_which_classes_it_knows():
    with pytest.raises(TypeError, match=r"Own has predict_proba .*ClassifierMixin"):
        ActiveLearner(Own()).fit(X, NAMES)
    with pytest.raises(TypeError, match=r"OwnClassifier .* without classes_ after fit"):
        ActiveLearner(OwnClassifier()).fit(X, NAMES)


@pytest.mark.parametrize("classes", ["setosa", {"setosa"}, [["a", "b"]], 3])
def test_classes_are_a_list_of_labels(classes):
    with pytest.raises(ValueError, match=r"classes=.*; pass a list of all labels"):
        ActiveLearner(GaussianNB(), classes=classes).fit(X, NAMES)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (
            ["no", None, "yes"],
            r"classes=\['no', None, 'yes'\] holds a missing.*leave",
        ),
        ([0, np.nan, 1], r"classes=\[0, nan, 1\] holds a missing.*leave it out"),
        ([0, np.inf], "holds a missing or infinite value"),
        (["a", np.nan], "holds a missing"),
        (["a", 1], r"classes=\['a', 1\] holds text beside.*pass labels of one type"),
        (np.array(["a", 1], dtype=object), "holds text beside other labels"),
    ],
)
@pytest.mark.parametrize(
    "make", [partial(ActiveLearner, GaussianNB()), partial(NetClassifier, None)]
)
def test_classes_are_there_and_of_one_type(make, classes, message):
    with pytest.raises(ValueError, match=message):
        make(classes=classes).fit(X, NAMES)


def test_labels_are_of_one_type():
    labels = np.array(["a", 1, "b"], dtype=object)
    with pytest.raises(ValueError, match="y holds text beside other labels; pass"):
        ActiveLearner(GaussianNB()).fit(X[:3], labels)


def test_labels_may_be_a_tensor():
    labels = torch.tensor([0, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner = ActiveLearner(GaussianNB()).fit(X[:3], labels)
    labels[:] = 0
    assert learner.y_labeled_.tolist() == [0, 1, 1], "a copy"


def test_text_is_not_joined_to_numbers():
    learner = ActiveLearner(GaussianNB()).fit(X, NAMES)
    for refit in (True, False):
        with pytest.raises(
            ValueError, match="holds text and the labeled samples, a ndarray, hold none"
        ):
            learner.teach(X[:2].astype(str), NAMES[:2], refit=refit)
    assert learner.X_labeled_.dtype.kind == "f"


def test_before_fit_there_is_no_model_to_ask():
    learner = ActiveLearner(GaussianNB())
    for call in (learner.predict, learner.predict_proba, learner.view):
        with pytest.raises(NotFittedError, match="not fitted"):
            call(X)
    for call in (learner.score, learner.teach):
        with pytest.raises(NotFittedError, match="not fitted"):
            call(X, NAMES)
    assert not hasattr(learner, "n_features_in_")


class Broken(DecisionTreeClassifier):
    """Raises where it is told to, always the same object."""

    error = LookupError("the estimator's own words")

    def __init__(self, where="fit"):
        super().__init__()
        self.where = where

    def _stumble(self, method):
        if self.where == method:
            raise self.error

    def fit(self, X, y):
        self._stumble("fit")
        return super().fit(X, y)

    def predict(self, X):
        self._stumble("predict")
        return super().predict(X)

    def predict_proba(self, X):
        self._stumble("predict_proba")
        return super().predict_proba(X)


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ("fit", lambda learner: learner.fit(X, NAMES)),
        ("predict", lambda learner: learner.fit(X, NAMES).predict(X)),
        ("predict", lambda learner: learner.fit(X, NAMES).score(X, NAMES)),
        ("predict_proba", lambda learner: learner.fit(X, NAMES).predict_proba(X)),
        ("predict_proba", lambda learner: learner.fit(X, NAMES).query(X)),
        (
            "predict_proba",
            lambda learner: learner.fit(X, NAMES).view(X).predict_proba(),
        ),
    ],
)
def test_errors_of_the_estimator_come_through_untouched(where, call):
    with pytest.raises(LookupError) as caught:
        call(ActiveLearner(Broken(where), "entropy"))
    assert caught.value is Broken.error
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    ("labels", "message"),
    [(["a", "b", np.nan], "missing"), (["a", "b", 1], "text beside other labels")],
)
def test_numpy_makes_no_text_of_what_stands_beside_text(labels, message):
    X = np.arange(24.0).reshape(12, 2)
    with pytest.raises(ValueError, match=message):
        ActiveLearner(GaussianNB()).fit(X, labels * 4)
