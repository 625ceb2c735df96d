"""Scores of a committee against published numbers, loops and each other."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy
from sklearn.ensemble import BaggingClassifier
from sklearn.neighbors import KNeighborsClassifier

from skactive import ModelView, strategies
from skactive.scores import (
    BALD,
    ConsensusEntropy,
    Disagreement,
    Entropy,
    MaxKL,
    MeanStd,
    VariationRatio,
    VoteEntropy,
    _committee,
)

# Two draws of three samples: sure and opposed, torn alike, and between.
SURE, TORN, MILD = [[1, 0], [0, 1]], [[0.5, 0.5]] * 2, [[0.9, 0.1], [0.1, 0.9]]
ALL = [VoteEntropy, ConsensusEntropy, MaxKL, MeanStd, VariationRatio]


def draws_view(draws, **options):
    return ModelView.from_outputs(draws=draws, **options)


def random_draws(n=30, n_draws=5, n_classes=4, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(n_classes), size=(n, n_draws))


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (VoteEntropy, [0.6931, 0, 0.6931]),
        (ConsensusEntropy, [0.6931, 0.6931, 0.6931]),
        (MaxKL, [0.6931, 0, 0.3681]),
        (MeanStd, [0.5, 0, 0.4]),
        (VariationRatio, [0.5, 0, 0.5]),
    ],
)
def test_three_samples(score, expected):
    scores = score().score_samples(draws_view([SURE, TORN, MILD]))
    assert_allclose(scores, expected, atol=5e-5)


def naive(score, sample):
    """One score of the (T, n_classes) draws of one sample."""
    mean = sample.mean(axis=0)
    votes = np.bincount(sample.argmax(axis=1), minlength=len(mean))
    return {
        VoteEntropy: lambda: entropy(votes),
        ConsensusEntropy: lambda: entropy(mean),
        MaxKL: lambda: max(entropy(draw, mean) for draw in sample),
        MeanStd: lambda: np.mean([np.std(column) for column in sample.T]),
        VariationRatio: lambda: 1 - max(votes) / len(sample),
    }[score]()


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize("kind", ["doubt", "votes", "one draw"])
def test_against_a_loop(score, kind, monkeypatch):
    monkeypatch.setattr(_committee, "_CHUNK", 7)
    draws = random_draws(n_draws=1 if kind == "one draw" else 5)
    if kind == "votes":  # members without any doubt: zeros everywhere
        draws = (draws == draws.max(axis=2, keepdims=True)).astype(float)
    expected = [naive(score, sample) for sample in draws]
    assert_allclose(score().score_samples(draws_view(draws)), expected, atol=1e-9)
    single = score().score_samples(draws_view(draws.astype(np.float32)))
    assert_allclose(single, expected, atol=1e-6)


@pytest.mark.parametrize("score", [*ALL, BALD])
def test_neither_the_order_of_classes_nor_of_draws_matters(score):
    draws = random_draws()
    expected = score().score_samples(draws_view(draws))
    for other in (draws[:, :, [2, 0, 3, 1]], draws[:, ::-1]):
        assert_allclose(score().score_samples(draws_view(other)), expected, atol=1e-9)


@pytest.mark.parametrize("score", ALL)
def test_a_class_that_nobody_has_seen(score):
    draws = random_draws()
    wider = np.concatenate([draws, np.zeros((30, 5, 1))], axis=2)
    expected = score().score_samples(draws_view(draws))
    if score is MeanStd:  # a mean over one class more
        expected = expected * 4 / 5
    assert_allclose(score().score_samples(draws_view(wider)), expected, atol=1e-9)


def test_members_that_lack_a_class():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    y = np.array(["a"] * 19 + ["b"] * 19 + ["c", "d"])
    model = BaggingClassifier(
        KNeighborsClassifier(3), n_estimators=9, random_state=0
    ).fit(X, y)
    assert any(len(member.classes_) < 4 for member in model.estimators_)
    view = ModelView(X, model, classes=["a", "b", "bb", "c", "d"])
    draws = np.zeros((40, 9, 5))
    for t, (member, columns) in enumerate(
        zip(model.estimators_, model.estimators_features_, strict=True)
    ):
        # Members of a bagging know classes by number.
        own = np.array([0, 1, 3, 4])[member.classes_]
        draws[:, t, own] = member.predict_proba(X[:, columns])
    for score in ALL:
        expected = [naive(score, sample) for sample in draws]
        assert_allclose(score().score_samples(view), expected, atol=1e-6)


# --- what they have to do with each other


def test_the_mean_divergence_is_bald():
    draws = random_draws()
    expected = [
        np.mean([entropy(draw, sample.mean(axis=0)) for draw in sample])
        for sample in draws
    ]
    scores = strategies.kl_divergence().score_samples(draws_view(draws))
    assert_allclose(scores, expected, atol=1e-9)
    assert (MaxKL().score_samples(draws_view(draws)) >= scores).all()


def test_the_consensus_is_the_entropy_of_the_mean():
    draws = random_draws()
    mean = ModelView.from_outputs(proba=draws.mean(axis=1))
    assert_allclose(
        ConsensusEntropy().score_samples(draws_view(draws)),
        Entropy().score_samples(mean),
    )


def test_vote_entropy_is_the_disagreement_of_classifiers():
    view = draws_view(random_draws(n_draws=7))
    assert_array_equal(
        VoteEntropy().score_samples(view), Disagreement().score_samples(view)
    )


# --- ties of the variation ratio


def test_equal_variation_ratios_are_ordered_by_bald():
    draws = random_draws(200, 6, 3)
    view = draws_view(draws)
    ratios = VariationRatio().score_samples(view)
    assert len(set(ratios)) < 6
    expected = np.lexsort((BALD().score_samples(view), ratios))[::-1]
    assert_array_equal(VariationRatio().select(view, 200), expected)
    rows = VariationRatio().select(view, 50, given=expected[:20])
    assert_array_equal(rows, expected[20:70])


def test_one_vote_outweighs_any_bald():
    # One of thirty barely votes against the rest; or all vote alike, half in doubt.
    split = [[1.0, 0]] * 29 + [[0.499, 0.501]]
    near = [[1.0, 0]] * 15 + [[0.501, 0.499]] * 15
    scorer, view = VariationRatio(), draws_view([near, split])
    bald = BALD().score_samples(view)
    assert bald[0] > bald[1]
    assert scorer.select(view, 2).tolist() == [1, 0]


def test_it_is_not_least_confidence():
    draws = [[[0.51, 0.49]] * 3, [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]]]
    view = draws_view(draws)
    assert VariationRatio().select(view).tolist() == [1]
    mean = ModelView.from_outputs(proba=np.mean(draws, axis=1))
    assert strategies.least_confidence().select(mean).tolist() == [0]


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize("n_draws", [0, -1, 2.5, None])
def test_a_number_of_draws_that_is_none(score, n_draws):
    with pytest.raises(ValueError, match=f"'n_draws' parameter of {score.__name__}"):
        score(n_draws).select(draws_view([SURE]))
