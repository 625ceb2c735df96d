"""Pseudo-labels against self-training, a naive rule, and their guards."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs, make_friedman1
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, LeaveOneOut, PredefinedSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive import Committee, ModelView
from skactive.semisupervised import PseudoLabelClassifier, PseudoLabelRegressor

CORNERS = [(0, 0), (0, 6), (6, 0), (6, 6)]
X, y = make_blobs(240, centers=CORNERS, cluster_std=1.7, random_state=0)
NAMES = np.array(["north", "east", "south", "west"])[y]
LABELED, POOL = np.arange(24), np.arange(24, 240)
PLAIN = {"weighting": "uniform", "max_ratio": None, "cv": None}


@parametrize_with_checks(
    [
        PseudoLabelClassifier(LogisticRegression(max_iter=2000), random_state=0),
        PseudoLabelRegressor(Ridge(), random_state=0),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.99])
def test_one_round_is_self_training(threshold):
    base = GaussianNB()
    targets = np.where(np.arange(240) < 24, y, -1)
    theirs = SelfTrainingClassifier(base, threshold=threshold, max_iter=1)
    theirs.fit(X, targets)
    ours = PseudoLabelClassifier(base, threshold=threshold, max_iter=1, **PLAIN)
    ours.fit(X[LABELED], y[LABELED], X_unlabeled=X[POOL])
    assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-12)
    expected = np.flatnonzero(theirs.labeled_iter_[POOL] == 1)
    assert_array_equal(ours.pseudo_rows_, expected)
    assert_array_equal(ours.pseudo_labels_, theirs.transduction_[POOL][expected])


def test_a_threshold_above_one_is_supervised_training():
    base = LogisticRegression()
    ours = PseudoLabelClassifier(base, threshold=1.01, random_state=0)
    ours.fit(X[LABELED], NAMES[LABELED], X_unlabeled=X[POOL])
    plain = clone(base).fit(X[LABELED], NAMES[LABELED])
    assert_array_equal(ours.predict_proba(X), plain.predict_proba(X))
    assert (ours.n_iter_, len(ours.pseudo_rows_)) == (1, 0)


def test_the_surest_share_of_each_class():
    ours = PseudoLabelClassifier(
        GaussianNB(), fraction=0.25, max_iter=2, max_ratio=None, cv=None
    ).fit(X[LABELED], NAMES[LABELED], X_unlabeled=X[POOL])
    model = GaussianNB().fit(X[LABELED], NAMES[LABELED])
    for share in (0.5, 1):
        proba = model.predict_proba(X[POOL])
        best, sure = proba.argmax(1), proba.max(1)
        rows = []
        for number in range(4):
            own = np.flatnonzero(best == number)
            rows += list(own[np.argsort(-sure[own])][: len(own) // 4])
        rows = np.sort(rows)
        labels = model.classes_[best[rows]]
        weights = share * sure[rows]
        model = GaussianNB().fit(
            np.concatenate([X[LABELED], X[POOL][rows]]),
            np.concatenate([NAMES[LABELED], labels]),
            np.concatenate([np.ones(24), weights]),
        )
    assert_allclose(ours.predict_proba(X), model.predict_proba(X), rtol=1e-9)
    assert_array_equal(ours.pseudo_rows_, rows)
    assert_array_equal(ours.pseudo_labels_, labels)
    assert_allclose(ours.pseudo_weights_, weights)


@pytest.mark.parametrize("max_ratio", [0.1, 1, 3])
def test_pseudo_labels_weigh_no_more_than_their_share(max_ratio):
    ours = PseudoLabelClassifier(
        GaussianNB(), fraction=1, max_ratio=max_ratio, max_iter=1, cv=None
    ).fit(X[LABELED], y[LABELED], X_unlabeled=X[POOL])
    for number in range(4):
        mass = ours.pseudo_weights_[ours.pseudo_labels_ == number].sum()
        assert mass <= max_ratio * (y[LABELED] == number).sum() + 1e-9


def test_rounds_that_do_harm_are_taken_back():
    # Two classes, and a pool that lies on the wrong side.
    rng = np.random.default_rng(0)
    labeled = np.concatenate([rng.normal(-1, 1, 30), rng.normal(1, 1, 30)])[:, None]
    targets = np.repeat([0, 1], 30)
    # Sure of the one class far out, and as sure of the other one in the midst of it.
    pool = np.concatenate([np.full((200, 1), 3.0), np.full((200, 1), 0.4)])
    base = LogisticRegression()
    ours = PseudoLabelClassifier(base, fraction=1, max_ratio=None, random_state=0)
    ours.fit(labeled, targets, X_unlabeled=pool)
    assert len(ours.losses_) == ours.n_iter_ + 1 < 6
    assert ours.losses_[-1] > ours.losses_[-2]
    unjudged = clone(ours).set_params(cv=None)
    unjudged.fit(labeled, targets, X_unlabeled=pool)
    assert unjudged.n_iter_ == 6
    assert unjudged.losses_ == []
    losses = [log_loss(targets, m.predict_proba(labeled)) for m in (ours, unjudged)]
    assert losses[0] < losses[1]


def test_labels_are_never_written_to():
    targets, samples, pool = NAMES[LABELED].copy(), X[LABELED].copy(), X[POOL].copy()
    for array in (targets, samples, pool):
        array.flags.writeable = False
    ours = PseudoLabelClassifier(LogisticRegression(), random_state=0)
    ours.fit(samples, targets, X_unlabeled=pool)
    assert_array_equal(targets, NAMES[LABELED])


@pytest.mark.parametrize(
    "base",
    [
        KNeighborsClassifier(3),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), KNeighborsClassifier(3)),
        Committee(GaussianNB(), 3),
    ],
)
def test_any_estimator_will_do(base):
    ours = PseudoLabelClassifier(base, random_state=0)
    ours.fit(X[LABELED], NAMES[LABELED], X_unlabeled=X[POOL])
    again = clone(ours).fit(X[LABELED], NAMES[LABELED], X_unlabeled=X[POOL])
    assert_array_equal(ours.predict(X), again.predict(X))
    assert ours.classes_.tolist() == sorted(set(NAMES))
    assert ours.score(X, NAMES) > 0.6
    unjudged = clone(ours).set_params(cv=None, max_iter=2)
    unjudged.fit(X[LABELED], NAMES[LABELED], X_unlabeled=X[POOL])
    assert unjudged.n_iter_ == 3


def test_frames_and_lists():
    frame = pd.DataFrame(X, columns=["a", "b"])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    ours = PseudoLabelClassifier(model, random_state=0)
    ours.fit(frame[:24], NAMES[:24], X_unlabeled=frame[24:])
    assert ours.feature_names_in_.tolist() == ["a", "b"]
    listed = clone(ours).fit(
        X[:24].tolist(), NAMES[:24].tolist(), X_unlabeled=X[24:].tolist()
    )
    assert_array_equal(listed.predict(X), ours.predict(frame))


def test_no_rows_is_none():
    ours = PseudoLabelClassifier(LogisticRegression())
    plain = ours.fit(X[:24], y[:24]).predict_proba(X)
    none = ours.fit(X[:24], y[:24], X_unlabeled=X[:0])
    assert_array_equal(none.predict_proba(X), plain)
    assert none.losses_ == []
    sureless = PseudoLabelClassifier(LinearSVC())
    assert sureless.fit(X[:24], y[:24], X_unlabeled=X[:0]).n_iter_ == 1


def test_what_cannot_be_done():
    with pytest.raises(TypeError, match="CalibratedClassifierCV"):
        PseudoLabelClassifier(LinearSVC()).fit(X[:24], y[:24], X_unlabeled=X[24:])
    with pytest.raises(TypeError, match="takes no sample_weight"):
        PseudoLabelClassifier(KNeighborsClassifier()).fit(X, y, np.ones(240))
    with pytest.raises(ValueError, match="samples of shape"):
        PseudoLabelClassifier(GaussianNB()).fit(X[:24], y[:24], X_unlabeled=X[24:, :1])


def firsts(*sizes):
    """Rows: so many of each class."""
    rows = [np.flatnonzero(y == number)[:n] for number, n in enumerate(sizes)]
    return np.concatenate(rows)


# None or one of the classes left to train on, or none of those that are left out.
@pytest.mark.parametrize("sizes", [(1, 1), (1, 1, 1, 1)])
@pytest.mark.parametrize("cv", [5, LeaveOneOut()])
def test_what_cannot_be_judged_is_not_done(sizes, cv):
    few = firsts(*sizes)
    base = LogisticRegression()
    ours = PseudoLabelClassifier(base, cv=cv, random_state=0)
    with pytest.warns(UserWarning, match="too few to leave some out") as warned:
        ours.fit(X[few], NAMES[few], X_unlabeled=X[POOL])
    assert warned[0].filename == __file__
    assert (ours.n_iter_, ours.losses_, len(ours.pseudo_rows_)) == (1, [], 0)
    assert ours.classes_.tolist() == sorted(set(NAMES[few]))
    plain = clone(base).fit(X[few], NAMES[few])
    assert_array_equal(ours.predict_proba(X), plain.predict_proba(X))
    unjudged = clone(ours).set_params(cv=None)
    unjudged.fit(X[few], NAMES[few], X_unlabeled=X[POOL])
    assert (unjudged.n_iter_, unjudged.losses_) == (6, [])


def test_a_single_label_of_a_regression():
    with pytest.warns(UserWarning, match="too few to leave some out"):
        ours = PseudoLabelRegressor(Ridge(), random_state=0).fit(
            XR[:1], yr[:1], X_unlabeled=XR[1:]
        )
    assert_allclose(ours.predict(XR), yr[0])


@pytest.mark.parametrize("cv", [7, LeaveOneOut()])
def test_folds_that_cannot_be_trained_on_are_skipped(cv):
    few = firsts(6, 1)
    base = LogisticRegression()
    ours = PseudoLabelClassifier(base, cv=cv, random_state=0)
    ours.fit(X[few], y[few], X_unlabeled=X[POOL])
    assert len(ours.losses_) >= 2
    # The six folds that leave a label of the larger class out.
    losses = [
        -np.log(
            clone(base)
            .fit(np.delete(X[few], row, axis=0), np.delete(y[few], row))
            .predict_proba(X[few[[row]]])[0, 0]
        )
        for row in range(6)
    ]
    assert_allclose(ours.losses_[0], np.mean(losses))


# --- weights


@pytest.mark.parametrize("cv", [5, PredefinedSplit(np.arange(36) % 4)])
@pytest.mark.parametrize("zeros", [NAMES[24:36], NAMES[25:37], np.repeat("east", 12)])
def test_rows_of_weight_0_judge_nothing(cv, zeros):
    targets = np.concatenate([NAMES[LABELED], zeros])
    weight = np.repeat([1.0, 0.0], [24, 12])
    ours = PseudoLabelClassifier(LogisticRegression(), cv=cv, random_state=0)
    ours.fit(X[:36], targets, weight, X_unlabeled=X[36:])
    if cv != 5:
        ours.set_params(cv=PredefinedSplit(np.arange(24) % 4))
    plain = clone(ours).fit(X[:24], NAMES[:24], X_unlabeled=X[36:])
    assert ours.n_iter_ == plain.n_iter_
    assert_allclose(ours.losses_, plain.losses_, rtol=1e-3)


def test_losses_are_weighted():
    weight = np.random.default_rng(0).uniform(0.1, 3, size=40)
    split = [(np.arange(20), np.arange(20, 40)), (np.arange(20, 40), np.arange(20))]
    for ours, base, labels, loss in (
        (
            PseudoLabelClassifier(LogisticRegression(), cv=split),
            LogisticRegression(),
            y,
            lambda m, X, y: -np.log(m.predict_proba(X)[np.arange(len(y)), y]),
        ),
        (
            PseudoLabelRegressor(Ridge(), cv=split),
            Ridge(),
            X[:, 0],
            lambda m, X, y: (m.predict(X) - y) ** 2,
        ),
    ):
        ours.fit(X[:40], labels[:40], weight, X_unlabeled=X[40:])
        losses = np.empty(40)
        for rows, rest in split:
            model = clone(base).fit(X[rows], labels[rows], weight[rows])
            losses[rest] = loss(model, X[rest], labels[rest])
        assert_allclose(ours.losses_[0], np.average(losses, weights=weight))


def test_one_row_of_weight():
    weight = np.zeros(24)
    weight[0] = 1
    for ours in (
        PseudoLabelClassifier(LogisticRegression(), random_state=0),
        PseudoLabelRegressor(Ridge(), random_state=0),
    ):
        with pytest.warns(UserWarning, match="none were used"):
            ours.fit(X[:24], y[:24], weight, X_unlabeled=X[24:])
        assert ours.n_iter_ == 1


@pytest.mark.parametrize("pool", [None, X[24:]])
def test_negative_weights_are_refused(pool):
    weight = np.ones(24)
    weight[3] = -1
    for ours in (PseudoLabelClassifier(GaussianNB()), PseudoLabelRegressor(Ridge())):
        with pytest.raises(ValueError, match="sample_weight has negative entries"):
            ours.fit(X[:24], y[:24], weight, X_unlabeled=pool)


# --- refusals


def test_the_other_type_of_estimator():
    message = r"estimator=Ridge\(\) is a regressor; wrap it in .*PseudoLabelRegressor"
    for pool in (None, X[24:]):
        with pytest.raises(TypeError, match=message):
            PseudoLabelClassifier(Ridge()).fit(X[:24], y[:24], X_unlabeled=pool)
        with pytest.raises(TypeError, match=r"estimator=Gauss.*PseudoLabelClassifier"):
            PseudoLabelRegressor(GaussianNB()).fit(X[:24], y[:24], X_unlabeled=pool)


def test_a_splitter_that_cannot_split_is_named():
    ours = PseudoLabelClassifier(GaussianNB(), cv=GroupKFold(3), random_state=0)
    with pytest.raises(ValueError, match=r"cv=GroupKFold.*groups.*list\(cv.split"):
        ours.fit(X[:24], y[:24], X_unlabeled=X[24:])
    pairs = list(GroupKFold(3).split(X[:24], y[:24], np.arange(24) % 3))
    ours.set_params(cv=pairs).fit(X[:24], y[:24], X_unlabeled=X[24:])
    assert len(ours.losses_) >= 2


def test_it_gains_on_digits():
    digits, targets = load_digits(return_X_y=True)
    base = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    gains = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(targets))
        few, pool, rest = np.split(order, [40, 1000])
        plain = clone(base).fit(digits[few], targets[few])
        ours = PseudoLabelClassifier(base, cv=None, random_state=0)
        ours.fit(digits[few], targets[few], X_unlabeled=digits[pool])
        gains.append(
            ours.score(digits[rest], targets[rest])
            - plain.score(digits[rest], targets[rest])
        )
    assert np.mean(gains) > 0


def test_a_view_looks_into_it():
    ours = PseudoLabelClassifier(LogisticRegression(), random_state=0)
    ours.fit(X[LABELED], NAMES[LABELED], X_unlabeled=X[POOL])
    view = ModelView(X, ours)
    assert_array_equal(view.predict_proba(), ours.predict_proba(X))
    assert view.provides("input_gradient")


# --- regression


XR, yr = make_friedman1(300, random_state=0)


def test_the_most_unanimous_answers():
    ours = PseudoLabelRegressor(
        Ridge(), fraction=0.1, n_members=4, cv=None, random_state=0
    ).fit(XR[:40], yr[:40], X_unlabeled=XR[40:])
    rows, labels = ours.pseudo_rows_, ours.pseudo_labels_
    assert len(rows) == 26
    # The mean of linear models is linear: nearly the answers of the one on all labels.
    plain = Ridge().fit(XR[:40], yr[:40])
    assert np.corrcoef(labels, plain.predict(XR[40:][rows]))[0, 1] > 0.9
    middle = np.linalg.norm(XR[40:] - XR[:40].mean(0), axis=1)
    assert middle[rows].mean() < middle.mean()
    model = Ridge().fit(
        np.concatenate([XR[:40], XR[40:][rows]]),
        np.concatenate([yr[:40], labels]),
        np.concatenate([np.ones(40), ours.pseudo_weights_]),
    )
    assert_allclose(ours.predict(XR), model.predict(XR))


def test_regression_is_judged_on_labels_left_out():
    ours = PseudoLabelRegressor(DecisionTreeRegressor(), random_state=0)
    ours.fit(XR[:40], yr[:40], X_unlabeled=XR[40:])
    assert len(ours.losses_) == 2
    assert ours.n_iter_ == 1 + int(ours.losses_[1] <= ours.losses_[0])


def test_several_targets():
    both = np.column_stack([yr, 1000 * yr])
    ours = PseudoLabelRegressor(Ridge(), random_state=0)
    ours.fit(XR[:40], both[:40], X_unlabeled=XR[40:])
    assert ours.predict(XR).shape == (300, 2)


class Duck:
    """An estimator without tags, which says nothing of its type."""

    def get_params(self, deep=True):
        return {}

    def __sklearn_clone__(self):
        return Duck()

    def fit(self, X, y):
        self.inner = GaussianNB().fit(X, y)
        self.classes_ = self.inner.classes_
        return self

    def predict(self, X):
        return self.inner.predict(X)

    def predict_proba(self, X):
        return self.inner.predict_proba(X)


def test_an_estimator_without_tags():
    assert PseudoLabelClassifier(Duck()).fit([[0.0], [9.0]], [0, 1]).n_iter_ == 1
