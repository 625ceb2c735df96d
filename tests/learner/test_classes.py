"""classes_ is the union of what is announced and what is seen."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner, Committee
from skactive.nets import TorchMLPClassifier

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
WITHOUT_VERSICOLOR = np.flatnonzero(y != 1)[::5]


def test_classes_are_the_sorted_union():
    learner = ActiveLearner(GaussianNB(), classes=["virginica", "alba", "setosa"])
    learner.fit(X[:3], NAMES[:3])
    assert learner.classes_.tolist() == ["alba", "setosa", "virginica"]
    learner.teach(X[[60]], NAMES[[60]])
    assert learner.classes_.tolist() == ["alba", "setosa", "versicolor", "virginica"]


@pytest.mark.parametrize(
    "inside", [lambda m: m, lambda m: make_pipeline("passthrough", m)]
)
def test_the_classes_of_a_net_are_those_of_the_learner(inside):
    net = TorchMLPClassifier((4,), classes=range(4), max_epochs=2)
    learner = ActiveLearner(inside(net), "margin", random_state=0)
    learner.fit(X[WITHOUT_VERSICOLOR], y[WITHOUT_VERSICOLOR])
    assert learner.classes_.tolist() == [0, 1, 2, 3]
    assert len(learner.query(X, 3)) == 3
    learner.teach(X[[60]], y[[60]])
    assert learner.classes_.tolist() == [0, 1, 2, 3]
    assert learner.predict_proba(X).shape == (150, 4)


@pytest.mark.parametrize("labels", [y, y * 7 - 3, y == 1, y.astype(np.uint8), NAMES])
def test_columns_of_probabilities_follow_classes(labels):
    every = np.unique(labels)
    learner = ActiveLearner(GaussianNB(), classes=every)
    learner.fit(X[WITHOUT_VERSICOLOR], labels[WITHOUT_VERSICOLOR])
    assert_array_equal(learner.classes_, every)
    proba = learner.predict_proba(X)
    assert proba.shape == (150, len(every))
    seen = np.isin(every, labels[WITHOUT_VERSICOLOR])
    assert_array_equal(proba[:, ~seen], 0)
    assert_array_equal(proba[:, seen], learner.estimator_.predict_proba(X))
    assert_array_equal(learner.predict(X), every[proba.argmax(axis=1)])
    assert_array_equal(learner.view(X).predict_proba(), proba)


def test_the_decision_function_is_offered_where_classes_agree():
    learner = ActiveLearner(LogisticRegression(max_iter=5000), classes=np.unique(NAMES))
    assert hasattr(learner, "decision_function"), "nothing known yet"
    learner.fit(X[WITHOUT_VERSICOLOR], NAMES[WITHOUT_VERSICOLOR])
    assert not hasattr(learner, "decision_function")
    with pytest.raises(AttributeError) as caught:
        learner.decision_function(X)
    assert "needs a label of each class" in str(caught.value.__cause__)
    assert "['setosa', 'virginica']" in str(caught.value.__cause__)
    learner.teach(X[50:60], NAMES[50:60])
    expected = learner.estimator_.decision_function(X)
    assert_array_equal(learner.decision_function(X), expected)


@pytest.mark.parametrize("method", ["predict_proba", "decision_function"])
def test_methods_are_those_of_the_estimator(method):
    owner = {"predict_proba": GaussianNB(), "decision_function": RidgeClassifier()}
    for estimator in owner.values():
        learner = ActiveLearner(estimator)
        expected = hasattr(estimator, method)
        assert hasattr(learner, method) == expected
        assert hasattr(learner.fit(X, NAMES), method) == expected


@pytest.mark.parametrize(
    "estimator",
    [
        GaussianNB(),
        KNeighborsClassifier(3),
        RandomForestClassifier(3, random_state=0),
        Committee(GaussianNB(), 3),
    ],
)
@pytest.mark.parametrize("strategy", [None, "margin", "entropy", "badge"])
@pytest.mark.parametrize("classes", [None, ["setosa", "versicolor", "virginica"]])
def test_a_seed_set_may_lack_all_classes_but_one(estimator, strategy, classes):
    learner = ActiveLearner(estimator, strategy, classes=classes, random_state=0)
    learner.fit(X[:4], NAMES[:4])
    assert set(learner.predict(X)) == {"setosa"}
    rows = learner.query(X[40:], 4)
    learner.teach(X[40:][rows], NAMES[40:][rows]).teach(X[-4:], NAMES[-4:])
    assert {"setosa", "virginica"} <= set(learner.classes_)
    assert learner.predict(X[-1:]) == "virginica"


def test_the_estimators_own_complaint_about_one_class_comes_through():
    with pytest.raises(ValueError, match="at least 2 classes"):
        ActiveLearner(LogisticRegression()).fit(X[:4], NAMES[:4])


def test_classes_of_another_type_than_the_labels_are_refused():
    learner = ActiveLearner(GaussianNB(), classes=[0, 1, 2])
    with pytest.raises(
        ValueError, match=r"such as \['setosa'\], but classes are.*\[0\]"
    ):
        learner.fit(X, NAMES)


def test_classes_for_a_regressor_are_refused():
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] is for classifiers.*Ridge"):
        ActiveLearner(Ridge(), classes=[0, 1]).fit(X, y)


def test_a_regressor_has_no_classes():
    learner = ActiveLearner(Ridge()).fit(X, y)
    assert not hasattr(learner, "classes_")
    assert not hasattr(learner, "predict_proba")
    assert not hasattr(learner, "decision_function")
