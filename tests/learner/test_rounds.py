"""Rounds of query and teach: repeatable, complete, and all or nothing."""

import copy
import gc
import pickle
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from quick_strategies import FOR_ANY_CLASSIFIER, quick
from skactive import ActiveLearner, Committee, ModelView, QueryStrategy, strategies
from skactive.base import Facts
from skactive.compose import Prefilter
from skactive.exceptions import NotEnoughCandidates
from skactive.nets import LearningLossClassifier
from skactive.utils import hash_rows

X, y = load_iris(return_X_y=True)
y = np.array(["setosa", "versicolor", "virginica"])[y]
SEED_SET = np.arange(0, 150, 10)
POOL = np.setdiff1d(np.arange(150), SEED_SET)
CLASSIFIER = Committee(GaussianNB(), n_members=4)


def make_learner(strategy="margin", estimator=None):
    estimator = GaussianNB() if estimator is None else estimator
    learner = ActiveLearner(estimator, strategy, random_state=0)
    return learner.fit(X[SEED_SET], y[SEED_SET])


# What query answers


@cache
def served(strategy):
    """A model that gives what the strategy needs."""
    if strategy == "learning_loss":
        return LearningLossClassifier((8,), max_epochs=3)
    fitted = clone(CLASSIFIER).fit(X, y)
    if strategy is None or strategy in strategies.names(estimator=fitted):
        return CLASSIFIER
    return LogisticRegression(max_iter=500)


@pytest.mark.parametrize("strategy", [None, *FOR_ANY_CLASSIFIER])
class TestEveryStrategy:
    def test_asking_twice_gives_the_same_rows(self, strategy):
        learner = make_learner(quick(strategy), served(strategy))
        rows = learner.query(X[POOL], 6)
        assert rows.dtype == np.int64
        assert rows.shape == (6,)
        assert len(set(rows)) == 6
        assert_array_equal(learner.query(X[POOL], 6), rows)
        assert_array_equal(
            make_learner(quick(strategy), served(strategy)).query(X[POOL], 6), rows
        )
        assert_array_equal(pickle.loads(pickle.dumps(learner)).query(X[POOL], 6), rows)

    def test_candidates_stand_for_a_smaller_pool(self, strategy):
        learner = make_learner(quick(strategy), served(strategy))
        candidates = POOL[::3]
        mask = np.zeros(150, dtype=bool)
        mask[candidates] = True
        expected = candidates[learner.query(X[candidates], 5)]
        assert_array_equal(learner.query(X, 5, candidates=mask), expected)
        assert_array_equal(learner.query(X, 5, candidates=candidates), expected)
        shuffled = candidates[::-1].tolist()
        assert_array_equal(learner.query(X, 5, candidates=shuffled), expected)

    def test_a_view_gives_the_rows_that_its_samples_give(self, strategy):
        learner = make_learner(quick(strategy), served(strategy))
        expected = learner.query(X[POOL], 5)
        view = learner.view(X[POOL])
        assert_array_equal(learner.query(view, 5), expected)
        assert_array_equal(learner.query(view, 5), expected)

    def test_pending_rows_are_never_asked_again(self, strategy):
        learner = make_learner(quick(strategy), served(strategy))
        pending = np.isin(np.arange(150), POOL[:120])
        rows = learner.query(X, 10, candidates=POOL, pending=pending)
        assert set(rows) <= set(POOL[120:])
        assert_array_equal(
            learner.query(X, 10, candidates=POOL, pending=POOL[:120].tolist()), rows
        )
        assert_array_equal(
            learner.query(X, 10, candidates=POOL[120:], pending=POOL[:120]), rows
        )

    def test_the_whole_pool_can_be_asked(self, strategy):
        learner = make_learner(quick(strategy), served(strategy))
        assert sorted(learner.query(X[POOL], len(POOL))) == list(range(len(POOL)))


def test_a_used_view_gives_the_rows_that_its_samples_give():
    learner = make_learner("coreset")
    view = learner.view(X[POOL])
    embedding = view.embed()
    rows = learner.query(view, 8)
    assert_array_equal(rows, learner.query(X[POOL], 8))
    assert learner.last_query_.strategy.labeled_features_ is not None
    assert view.embed() is embedding, "what is known is not computed again"


