"""Discriminative active learning against its steps, one after the other."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from skactive import strategies
from skactive.selection import DiscriminativeSampling

rng_of = np.random.default_rng
LABELED, POOL = rng_of(0).normal(size=(12, 3)), rng_of(1).normal(size=(80, 3)) + 0.5


def odds(labeled, rest, rows):
    both = np.vstack([labeled, rest])
    is_pool = np.arange(len(both)) >= len(labeled)
    model = make_pipeline(MaxAbsScaler(), LogisticRegression(class_weight="balanced"))
    return model.fit(both, is_pool).decision_function(rows)


@pytest.mark.parametrize(("n_queries", "n_batches"), [(1, 10), (7, 3), (6, 6), (5, 1)])
@pytest.mark.parametrize("given", [[], [4, 30]])
def test_steps(n_queries, n_batches, given):
    taken = list(given)
    for part in np.array_split(range(n_queries), min(n_batches, n_queries)):
        rest = np.delete(np.arange(80), taken)
        scores = odds(np.vstack([LABELED, POOL[taken]]), POOL[rest], POOL)
        scores[taken] = -np.inf
        taken.extend(np.argsort(-scores)[: len(part)])
    rows = (
        DiscriminativeSampling(n_batches)
        .fit(LABELED)
        .select(POOL, n_queries, given=given)
    )
    assert_array_equal(rows, taken[len(given) :])


def test_scores_are_those_of_the_first_step():
    strategy = DiscriminativeSampling().fit(LABELED)
    scores = strategy.score_samples(POOL)
    assert_allclose(scores, odds(LABELED, POOL, POOL), atol=1e-5)
    assert strategy.select(POOL) == scores.argmax()


def test_a_shifted_cluster_comes_first_wherever_it_stands():
    for start in (0, 30, 70):
        pool = rng_of(2).normal(size=(80, 3))
        pool[start : start + 10] += 6
        assert start <= strategies.dal().fit(LABELED).select(pool, 5)[0] < start + 10
        rows = strategies.dal(n_batches=1).fit(LABELED).select(pool, 5)
        assert ((rows >= start) & (rows < start + 10)).all()


def test_a_part_of_the_pool_is_enough_to_train_on():
    pool = rng_of(2).normal(size=(500, 3))
    pool[200:260] += 6
    strategy = DiscriminativeSampling(1, max_pool=50, random_state=0).fit(LABELED)
    rows = strategy.select(pool, 5)
    assert ((rows >= 200) & (rows < 260)).all()
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y):
            seen.append((len(y), int(sum(y))))
            return super().fit(X, y)

    strategy.set_params(estimator=Spy(), n_batches=2).select(pool, 4, given=[1])
    assert seen == [(12 + 1 + 50, 50), (12 + 3 + 50, 50)]


def test_another_classifier_and_sparse_features():
    forest = RandomForestClassifier(10, random_state=3)
    rows = DiscriminativeSampling(estimator=forest).fit(LABELED).select(POOL, 20)
    assert len(set(rows)) == 20
    assert not hasattr(forest, "classes_")
    dense = DiscriminativeSampling().fit(LABELED).select(POOL, 6)
    csr = DiscriminativeSampling().fit(sparse.csr_matrix(LABELED))
    assert_array_equal(csr.select(sparse.csr_matrix(POOL), 6), dense)


def test_it_needs_labeled_samples():
    with pytest.raises(NotFittedError):
        DiscriminativeSampling().select(POOL)
    with pytest.raises(ValueError, match="'n_batches' parameter"):
        DiscriminativeSampling(0).fit(LABELED)
