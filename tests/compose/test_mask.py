"""Outliers left out: who, how many, and where it is written down."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner, ModelView, QueryStrategy, strategies
from skactive.compose import Mask, Partition, Subsample
from skactive.scores import (
    Energy,
    FunctionScore,
    Isolation,
    Mahalanobis,
    NeighborDistance,
)

rng_of = np.random.default_rng


def pool_with_outliers(n=1000, n_out=10, seed=0):
    """Ten of a thousand samples far away, at random places."""
    rng = rng_of(seed)
    X = rng.normal(size=(n, 4))
    out = np.sort(rng.choice(n, n_out, replace=False))
    X[out] = 30 + 5 * rng.normal(size=(n_out, 4))
    return X, (X[:, 0] + X[:, 1] > 0).astype(int), out


@pytest.mark.parametrize(
    "detector",
    [None, NeighborDistance(12), Isolation(30, random_state=0), Mahalanobis()],
)
def test_core_set_asks_for_outliers_unless_they_are_masked(detector):
    X, y, out = pool_with_outliers()
    inside = np.setdiff1d(np.arange(len(X)), out)
    for strategy, expected in (
        (strategies.coreset(), True),
        (Mask(strategies.coreset(), detector), False),
    ):
        start = np.append(inside[y[inside] == 0][:5], inside[y[inside] == 1][:5])
        learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
        learner.fit(X[start], y[start])
        left = np.setdiff1d(np.arange(len(X)), start)
        asked = []
        for _ in range(4):
            rows = left[learner.query(X[left], 20)]
            if not expected:  # all of them are listed, in every round
                notes = learner.last_query_.notes
                assert_array_equal(np.sort(left[notes["masked"]]), out)
            asked.extend(rows)
            learner.teach(X[rows], y[rows])
            left = np.setdiff1d(left, rows)
        assert np.isin(asked, out).any() == expected
        if expected:
            assert np.isin(asked[:5], out).all()  # they come first


def test_without_a_model():
    X, _, out = pool_with_outliers()
    for seed in range(3):
        masked = ActiveLearner(
            LogisticRegression(), Mask(strategies.coreset()), random_state=seed
        )
        assert not np.isin(masked.query(X, 40), out).any()
        assert_array_equal(np.sort(masked.last_query_.notes["masked"]), out)
    assert np.isin(strategies.coreset().select(X, 5), out).sum() >= 4


def test_no_more_are_masked_than_was_said():
    X = rng_of(0).uniform(size=(250, 3))
    for contamination, n_masked in ((0.0, 0), (0.003, 0), (0.01, 2), (0.2, 50)):
        mask = Mask(strategies.random(), contamination=contamination)
        mask.select(X, 5)
        assert len(mask.notes_["masked"]) == n_masked
        # Labeled samples count.
        mask.fit(X[:150]).select(X[150:], 5)
        assert len(mask.notes_["masked"]) == n_masked


def farthest(view):
    return view.X[:, 0]


def test_the_most_suspicious_are_left_out_and_let_in_last():
    line = np.arange(10.0)[:, None]
    mask = Mask(strategies.random(), FunctionScore(farthest), contamination=0.4)
    for seed in range(20):
        view = ModelView.from_outputs(line, seed=seed)
        assert mask.select(view, 5, given=[9]).max() <= 4
        assert_array_equal(mask.notes_["masked"], [8, 7, 6, 5])
        assert sorted(mask.select(view, 8)) == list(range(8))
        assert_array_equal(mask.notes_["masked"], [9, 8])
        assert sorted(mask.select(view, 10)) == list(range(10))
        assert len(mask.notes_["masked"]) == 0


class Sees(QueryStrategy):
    """Takes the first rows and notes what it was shown."""

    def _select(self, X, n_queries, given):
        self.seen_ = X.X[:, 0]
        return np.delete(np.arange(len(X)), given)[:n_queries]


def test_the_strategy_does_not_see_them():
    line = np.arange(10.0)[:, None]
    mask = Mask(Sees(), FunctionScore(farthest), contamination=0.3).fit(line[:0])
    mask.select(line, 2, given=[9, 1])
    assert_array_equal(np.sort(mask.strategy_.seen_), [0, 1, 2, 3, 4, 5, 9])


@pytest.mark.parametrize("wrap", [lambda s: s, Partition, Subsample])
def test_notes_are_rows_of_what_was_queried(wrap):
    X = np.arange(60.0)[:, None]
    mask = Mask(strategies.random(), FunctionScore(farthest), contamination=0.1)
    strategy = wrap(mask)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.fit(X[:20:19], [0, 1])
    some = np.arange(10, 50)
    learner.query(X, 4, candidates=some)
    masked = learner.last_query_.notes["masked"]
    assert len(masked) >= 3
    assert np.isin(masked, some).all()
    # Of each part that a strategy sees, the last ones: rows 40 and up.
    assert masked.min() > 40


def test_energy_is_high_where_no_class_has_a_large_logit():
    view = ModelView.from_outputs(logits=[[50.0, 0], [1, 0.5], [0, 60]])
    assert Energy().select(view).item() == 1
    mask = Mask(strategies.random(), Energy(), contamination=0.34)
    mask.select(view)
    assert mask.notes_["masked"].tolist() == [1]


def test_neighbors_are_labeled_ones_too():
    pool = np.array([[0.0], [0.1], [0.2], [9.0]])
    score = NeighborDistance(n_neighbors=2)
    assert score.select(pool).item() == 3
    score.fit([[8.9], [9.1], [9.0]])
    assert score.score_samples(pool)[3] < 0.1


def test_a_tight_group_is_none_to_few_neighbors():
    rng = rng_of(0)
    X = np.vstack([rng.normal(size=(300, 2)), 50 + 1e-3 * rng.normal(size=(12, 2))])
    few, many = (NeighborDistance(k).score_samples(X) for k in (10, 15))
    assert few[300:].max() < np.median(few)
    assert many[300:].min() > many[:300].max()


def test_the_detector_is_a_score_object():
    with pytest.raises(ValueError, match="detector"):
        Mask(strategies.random(), "knn").select([[1.0]])