def test_a_query_leaves_the_scale_of_a_view_alone():
    learner = make_learner("margin")
    view = learner.view(X[POOL])
    learner.query(view, 3)
    gc.collect()
    assert_array_equal(view.embed(), learner.view(X[POOL]).embed())
    learner.set_params(strategy="coreset")
    assert_array_equal(learner.query(view, 8), learner.query(X[POOL], 8))
    part = learner.query(view, 8, candidates=range(50))
    assert_array_equal(part, learner.query(X[POOL][:50], 8))


def test_a_view_may_be_asked_again_after_labels_without_refit():
    learner = make_learner("coreset")
    view = learner.view(X)
    rows = learner.query(view, 5)
    learner.teach(X[rows], y[rows], refit=False)
    assert not set(learner.query(view, 5)) & set(rows)


def test_pending_rows_count_as_picked():
    line = np.arange(11.0)[:, None]
    learner = ActiveLearner(GaussianNB(), "coreset", random_state=0)
    learner.fit(line[[0, 0]], [0, 1])
    assert_array_equal(learner.query(line, 2, candidates=range(1, 11)), [10, 5])
    assert_array_equal(
        learner.query(line, 1, candidates=range(1, 11), pending=[10]), [5]
    )


def test_no_label_of_the_pool_is_needed_and_no_argument_is_written_to():
    learner = make_learner("badge")
    pool, candidates, pending = X[POOL].copy(), np.ones(135, bool), np.arange(3)
    for array in (pool, candidates, pending):
        array.flags.writeable = False
    learner.query(pool, 3, candidates=candidates, pending=pending)
    assert_array_equal(pool, X[POOL])


def test_n_queries_may_be_a_numpy_integer():
    assert make_learner().query(X, np.int32(3)).shape == (3,)


def test_rows_of_an_empty_pool_are_none():
    with pytest.raises(NotEnoughCandidates, match="n_queries=1 but only 0 candidates"):
        make_learner().query(X[:0])


# What query records


def test_last_query_holds_rows_scores_seed_and_strategy():
    learner = make_learner("entropy")
    assert learner.last_query_ is None
    rows = learner.query(X, 4, candidates=POOL)
    record = learner.last_query_
    assert_array_equal(record.rows, rows)
    expected = entropy(learner.predict_proba(X[rows]), axis=1)
    assert_allclose(record.scores, expected, atol=1e-12)
    assert isinstance(record.seed, int)
    assert record.strategy.score_samples(learner.view(X)).shape == (150,)


def test_scores_are_none_where_a_strategy_has_none():
    learner = make_learner("badge")
    learner.query(X)
    assert learner.last_query_.scores is None


def test_query_changes_nothing_but_its_record():
    learner = make_learner("badge", CLASSIFIER)
    before = {k: v for k, v in vars(learner).items() if k != "last_query_"}
    frozen = pickle.dumps(before)
    learner.query(X, 3)
    after = {k: v for k, v in vars(learner).items() if k != "last_query_"}
    assert after.keys() == before.keys()
    assert all(after[name] is before[name] for name in before)
    assert pickle.dumps(after) == frozen


def test_a_query_keeps_no_view_alive():
    learner = make_learner("coreset")
    gc.collect()
    before = sum(type(thing) is ModelView for thing in gc.get_objects())
    learner.query(X[POOL], 3)
    learner.teach(X[POOL[:1]], y[POOL[:1]])
    gc.collect()
    after = sum(type(thing) is ModelView for thing in gc.get_objects())
    assert after == before
    assert b"GaussianNB" not in pickle.dumps(learner.last_query_.strategy)


# What teach does


def test_teach_appends_and_trains_again_on_everything():
    learner = make_learner()
    rows = learner.query(X, 5, candidates=POOL)
    former = learner.estimator_
    assert learner.teach(X[rows], y[rows]) is learner
    order = np.concatenate([SEED_SET, rows])
    assert_array_equal(learner.X_labeled_, X[order])
    assert_array_equal(learner.y_labeled_, y[order])
    assert learner.n_labeled_ == 20
    assert learner.estimator_ is not former
    reference = GaussianNB().fit(X[order], y[order])
    assert_array_equal(learner.predict_proba(X), reference.predict_proba(X))


def test_rows_need_not_be_those_that_were_asked_for():
    learner = make_learner()
    learner.query(X, 5, candidates=POOL)
    learner.teach(X[POOL[:1]], y[POOL[:1]]).teach(X[POOL[:3]], y[POOL[:3]])
    assert learner.n_labeled_ == len(SEED_SET) + 4


