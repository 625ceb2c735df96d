"""MCADL against its definition, sample by sample."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.metrics.pairwise import cosine_similarity

from skactive import ModelView, strategies
from skactive.scores import MultipleCriteria
from skactive.scores._multiple_criteria import _class_weights, _uncertainty

rng_of = np.random.default_rng


def make_samples(n, seed, width=3):
    rng = rng_of(seed)
    proba = rng.dirichlet(np.ones(4), size=n)
    outputs = {"proba": proba, "embedding": rng.normal(size=(n, width))}
    return outputs, rng.integers(3, size=n)  # nothing of the fourth class


def view_of(outputs):
    return ModelView.from_outputs(**outputs)


def uncertainty(row):
    for k in range(1, len(row) + 1):
        largest = np.sort(row)[::-1][:k]
        if largest.sum() > 0.5:
            return 1 - np.abs(largest - largest.mean()).mean()


def score(pool, labeled, y, weights, accuracy, k):
    a = 0.9 * np.exp(-accuracy)
    scores = []
    for row, x in zip(pool["proba"], pool["embedding"], strict=True):
        cosines = cosine_similarity([x], labeled["embedding"])[0]
        near = np.argsort(-cosines)[:k]
        voters = {c: near[y[near] == c] for c in y}
        of = max(voters, key=lambda c: (len(voters[c]), cosines[voters[c]].sum()))
        own = cosines[y == of]
        novelty = 0.5 * (1 - own.mean()) + 0.5 * (1 - own.max())
        known = a * uncertainty(row) + (1 - a) * weights[of]
        scores.append(a * novelty + (1 - a) * known)
    return scores


@pytest.mark.parametrize("k", [1, 5, 50])
def test_scores_are_those_of_the_definition(k):
    (labeled, y), (pool, _) = make_samples(20, 0), make_samples(40, 1)
    guess = labeled["proba"].argmax(axis=1)
    accuracy = np.array([np.mean(guess[y == c] == c) for c in range(3)])
    weights = _class_weights(accuracy, np.zeros(3))
    expected = score(pool, labeled, y, weights, np.mean(guess == y), min(k, 20))
    scorer = MultipleCriteria(k).fit(view_of(labeled), y)
    assert_allclose(scorer.score_samples(view_of(pool)), expected, atol=1e-6)
    pool["embedding"] = sparse.csr_matrix(pool["embedding"])
    labeled["embedding"] = sparse.csr_matrix(labeled["embedding"])
    scorer = MultipleCriteria(k).fit(view_of(labeled), y)
    assert_allclose(scorer.score_samples(view_of(pool)), expected, atol=1e-6)


def test_uncertainty():
    proba = np.vstack([rng_of(0).dirichlet(np.full(6, 2.0), size=50), np.eye(6)])
    assert_allclose(_uncertainty(proba), [uncertainty(row) for row in proba])
    # Half is not enough.
    assert_allclose(_uncertainty(np.array([[0.5, 0.25, 0.25]])), 0.875)


@pytest.mark.parametrize(
    ("accuracy", "before", "expected"),
    [
        ([0.4, 0.9, 0.6], [0.2, 0.3, 0.7], [0.25, 0.75, 0]),
        ([0.4, 0.9, 0.6], [0.4, 0.9, 0.8], [1 / 3, 1 / 3, 1 / 3]),
        ([0.5, 1.0, 1.0], [0.0, 0.0, 0.0], [0.5, 0.25, 0.25]),
        ([0.0], [0.0], [1.0]),
    ],
)
def test_weights_of_classes(accuracy, before, expected):
    assert_allclose(_class_weights(np.array(accuracy), np.array(before)), expected)


def test_the_last_round_is_remembered_by_class():
    proba = np.eye(3)[[0, 0, 1, 2, 2]]
    outputs = {"proba": proba, "embedding": rng_of(0).normal(size=(5, 2))}
    first = strategies.mcadl().resume(None).fit(view_of(outputs), [0, 1, 1, 1, 0])
    assert_allclose(first.class_accuracy_, [1 / 2, 1 / 3])
    second = strategies.mcadl().resume(first).fit(view_of(outputs), [1, 1, 1, 2, 2])
    # The first class is gone, the third is new.
    assert second.label_classes_.tolist() == [1, 2]
    assert_allclose(second.class_accuracy_, [1 / 3, 1])
    assert_allclose(second.class_weights_, [0, 1])
    again = second.fit(view_of(outputs), [1, 1, 1, 2, 2])
    assert_allclose(again.class_weights_, [1 / 4, 3 / 4])  # nothing to go on from


def test_a_model_that_knows_nothing_and_one_that_knows_all():
    outputs, y = make_samples(12, 0)
    wrong, right = np.eye(4)[np.full(12, 3)], np.eye(4)[y]
    for proba, a in ((wrong, 0.9), (right, 0.9 / np.e)):
        fitted = MultipleCriteria().fit(view_of({**outputs, "proba": proba}), y)
        assert fitted.data_weight_ == pytest.approx(a)
        n_seen = len(np.unique(y))
        assert_allclose(fitted.class_weights_, np.full(n_seen, 1 / n_seen))


def test_without_a_share_the_weights_of_classes_are_all():
    (labeled, y), (pool, _) = make_samples(20, 0), make_samples(40, 1)
    scorer = MultipleCriteria(share=0).fit(view_of(labeled), y)
    assert np.isin(
        scorer.score_samples(view_of(pool)), np.round(scorer.class_weights_, 9)
    ).all()


def test_labels_are_needed():
    outputs, _ = make_samples(4, 0)
    with pytest.raises(ValueError, match="needs the labels"):
        MultipleCriteria().fit(view_of(outputs))
    with pytest.raises(NotFittedError):
        MultipleCriteria().select(view_of(outputs))
