import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import is_classifier, is_regressor
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive import ActiveLearner
from skactive.simulation import BudgetedLearner

X, y = make_classification(150, random_state=0)


def make(estimator=None, strategy="margin", **params):
    estimator = GaussianNB() if estimator is None else estimator
    params = {"budget": 30, "random_state": 0, **params}
    return BudgetedLearner(ActiveLearner(estimator, strategy), **params)


@parametrize_with_checks(
    [
        make(LogisticRegression(), budget=60),
        make(Ridge(), "random", budget=60),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_spends_the_budget_and_predicts_like_its_learner():
    model = make().fit(X, y)
    assert model.n_asked_ == len(model.asked_) == 30
    assert len(set(model.asked_)) == 30
    assert model.asked_.dtype == np.int64
    assert_array_equal(model.learner_.X_labeled_, X[model.asked_])
    assert_array_equal(model.learner_.y_labeled_, y[model.asked_])
    plain = GaussianNB().fit(X[model.asked_], y[model.asked_])
    assert_allclose(model.predict_proba(X), plain.predict_proba(X))
    assert_array_equal(model.predict(X), plain.predict(X))
    assert model.score(X, y) == plain.score(X, y)
    assert_array_equal(model.classes_, [0, 1])


def test_other_labels_are_not_read():
    first = make().fit(X, y)
    poisoned = np.full(len(y), 7)
    poisoned[first.asked_] = y[first.asked_]
    second = make().fit(X, poisoned)
    assert_array_equal(second.asked_, first.asked_)
    assert_array_equal(second.classes_, [0, 1])


def test_same_seed_same_rows():
    assert_array_equal(make().fit(X, y).asked_, make().fit(X, y).asked_)
    other = make(random_state=1).fit(X, y)
    assert other.asked_.tolist() != make().fit(X, y).asked_.tolist()


def test_clips_to_what_there_is():
    model = make(budget=1000, n_initial=999, n_queries=998).fit(X[:40], y[:40])
    assert sorted(model.asked_) == list(range(40))
    assert make(budget=5, n_initial=10).fit(X, y).n_asked_ == 5


def test_a_seed_set_of_one_class_is_extended():
    rare = np.zeros(150, dtype=int)
    rare[::50] = 1
    model = make(LogisticRegression(), n_initial=2, budget=4).fit(X, rare)
    assert model.n_asked_ > 4  # rather over budget than without a model
    assert rare[model.asked_].tolist() == [0] * (model.n_asked_ - 1) + [1]
    only = make(GaussianNB(), "random", n_initial=2, budget=4).fit(X, np.ones(150))
    assert only.n_asked_ == 150


def test_strategies_can_be_searched():
    grid = {
        "learner__strategy": ["random", "margin"],
        "learner__estimator__var_smoothing": [1e-9, 1e-2],
    }
    search = GridSearchCV(make(), grid, cv=2, error_score="raise").fit(X, y)
    assert set(search.best_params_) == set(grid)
    assert search.best_estimator_.n_asked_ == 30
    assert search.predict(X).shape == (150,)


@pytest.mark.parametrize("convert", [sparse.csr_matrix, sparse.csr_array])
def test_sparse_input_passes_through(convert):
    dense = make(LogisticRegression()).fit(X, y)
    thin = make(LogisticRegression()).fit(convert(X), y)
    assert_array_equal(thin.asked_, dense.asked_)
    assert_array_equal(thin.predict(convert(X)), dense.predict(X))


def test_data_frames_and_string_labels():
    frame = pd.DataFrame(X).add_prefix("f")
    names = pd.Series(np.array(["no", "yes"])[y], index=np.arange(150)[::-1])
    model = make().fit(frame, names)
    assert_array_equal(model.classes_, ["no", "yes"])
    assert_array_equal(model.feature_names_in_, frame.columns)
    assert model.n_features_in_ == 20
    assert_array_equal(model.predict(frame) == "yes", make().fit(X, y).predict(X) == 1)


def test_offers_what_the_learner_offers():
    assert hasattr(make(), "predict_proba")
    assert not hasattr(make(), "decision_function")
    assert not hasattr(make(LinearSVC()), "predict_proba")
    decision = make(LinearSVC()).fit(X, y).decision_function(X)
    assert decision.shape == (150,)
    assert not hasattr(make(Ridge()), "predict_proba")
    assert is_classifier(make())
    assert is_regressor(make(Ridge()))
    assert not hasattr(make(Ridge(), "random").fit(X, y), "classes_")


def test_before_fit():
    model = make()
    for name in ("n_features_in_", "feature_names_in_", "classes_"):
        assert not hasattr(model, name)
    with pytest.raises(NotFittedError, match="BudgetedLearner"):
        model.predict(X)


@pytest.mark.parametrize("name", ["budget", "n_queries", "n_initial"])
def test_sizes_are_checked(name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of BudgetedLearner"):
        make(**{name: 0}).fit(X, y)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="'learner' parameter"):
        BudgetedLearner(GaussianNB()).fit(X, y)
    with pytest.raises(ValueError, match="inconsistent"):
        make().fit(X, y[:-1])
    with pytest.raises(ValueError, match="y to be passed"):
        make().fit(X, None)