def test_without_refit_the_model_stays_and_the_labels_wait():
    learner = make_learner()
    former = learner.estimator_
    learner.teach(X[POOL[:3]], y[POOL[:3]], refit=False)
    assert learner.estimator_ is former
    assert learner.n_labeled_ == len(learner.X_labeled_) == len(SEED_SET) + 3
    assert learner.query(X, 2).shape == (2,)
    learner.teach(X[POOL[3:5]], y[POOL[3:5]])
    assert_array_equal(learner.estimator_.class_count_.sum(), len(SEED_SET) + 5)


def test_unlabeled_samples_are_not_taken_where_nothing_is_trained():
    learner = make_learner()
    message = "X_unlabeled is given with refit=False.*leave it out"
    with pytest.raises(ValueError, match=message):
        learner.teach(X[POOL[:3]], y[POOL[:3]], refit=False, X_unlabeled=X)
    assert learner.n_labeled_ == len(SEED_SET)


def test_without_refit_a_new_label_is_known_to_the_learner_alone():
    known = np.flatnonzero(y != "versicolor")[::7]
    learner = ActiveLearner(GaussianNB(), "margin").fit(X[known], y[known])
    learner.teach(X[60:62], y[60:62], refit=False)
    assert learner.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert_array_equal(learner.predict_proba(X)[:, 1], 0)
    assert learner.query(X, 2).shape == (2,)
    assert learner.teach(X[62:64], y[62:64]).predict_proba(X)[60, 1] > 0.5


def test_labels_kept_are_safe_from_later_changes():
    samples, labels, weight = X[SEED_SET].copy(), y[SEED_SET].copy(), np.ones(15)
    learner = ActiveLearner(GaussianNB())
    learner.fit(samples, labels, sample_weight=weight)
    samples[:], labels[:], weight[:] = 0, "setosa", 0
    learner.teach(X[:1], y[:1], sample_weight=[1.0])
    assert_array_equal(learner.X_labeled_[:15], X[SEED_SET])
    assert_array_equal(learner.y_labeled_[:15], y[SEED_SET])
    assert learner.estimator_.class_count_.sum() == 16


def test_fit_starts_again():
    learner = make_learner("coreset")
    rows = learner.query(X, 3)
    learner.teach(X[rows], y[rows]).query(X)
    assert learner.strategy_ is not None
    learner.fit(X[SEED_SET], y[SEED_SET])
    assert learner.n_labeled_ == len(SEED_SET)
    assert learner.last_query_ is None
    assert learner.strategy_ is None
    assert_array_equal(learner.query(X, 3), rows)


# All or nothing


