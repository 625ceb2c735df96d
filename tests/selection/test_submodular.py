"""Batches that stand for the pool, against brute force over all pairs."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import chisquare
from sklearn.base import clone
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel
from sklearn.utils import get_tags

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.selection import (
    DisparityMin,
    DisparitySum,
    FacilityLocation,
    FeatureBased,
    GraphCut,
    LogDet,
    SaturatedCoverage,
    SetCover,
)

rng_of = np.random.default_rng


def points(n, d=4):
    return rng_of([n, d]).normal(size=(n, d))


def cosine(a, b):
    return (1 + cosine_similarity(a, b)) / 2


def facility_location(V, X):
    return cosine(V, X).max(axis=1).sum() if len(X) else 0.0


def graph_cut(V, X):
    return cosine(V, X).sum() - 0.4 * cosine(X, X).sum() if len(X) else 0.0


def saturated_coverage(V, X):
    if not len(X):
        return 0.0
    return np.minimum(cosine(V, X).sum(axis=1), 0.4 * cosine(V, V).sum(axis=1)).sum()


def feature_based(V, X):
    return np.sqrt(np.maximum(X, 0).sum(0)).sum() + np.sqrt((-X).clip(0).sum(0)).sum()


def disparity_sum(V, X):
    return np.triu(1 - cosine(X, X), 1).sum() if len(X) else 0.0


def disparity_min(V, X):
    # Of the pairs of the row added last: the others are what they were.
    return (1 - cosine(X[:-1], X[-1:])).min()


def log_det(V, X):
    return np.linalg.slogdet(cosine(X, X) / 0.01 + np.eye(len(X)))[1] if len(X) else 0.0


VALUES = [
    (facility_location, FacilityLocation()),
    (graph_cut, GraphCut()),
    (saturated_coverage, SaturatedCoverage(share=0.4, condition_on_labeled=True)),
    (feature_based, FeatureBased()),
    (disparity_sum, DisparitySum()),
    (disparity_min, DisparityMin()),
    (log_det, LogDet()),
]


def greedy(value, labeled, pool, n_queries, given=()):
    """Add the row that makes the largest set worth most, one after the other."""
    chosen, picked = [*labeled, *pool[list(given)]], []
    for _ in range(n_queries):
        values = np.array([value(pool, np.array([*chosen, row])) for row in pool])
        values[[*given, *picked]] = -np.inf
        picked.append(int(values.argmax()))
        chosen.append(pool[picked[-1]])
    return picked


@pytest.mark.parametrize(("value", "strategy"), VALUES)
def test_brute_force(value, strategy):
    labeled, pool = points(3), points(40)
    strategy.fit(labeled)
    rows = strategy.select(pool, 6)
    assert_array_equal(rows, greedy(value, labeled, pool, 6))
    rows = strategy.select(pool, 5, given=[7, 20])
    assert_array_equal(rows, greedy(value, labeled, pool, 5, given=[7, 20]))


@pytest.mark.parametrize(("value", "strategy"), VALUES)
def test_labeled_samples_count_if_asked_to(value, strategy):
    labeled, pool = points(3), points(40)
    strategy.set_params(condition_on_labeled=False).fit(labeled)
    rows = strategy.select(pool, 5, given=[7])
    assert_array_equal(rows, greedy(value, labeled[:0], pool, 5, given=[7]))
    strategy.set_params(condition_on_labeled=True).fit(labeled)
    rows = strategy.select(pool, 5, given=[7])
    assert_array_equal(rows, greedy(value, labeled, pool, 5, given=[7]))


@pytest.mark.parametrize(("value", "strategy"), [VALUES[i] for i in (0, 2, 3, 6)])
def test_scores_are_first_gains(value, strategy):
    labeled, pool = points(3), points(20)
    strategy.set_params(condition_on_labeled=True)
    scores = strategy.fit(labeled).score_samples(pool)
    gains = [value(pool, np.vstack([labeled, row])) for row in pool]
    gains = np.array(gains) - value(pool, labeled)
    if value is log_det:
        gains = 0.01 * (np.exp(gains) - 1)  # the variance
    assert_allclose(scores, gains, atol=1e-9)


@pytest.mark.parametrize("i", [0, 2, 3])
def test_at_least_two_thirds_of_the_best(i):
    value, strategy = VALUES[i]
    strategy = clone(strategy)
    for seed in range(5):
        pool = rng_of(seed).normal(size=(10, 3))
        best = max(value(pool, pool[list(c)]) for c in combinations(range(10), 3))
        rows = strategy.select(pool, 3)
        assert (1 - 1 / np.e) * best <= value(pool, pool[rows]) <= best + 1e-9


def test_set_cover():
    proba = rng_of(0).dirichlet(np.full(4, 0.5), 30)
    view = ModelView.from_outputs(proba=proba)
    assert_allclose(SetCover().score_samples(view), 1)  # probabilities sum to one

    def value(V, X):
        return (1 - np.prod(1 - X, axis=0)).sum()

    rows = SetCover().select(view, 6, given=[3])
    assert_array_equal(rows, greedy(value, [], proba, 6, given=[3]))
    labeled = ModelView.from_outputs(proba=proba[:2])
    rows = SetCover(condition_on_labeled=True).fit(labeled).select(view, 6)
    assert_array_equal(rows, greedy(value, proba[:2], proba, 6))


def test_the_first_of_facility_location_is_closest_to_all():
    pool = points(50)
    similar = cosine(pool, pool).sum(axis=1)
    assert FacilityLocation().select(pool).tolist() == [similar.argmax()]


def test_each_blob_once():
    angles = np.repeat(np.arange(5) * 2 * np.pi / 5, 20)
    angles = angles + 0.01 * rng_of(0).normal(size=100)
    pool = np.column_stack([np.cos(angles), np.sin(angles)])
    for strategy in (
        FacilityLocation(similarity="rbf"),
        FacilityLocation(similarity="clipped_cosine"),
        DisparityMin(),
        LogDet(similarity="rbf"),
    ):
        assert sorted(strategy.select(pool, 5) // 20) == list(range(5))


def test_dispersion_beats_chance():
    pool = points(200)
    apart = 1 - cosine(pool, pool) + 9 * np.eye(200)
    rows = DisparityMin().select(pool, 10)
    for seed in range(50):
        others = rng_of(seed).choice(200, 10, replace=False)
        assert apart[np.ix_(rows, rows)].min() > apart[np.ix_(others, others)].min()


def test_facility_location_takes_no_copies_while_something_gains():
    pool = np.repeat(points(9), 10, axis=0)
    for seed in range(5):
        view = ModelView.from_outputs(embedding=pool, seed=seed)
        labeled = ModelView.from_outputs(embedding=pool[:1])
        rows = FacilityLocation().fit(labeled).select(view, 40)
        assert sorted(rows[:8] // 10) == list(range(1, 9))
        assert len(set(rows)) == 40


@pytest.mark.parametrize("similarity", ["cosine", "clipped_cosine", "rbf"])
def test_similarities(similarity):
    labeled, pool = points(3), points(31)
    K = {
        "cosine": cosine,
        "clipped_cosine": lambda a, b: cosine_similarity(a, b).clip(0),
        "rbf": lambda a, b: rbf_kernel(a, b, 0.2),
    }[similarity]

    def value(V, X):
        return K(V, X).max(axis=1).sum()

    strategy = FacilityLocation(similarity=similarity, gamma=0.2).fit(labeled)
    assert_array_equal(strategy.select(pool, 6), greedy(value, labeled, pool, 6))


def test_the_typical_distance_sets_the_scale():
    labeled, pool = points(3), points(30)
    for strategy in (FacilityLocation(similarity="rbf"), LogDet(similarity="rbf")):
        rows = strategy.fit(labeled).select(pool, 6)
        assert_array_equal(strategy.fit(1e3 * labeled).select(1e3 * pool, 6), rows)


@pytest.mark.parametrize(
    "strategy", [s for _, s in VALUES], ids=lambda s: type(s).__name__
)
def test_sparse_rows_are_as_dense_ones(strategy):
    dense = points(60, 12) * (rng_of(0).random((60, 12)) < 0.5)
    labeled, pool = dense[:5], dense[5:]
    rows = strategy.fit(labeled).select(pool, 8)
    strategy.fit(sparse.csr_matrix(labeled))
    assert_array_equal(strategy.select(sparse.csr_matrix(pool), 8), rows)


def test_gradients_that_are_never_multiplied_out():
    proba, embedding = rng_of(0).dirichlet(np.ones(3), 40), points(40)
    gradients = np.asarray(
        GradientEmbedding().transform(
            ModelView.from_outputs(proba=proba, embedding=embedding)
        )
    )
    views = [
        ModelView.from_outputs(proba=proba[part], embedding=embedding[part])
        for part in (slice(0, 5), slice(5, 40))
    ]
    for strategy in (FacilityLocation(), GraphCut(), DisparityMin(), LogDet()):
        expected = strategy.fit(gradients[:5]).select(gradients[5:], 8)
        strategy.set_params(features=GradientEmbedding()).fit(views[0])
        assert_array_equal(strategy.select(views[1], 8), expected)
    strategy = FeatureBased(features=GradientEmbedding())
    with pytest.raises(TypeError, match="these are products"):
        strategy.fit(views[0]).select(views[1])


def test_facts_follow_the_parameters():
    def facts(strategy):
        return get_tags(strategy).strategy

    assert facts(FacilityLocation()).diverse
    assert facts(FacilityLocation()).quadratic
    stochastic = facts(FacilityLocation(optimizer="stochastic"))
    assert stochastic.stochastic
    assert not stochastic.diverse
    assert not facts(GraphCut()).quadratic
    assert facts(GraphCut(similarity="rbf")).quadratic
    assert facts(SetCover()).task == "classification"
    assert facts(SetCover()).needs == ("proba",)
    assert not facts(SetCover()).cold_start


def test_the_stochastic_optimizer_picks_the_best_of_random_parts():
    # Parts of ceil(4 / 2 * log(1 / 0.4)) = 2 samples.
    proba = np.array([[0.5, 0.5], [0.6, 0.4], [0.7, 0.3], [0.8, 0.2]])
    strategy = SetCover(features=Confidence(), optimizer="stochastic", epsilon=0.4)
    firsts = np.zeros(4)
    for seed in range(1200):
        view = ModelView.from_outputs(proba=proba, seed=seed)
        firsts[strategy.select(view, 2)[0]] += 1
    assert firsts[0] == 0
    assert chisquare(firsts[1:], 1200 * np.array([1, 2, 3]) / 6).pvalue > 0.001


class Confidence(strategies.set_cover()._default_features):
    """One concept, the larger probability."""

    def _transform(self, X):
        return X.predict_proba().max(axis=1, keepdims=True)


def test_a_cap():
    pool = np.array([[0.9, 0.0], [0.8, 0.0], [0.0, 0.3], [0.0, 0.2]])
    rows = FeatureBased(concave="min", cap=0.9).select(pool, 3)
    assert rows.tolist() == [0, 2, 3]


def test_fass_is_uncertainty_or_coverage_at_the_ends():
    proba = rng_of(0).dirichlet(np.ones(3), 60)
    view = ModelView.from_outputs(proba=proba, embedding=points(60))
    doubtful = strategies.entropy().select(view, 40)
    # Kept are as many as asked for: the batch of entropy, in another order.
    rows = strategies.fass(factor=1).select(view, 8)
    assert sorted(rows) == sorted(doubtful[:8])
    everything = strategies.fass(factor=1000).select(view, 8)
    assert_array_equal(
        everything, FacilityLocation(condition_on_labeled=False).select(view, 8)
    )
    rows = strategies.fass().select(view, 8)
    assert set(rows) <= set(doubtful)
    kept = np.sort(doubtful)
    expected = FacilityLocation(condition_on_labeled=False).select(view[kept], 8)
    assert_array_equal(rows, kept[expected])


@pytest.mark.parametrize(
    ("strategy", "name"),
    [
        (FacilityLocation(similarity="euclidean"), "similarity"),
        (FacilityLocation(gamma=0), "gamma"),
        (FacilityLocation(optimizer="naive"), "optimizer"),
        (FacilityLocation(epsilon=1), "epsilon"),
        (GraphCut(redundancy=-1), "redundancy"),
        (SaturatedCoverage(share=0), "share"),
        (FeatureBased(concave="log"), "concave"),
        (FeatureBased(cap=0), "cap"),
        (LogDet(similarity="clipped_cosine"), "similarity"),
        (LogDet(noise=-1), "noise"),
        (DisparityMin(condition_on_labeled="yes"), "condition_on_labeled"),
    ],
)
def test_parameters_out_of_range(strategy, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of"):
        strategy.select(points(5))
