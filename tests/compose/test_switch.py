"""Handing over: by labels, by rounds, before there is a model."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils import get_tags

from skactive import ActiveLearner, QueryStrategy, strategies
from skactive.compose import Mask, Mix, Switch
from skactive.exceptions import MissingCapability

X = np.random.default_rng(0).normal(size=(120, 2))
Y = (X[:, 0] > 0).astype(int)


class Low(QueryStrategy):
    """The lowest rows."""

    facts = strategies.random().facts

    def _select(self, X, n_queries, given):
        return np.delete(np.arange(len(X)), given)[:n_queries]


class High(Low):
    """The highest rows."""

    def _select(self, X, n_queries, given):
        return np.delete(np.arange(len(X)), given)[::-1][:n_queries]


def asked(strategy, n_rounds, batch=4):
    """Whether the highest rows were asked, round by round."""
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    high = []
    for _ in range(n_rounds):
        rows = learner.query(X, batch)
        assert_array_equal(learner.query(X, batch), rows)  # asking is no round
        high.append(bool(rows[0] > 60))
        if not high[1:]:
            learner.fit(X[:8], Y[:8])
        else:
            learner.teach(X[rows], Y[rows])
    return high


def test_by_labels():
    # 0, 8, 12, 16, 20 labels.
    assert asked(Switch(Low(), High(), at=16), 5) == [False, False, False, True, True]
    assert asked(Switch(Low(), High(), at=0), 2) == [False, True]


def test_by_rounds():
    switch = Switch(Low(), High(), at=2, by="rounds")
    assert asked(switch, 6) == [False, False, False, True, True, True]


@pytest.mark.parametrize(
    "wrap", [lambda s: s, Mask, lambda s: Mix(s, share=0.5), lambda s: Switch(s, s)]
)
def test_it_starts_without_a_model_and_hands_over(wrap):
    strategy = wrap(Switch(strategies.typiclust(), strategies.margin(), at=10))
    assert get_tags(strategy).strategy.cold_start
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    rows = learner.query(X, 10)
    learner.fit(X[rows], Y[rows])
    left = np.setdiff1d(np.arange(120), rows)
    second = learner.query(X[left], 4)
    scores = strategies.margin().score_samples(learner.view(X[left]))
    if not isinstance(strategy, Mix):
        expected = np.setdiff1d(
            np.argsort(-scores), learner.last_query_.notes.get("masked", [])
        )
        best = expected[np.argsort(-scores[expected])[:4]]
        assert_array_equal(second, best)


def test_what_the_model_lacks_is_told_at_the_first_fit():
    switch = Switch(strategies.coreset(), strategies.bald(), at=50)
    learner = ActiveLearner(LogisticRegression(), switch)
    rows = learner.query(X, 6)  # needs no model
    learner.fit(X[rows], np.arange(6) % 2)
    with pytest.raises(MissingCapability, match="posterior draws"):
        learner.query(X)


def test_facts():
    facts = get_tags(Switch(strategies.margin(), strategies.coreset())).strategy
    assert not facts.cold_start
    assert set(facts.needs) == {"proba|decision", "embedding"}
    assert facts.before_fit().needs == ("proba|decision",)
    cold = get_tags(Switch(strategies.random(), strategies.badge())).strategy
    assert cold.before_fit().needs == ()
    assert cold.task == "classification"
    with pytest.raises(ValueError, match="one task"):
        ActiveLearner(Ridge(), Switch(strategies.margin(), strategies.gsy())).fit(X, Y)


def test_parts_keep_their_memory():
    switch = Switch(Low(), strategies.clustermargin(n_clusters=4), at=9)
    learner = ActiveLearner(LogisticRegression(), switch, random_state=0)
    learner.fit(X[:10], Y[:10])
    keys = []
    for _ in range(2):
        rows = learner.query(X, 5)
        keys.append(learner.last_query_.strategy.then_.row_clusters_)
        learner.teach(X[rows], Y[rows])
    assert_array_equal(*keys)