class Moody(ClassifierMixin, BaseEstimator):
    """Refuses to learn label "boom", halfway through its training."""

    def __init__(self, warm_start=False):
        self.warm_start = warm_start

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)
        self.n_fits_ = getattr(self, "n_fits_", 0) + 1
        if "boom" in y:
            raise RuntimeError("halfway")
        self.n_seen_ = len(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def state_of(learner):
    return dict(vars(learner)), pickle.dumps(vars(learner))


def assert_unchanged(learner, state):
    same, pickled = state
    assert vars(learner).keys() == same.keys()
    assert all(vars(learner)[name] is same[name] for name in same)
    assert pickle.dumps(vars(learner)) == pickled


@pytest.mark.parametrize("warm_start", [False, True])
@pytest.mark.parametrize("classes", [None, ["boom", "setosa", "virginica"]])
def test_a_teach_that_fails_midway_changes_nothing(warm_start, classes):
    learner = ActiveLearner(
        Moody(warm_start), "margin", classes=classes, random_state=0
    ).fit(X[SEED_SET], y[SEED_SET], sample_weight=np.ones(15))
    rows = learner.query(X, 2)
    learner.teach(X[rows], y[rows], sample_weight=[1, 1])
    learner.query(X, 2)
    state = state_of(learner)
    with pytest.raises(RuntimeError, match=r"^halfway$"):
        learner.teach(X[:2], ["setosa", "boom"], sample_weight=[1, 1])
    assert_unchanged(learner, state)


BAD_LESSONS = {
    "rows": (lambda t: t(X[:2], y[:3]), "X has 2 samples but y has 3"),
    "nothing": (lambda t: t(X[:0], y[:0]), "X has 0 samples; teach at least one"),
    "columns": (lambda t: t(X[:2, :3], y[:2]), r"samples of shape \(3,\)"),
    "missing": (lambda t: t(X[:2], ["setosa", None]), "y holds 1 missing"),
    "container": (lambda t: t(pd.DataFrame(X[:2]), y[:2]), "X is a DataFrame"),
    "type": (lambda t: t(X[:2], [0, 1]), r"labels such as \[0\], but.*\['setosa'\]"),
    "metadata": (
        lambda t: t(X[:2], y[:2], sample_weight=[1, 1]),
        "sample_weight was given now, one value per sample, and not before",
    ),
}


@pytest.mark.parametrize("name", BAD_LESSONS)
@pytest.mark.parametrize("refit", [True, False])
def test_a_teach_that_is_refused_changes_nothing(name, refit):
    learner = make_learner()
    learner.query(X, 2)
    state = state_of(learner)
    lesson, message = BAD_LESSONS[name]

    def teach(*args, **params):
        return learner.teach(*args, refit=refit, **params)

    with pytest.raises(ValueError, match=message):
        lesson(teach)
    assert_unchanged(learner, state)


def test_a_fit_that_fails_changes_nothing():
    learner = make_learner(estimator=Moody())
    state = state_of(learner)
    with pytest.raises(RuntimeError, match="halfway"):
        learner.fit(X[:2], ["a", "boom"])
    assert_unchanged(learner, state)


# Going on from the fitted estimator


def test_training_goes_on_from_a_copy():
    learner = make_learner(estimator=Moody(warm_start=True))
    former = learner.estimator_
    learner.teach(X[:1], y[:1])
    assert (learner.estimator_.n_fits_, learner.estimator_.n_seen_) == (2, 16)
    assert (former.n_fits_, former.n_seen_) == (1, 15)


def test_training_starts_afresh_with_a_new_label_or_without_warm_start():
    learner = make_learner(estimator=Moody(warm_start=True))
    assert learner.teach(X[:1], ["new"]).estimator_.n_fits_ == 1
    assert make_learner(estimator=Moody()).teach(X[:1], y[:1]).estimator_.n_fits_ == 1


def test_a_label_named_beforehand_is_new_to_an_estimator_that_has_not_seen_it():
    learner = ActiveLearner(Moody(warm_start=True), classes=["new", *set(y)])
    learner.fit(X[SEED_SET], y[SEED_SET])
    assert clone(learner).fit(X[:2], y[:2]).teach(X[2:3], y[:1]).estimator_.n_fits_ == 2
    assert learner.teach(X[:1], ["new"]).estimator_.n_fits_ == 1


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(20, warm_start=True),
        HistGradientBoostingClassifier(max_iter=5, warm_start=True),
        make_pipeline(RandomForestClassifier(20, warm_start=True)),
    ],
)
def test_ensembles_that_would_only_grow_are_fitted_anew(estimator):
    learner = ActiveLearner(estimator, random_state=0).fit(X[::2], y[::2])
    far = X[:60] + 50
    learner.teach(far[:1], ["new"]).teach(far, ["new"] * 60)
    assert set(learner.predict(far)) == {"new"}


def test_the_users_own_estimator_is_never_trained():
    for warm_start in (False, True):
        estimator = Moody(warm_start)
        make_learner(estimator=estimator).teach(X[:1], y[:1])
        assert not hasattr(estimator, "n_fits_")


# Memory between rounds


class Remembering(QueryStrategy):
    """Asks for the first rows left; remembers the content of all it ever asked."""

    facts = Facts(cold_start=True)

    def resume(self, previous):
        if isinstance(previous, Remembering):
            self.known_ = set(previous.asked_)
        return self

    def _select(self, X, n_queries, given):
        digests, known = hash_rows(X.X), getattr(self, "known_", set())
        fresh = [
            row
            for row in range(len(X))
            if row not in set(given) and digests[row] not in known
        ]
        rows = np.array(fresh[:n_queries])
        self.asked_ = known | {digests[row] for row in rows}
        return rows


@pytest.fixture(params=["alone", "nested"])
def remembering(request):
    strategy = Remembering()
    if request.param == "nested":
        nested = Prefilter(strategies.margin(), strategy, factor=100)
        strategy = Prefilter(strategies.margin(), nested, factor=100)
    return make_learner(strategy)


