"""Committee: members that differ by their samples or their seeds."""

# ruff: noqa: NPY002  the global generator is watched

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive import Committee

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
XD, yd = load_diabetes(return_X_y=True)
XD, yd = XD[:60], yd[:60]
WEIGHT = np.linspace(0.5, 2, 150)


@parametrize_with_checks(
    [
        Committee(LogisticRegression(), n_members=3, random_state=0),
        Committee(Ridge(), n_members=3, random_state=0),
        Committee(
            DecisionTreeClassifier(), n_members=3, random_state=0, bootstrap=False
        ),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


class Witness(BaseEstimator):
    """Remembers what it was trained on."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_, self.weight_ = X, y, sample_weight
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.y_[0])


class ClassWitness(ClassifierMixin, Witness):
    pass


class ValueWitness(RegressorMixin, Witness):
    pass


@pytest.mark.parametrize("base", [ClassWitness(), ValueWitness()])
def test_members_see_resamples_of_whole_rows(base):
    numbers = np.arange(150.0)[:, None]
    committee = Committee(base, 5, random_state=0)
    committee.fit(numbers, y, sample_weight=WEIGHT)
    seen = [member.X_[:, 0].astype(int) for member in committee.estimators_]
    assert len({tuple(rows) for rows in seen}) == 5
    for rows, member in zip(seen, committee.estimators_, strict=True):
        assert len(rows) == 150
        assert 80 < len(set(rows)) < 110, "about 63 % of the rows"
        assert_array_equal(member.y_, y[rows])
        assert_array_equal(member.weight_, WEIGHT[rows])
    if isinstance(base, ClassifierMixin):
        for member in committee.estimators_:
            assert_array_equal(np.bincount(member.y_), [50, 50, 50])


def test_no_member_lacks_a_class():
    labels = np.array(["rare"] + ["common"] * 40)
    committee = Committee(ClassWitness(), 20, random_state=0).fit(X[:41], labels)
    for member in committee.estimators_:
        assert member.classes_.tolist() == ["common", "rare"]


def test_without_resampling_members_differ_by_their_seeds():
    committee = Committee(ClassWitness(7), 4, bootstrap=False, random_state=0).fit(X, y)
    assert len({member.random_state for member in committee.estimators_}) == 4
    for member in committee.estimators_:
        assert_array_equal(member.X_, X)


def test_the_seed_decides_and_the_global_generator_does_not_matter():
    def fitted(seed, n_jobs=None):
        base = RandomForestClassifier(2)
        return Committee(base, 3, n_jobs=n_jobs, random_state=seed).fit(X, NAMES)

    before = np.random.get_state()[1].copy()
    first = fitted(0).predict_proba(X)
    assert_array_equal(np.random.get_state()[1], before)
    np.random.seed(1)
    assert_array_equal(fitted(0).predict_proba(X), first)
    assert not np.array_equal(fitted(1).predict_proba(X), first)
    assert not np.array_equal(
        fitted(None).predict_proba(X), fitted(None).predict_proba(X)
    )


def test_members_do_not_depend_on_the_size_of_the_committee():
    small, large = (
        Committee(GaussianNB(), n, random_state=0).fit(X, y) for n in (2, 5)
    )
    for one, other in zip(small.estimators_, large.estimators_, strict=False):
        assert_array_equal(one.theta_, other.theta_)


# Predictions


def test_probabilities_are_the_mean_and_labels_the_largest():
    committee = Committee(DecisionTreeClassifier(), 5, random_state=0).fit(X, NAMES)
    members = [member.predict_proba(X) for member in committee.estimators_]
    assert_allclose(committee.predict_proba(X), np.mean(members, axis=0))
    best = committee.classes_[np.mean(members, axis=0).argmax(axis=1)]
    assert_array_equal(committee.predict(X), best)
    assert committee.score(X, NAMES) == accuracy_score(NAMES, best)
    assert committee.score(X, NAMES, sample_weight=WEIGHT) == accuracy_score(
        NAMES, best, sample_weight=WEIGHT
    )


class Announced(ClassWitness):
    """Knows a label that nobody has seen."""

    def fit(self, X, y):
        super().fit(X, y)
        self.classes_ = np.array(["alba", *self.classes_])
        return self

    def predict_proba(self, X):
        return np.tile([0.1, 0.2, 0.3, 0.4], (len(X), 1))


def test_classes_are_those_that_members_know():
    committee = Committee(Announced(), 2).fit(X, NAMES)
    assert committee.classes_.tolist() == ["alba", *np.unique(NAMES)]
    assert_allclose(committee.predict_proba(X[:1]), [[0.1, 0.2, 0.3, 0.4]])
    assert committee.predict(X[:1]) == ["virginica"]


def test_members_without_probabilities_vote():
    committee = Committee(Perceptron(), 5, random_state=0).fit(X, NAMES)
    assert not hasattr(committee, "predict_proba")
    votes = np.array([member.predict(X) for member in committee.estimators_])
    counts = np.array([(votes == name).sum(axis=0) for name in committee.classes_])
    predicted = committee.predict(X)
    chosen = np.searchsorted(committee.classes_, predicted)
    assert_array_equal(counts[chosen, np.arange(150)], counts.max(axis=0))


@pytest.mark.parametrize("targets", [yd, np.column_stack([yd, -yd])])
def test_regressors_predict_the_mean(targets):
    committee = Committee(Ridge(), 4, random_state=0).fit(XD, targets)
    members = [member.predict(XD) for member in committee.estimators_]
    assert_allclose(committee.predict(XD), np.mean(members, axis=0))
    assert_allclose(
        committee.score(XD, targets), r2_score(targets, committee.predict(XD))
    )
    assert not hasattr(committee, "predict_proba")
    assert not hasattr(committee, "classes_")


# Members in one go, and members that go on


class Coach(ValueWitness):
    """Trains members together, where it wants to."""

    calls = []

    def __init__(self, willing=True, warm_start=False, random_state=None):
        self.willing = willing
        self.warm_start = warm_start
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        self.n_fits_ = getattr(self, "n_fits_", 0) + 1
        return super().fit(X, y, sample_weight)

    def fit_members(self, X, y, rows, seeds, **options):
        self.calls.append((rows, seeds, options))
        if not self.willing:
            return NotImplemented
        return [
            Coach(random_state=seed).fit(X[own], y[own])
            for own, seed in zip(rows, seeds, strict=True)
        ]


def test_members_are_left_to_an_estimator_that_trains_them_together():
    Coach.calls.clear()
    numbers = np.arange(60.0)[:, None]
    base = Coach()
    together = Committee(base, 3, random_state=0).fit(numbers, yd)
    [(rows, seeds, options)] = Coach.calls
    assert options == {}
    assert all(type(seed) is int for seed in seeds)
    assert len(set(seeds)) == 3
    members = together.estimators_
    assert [member.random_state for member in members] == seeds
    apart = Committee(Coach(willing=False), 3, random_state=0).fit(numbers, yd)
    weighted = Committee(base, 3, random_state=0)
    weighted.fit(numbers, yd, sample_weight=np.ones(60))
    for own, *three in zip(
        rows, members, apart.estimators_, weighted.estimators_, strict=True
    ):
        for member in three:
            assert_array_equal(member.X_[:, 0], own)
            assert_array_equal(member.y_, yd[own])
    assert len(Coach.calls) == 2
    assert not hasattr(base, "n_fits_")


@pytest.mark.parametrize("wrap", [lambda e: e, make_pipeline])
def test_members_go_on_where_the_estimator_does(wrap):
    Coach.calls.clear()
    base = wrap(Coach(willing=False, warm_start=True))
    committee = Committee(base, 2, random_state=0).fit(XD, yd)
    former = committee.estimators_
    committee.set_params(n_members=3).fit(XD, yd)

    def n_fits(members):
        last = [m[-1] if hasattr(m, "steps") else m for m in members]
        return [member.n_fits_ for member in last]

    assert n_fits(committee.estimators_) == [2, 2, 1]
    assert n_fits(former) == [1, 1]
    if Coach.calls:
        assert Coach.calls[0][2] == {}
        assert Coach.calls[1][2] == {"previous": former}
    fresh = Committee(wrap(Coach(willing=False)), 2).fit(XD, yd).fit(XD, yd)
    assert n_fits(fresh.estimators_) == [1, 1]


# Containers and wrappers


FRAME = pd.DataFrame(
    {"length": X[:, 2], "site": pd.Categorical(np.resize(["u", "v"], 150))},
    index=np.resize([5, 5, 1], 150),
)
TEXTS = [f"{name} flower {i % 7}" for i, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    ("samples", "base"),
    [
        (X.tolist(), GaussianNB()),
        (
            FRAME,
            make_pipeline(
                make_column_transformer(
                    (StandardScaler(), ["length"]), (OneHotEncoder(), ["site"])
                ),
                GaussianNB(),
            ),
        ),
        (TEXTS, make_pipeline(TfidfVectorizer(), LogisticRegression())),
        (TfidfVectorizer().fit_transform(TEXTS), LogisticRegression()),
    ],
)
@pytest.mark.parametrize("labels", [NAMES, pd.Series(NAMES, index=FRAME.index)])
def test_samples_of_every_kind(samples, base, labels):
    committee = Committee(base, 3, random_state=0).fit(samples, labels)
    assert committee.predict_proba(samples).shape == (150, 3)
    assert committee.score(samples, NAMES) > 0.8


def test_names_and_number_of_features_are_those_of_the_members():
    committee = Committee(GaussianNB(), 2)
    assert not hasattr(committee, "n_features_in_")
    committee.fit(pd.DataFrame(X, columns=list("abcd")), y)
    assert committee.n_features_in_ == 4
    assert committee.feature_names_in_.tolist() == list("abcd")


def test_clone_pickle_and_search():
    committee = Committee(DecisionTreeRegressor(), 2, random_state=0).fit(XD, yd)
    assert_array_equal(
        pickle.loads(pickle.dumps(committee)).predict(XD), committee.predict(XD)
    )
    assert not hasattr(clone(committee), "estimators_")
    assert "DecisionTreeRegressor" in committee._repr_html_()
    search = GridSearchCV(committee, {"estimator__max_depth": [1, 3]}, cv=2).fit(XD, yd)
    depth = search.best_params_["estimator__max_depth"]
    assert all(m.max_depth == depth for m in search.best_estimator_.estimators_)


def test_the_users_own_estimator_is_never_trained():
    base = ClassWitness()
    Committee(base, 2).fit(X, y)
    assert not hasattr(base, "X_")


# Bad input


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_members": 0}, "'n_members' parameter of Committee must be an int"),
        ({"n_members": 2.5}, "'n_members' parameter"),
        ({"bootstrap": "yes"}, "'bootstrap' parameter"),
        ({"estimator": "tree"}, "'estimator' parameter of Committee must be an object"),
    ],
)
def test_bad_parameters_are_named(params, message):
    with pytest.raises(ValueError, match=message):
        Committee(GaussianNB()).set_params(**params).fit(X, y)


def test_rows_of_X_and_y_must_agree():
    with pytest.raises(
        ValueError, match=r"inconsistent numbers of samples: \[150, 149\]"
    ):
        Committee(GaussianNB()).fit(X, y[1:])


class Broken(GaussianNB):
    error = LookupError("the member's own words")

    def fit(self, X, y):
        raise self.error


def test_errors_of_members_come_through_untouched():
    with pytest.raises(LookupError) as caught:
        Committee(Broken(), 2).fit(X, y)
    assert caught.value is Broken.error