def known(learner):
    strategy = learner.last_query_.strategy
    while isinstance(strategy, Prefilter):
        strategy = strategy.strategy_
    return getattr(strategy, "known_", set())


def test_a_taught_batch_is_remembered(remembering):
    rows = remembering.query(X, 4)
    assert known(remembering) == set()
    remembering.teach(X[rows], y[rows])
    again = remembering.query(X, 4)
    assert known(remembering) == set(hash_rows(X[rows]))
    assert not set(hash_rows(X[rows])) & set(hash_rows(X[again]))


def test_a_batch_that_was_not_taught_is_not_remembered(remembering):
    rows = remembering.query(X, 4)
    remembering.query(X, 4)
    assert known(remembering) == set()
    unasked = np.setdiff1d(POOL, rows)[:4]
    remembering.teach(X[unasked], y[unasked])
    assert remembering.strategy_ is None
    remembering.query(X, 4)
    assert known(remembering) == set()


def test_partial_answers_count_and_unasked_rows_do_not(remembering):
    rows = remembering.query(X, 4)
    remembering.teach(X[rows[:1]], y[rows[:1]])
    asked = remembering.strategy_
    remembering.teach(X[rows[[3, 1]]], y[rows[[3, 1]]])
    assert remembering.strategy_ is asked
    mixed = [rows[2], 149]
    remembering.teach(X[mixed], y[mixed])
    assert remembering.strategy_ is asked, "the memory before stays"
    remembering.query(X, 4)
    assert known(remembering) == set(hash_rows(X[rows]))


def test_memory_survives_another_pool_another_container_and_a_pickle():
    learner = make_learner(Remembering())
    rows = learner.query(X[::-1], 4)
    learner = pickle.loads(pickle.dumps(learner))
    learner.teach(X[::-1][rows].astype(np.float64).tolist(), y[::-1][rows])
    assert learner.strategy_ is not None
    learner.query(X[20:], 4)
    assert known(learner) == set(hash_rows(X[::-1][rows]))


def test_memory_grows_over_rounds():
    learner = make_learner(Remembering())
    asked = []
    for _ in range(3):
        rows = learner.query(X, 4)
        asked += hash_rows(X[rows])
        learner.teach(X[rows], y[rows])
    assert len(set(asked)) == 12
    learner.query(X, 1)
    assert known(learner) == set(asked)


# Before fit


@pytest.mark.parametrize("random_state", [None, 0, np.random.RandomState(0)])
@pytest.mark.parametrize("strategy", ["random", "coreset", None])
def test_before_fit_strategies_without_a_model_answer_and_repeat(
    strategy, random_state
):
    learner = ActiveLearner(GaussianNB(), strategy, random_state=random_state)
    rows = learner.query(X, 5)
    assert len(set(rows)) == 5
    assert_array_equal(learner.query(X, 5), rows)
    learner.fit(X[SEED_SET], y[SEED_SET])
    assert learner.last_query_ is None


def test_before_fit_the_seed_decides():
    def first_rows(random_state):
        learner = ActiveLearner(GaussianNB(), "random", random_state=random_state)
        return tuple(learner.query(X, 5))

    assert first_rows(1) == first_rows(1) != first_rows(2)
    assert first_rows(None) != first_rows(None)


# clone, pickle and repr in every state


def states():
    unfitted = ActiveLearner(LogisticRegression(max_iter=2000), "badge", random_state=0)
    fitted = copy.deepcopy(unfitted).fit(X[SEED_SET], y[SEED_SET])
    queried = copy.deepcopy(fitted)
    queried.query(X, 2)
    taught = copy.deepcopy(queried).teach(X[:1], y[:1])
    return {
        "unfitted": unfitted,
        "fitted": fitted,
        "queried": queried,
        "taught": taught,
    }


@pytest.mark.parametrize("state", ["unfitted", "fitted", "queried", "taught"])
def test_clone_pickle_and_repr_work_in_every_state(state):
    learner = states()[state]
    fresh = clone(learner)
    assert not hasattr(fresh, "estimator_")
    assert repr(fresh) == repr(learner)
    assert "LogisticRegression" in learner._repr_html_()
    again = pickle.loads(pickle.dumps(learner))
    assert vars(again).keys() == vars(learner).keys()
    if state != "unfitted":
        assert_array_equal(again.predict(X), learner.predict(X))
        assert_array_equal(again.query(X, 3), learner.query(X, 3))
