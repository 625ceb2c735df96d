"""DropQuery and ALFA-Mix against their definitions; CLUE."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import entr, softmax
from scipy.stats import chisquare
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner, ModelView, strategies
from skactive.adapters import InputGradient
from skactive.features import GradientEmbedding
from skactive.selection import AlfaMix, DropQuery

rng_of = np.random.default_rng
WEIGHTS = rng_of(9).normal(size=(3, 5))


def view_of(embedding, weights=WEIGHTS, bias=None, **outputs):
    bias = np.zeros(len(weights)) if bias is None else bias
    head = InputGradient.linear(embedding, weights, bias)
    return ModelView.from_outputs(
        head=head, embedding=embedding, classes=np.arange(len(weights)), **outputs
    )


def candidates_of(strategy, view, n_queries, given=()):
    """The rows that are clustered."""
    given = np.array(given, dtype=np.int64)
    levels = strategy._levels(view, n_queries, given, strategy._rng(view))
    return np.setdiff1d(np.flatnonzero(levels == 0), given)


# --- DropQuery


def test_more_than_half_of_the_drops_change_the_class():
    # Of two features one decides: the class changes if the large one alone is dropped.
    embedding = np.tile([[2.0, -1.0]], (20_000, 1))
    view = view_of(embedding, np.array([[1.0, 1.0]]))
    for rate in (0.3, 0.75):
        one = rate * (1 - rate) + rate**2  # nothing left is a tie, the first class
        for n_drops in (1, 3, 4):
            strategy = DropQuery(n_drops=n_drops, rate=rate, random_state=0)
            found = len(candidates_of(strategy, view, 5))
            law = rng_of(1).binomial(n_drops, one, size=200_000)
            share = np.mean(law > n_drops / 2)
            assert found / 20_000 == pytest.approx(share, abs=0.015)


def test_what_is_kept_is_scaled_up():
    # Only with twice the feature is the class that of the clean sample.
    view = view_of(np.full((4000, 1), 3.0), np.array([[1.0]]), [-5.0])
    strategy = DropQuery(n_drops=1, rate=0.5, random_state=0)
    share = len(candidates_of(strategy, view, 5)) / 4000
    assert share == pytest.approx(0.5, abs=0.05)


def test_far_from_the_boundary_nobody_is_asked():
    rng = rng_of(0)
    near, far = rng.normal(size=(40, 5)), 5 + np.abs(rng.normal(size=(40, 5)))
    view = view_of(np.vstack([far, near]), np.ones((1, 5)), [0.1])
    for seed in range(10):
        rows = DropQuery(rate=0.5, random_state=seed).select(view, 5)
        assert (rows >= 40).all()


def test_one_from_each_cluster_of_directions():
    strategy, b = DropQuery(random_state=3), 6
    embedding = rng_of(1).normal(size=(200, 5))
    view = view_of(embedding)
    found = candidates_of(strategy, view, b)
    assert b < len(found) < 200
    rows = strategy.select(view, b)
    assert set(rows) <= set(found)
    # A model of the same clusters: the picks are the nearest to their own means.
    units = embedding[found] / np.linalg.norm(embedding[found], axis=1)[:, None]
    picked = units[np.searchsorted(found, rows)]
    start = KMeans(b, init=picked, n_init=1, max_iter=1).fit(units)
    assert len(set(start.predict(picked))) == b
    # Length plays no part.
    longer = embedding * rng_of(2).uniform(1, 9, size=(200, 1))
    head = InputGradient.linear(embedding, WEIGHTS, np.zeros(3))
    other = ModelView.from_outputs(head=head, embedding=longer, classes=range(3))
    assert_array_equal(DropQuery(random_state=3).select(other, b), rows)


def test_a_constant_classifier_gives_random_rows():
    view = view_of(rng_of(0).normal(size=(8, 5)), 0 * WEIGHTS, [1.0, 0.0, 0.0])
    firsts = [DropQuery(random_state=s).select(view, 3)[0] for s in range(400)]
    assert chisquare(np.bincount(firsts, minlength=8)).pvalue > 0.001


def test_too_few_candidates_come_first():
    sure, torn = np.full((30, 5), 9.0), np.tile([[2.0, -1, -1, 0.1, 0]], (2, 1))
    view = view_of(np.vstack([sure, torn]), np.ones((1, 5)))
    for seed in range(20):
        strategy = DropQuery(n_drops=101, rate=0.5, random_state=seed)
        found = candidates_of(strategy, view, 4)
        rows = strategy.select(view, 4)
        assert set(rows[: len(found)]) == set(found)
        assert len(set(rows)) == 4


# --- ALFA-Mix


def flips_by_mixing(view, anchors, epsilon):
    """Whether the class of a sample changes when mixed as in the paper."""
    head = view.output("head")
    z = np.asarray(head.samples)

    def of_logits(inputs, logits_at):
        return logits_at(inputs)[0]

    logits = head.map(of_logits)
    weights = view.weights
    proba = softmax(logits, axis=1)
    proba[np.arange(len(z)), logits.argmax(axis=1)] -= 1
    gradient = proba @ weights
    flips = np.zeros(len(z), dtype=bool)
    for anchor in anchors:
        gap = anchor - z
        size = epsilon * np.linalg.norm(gap, axis=1) / np.linalg.norm(gradient, axis=1)
        alpha = size[:, np.newaxis] * gradient / gap
        mixed = alpha * anchor + (1 - alpha) * z
        moved = InputGradient.linear(mixed, weights, view.bias).map(of_logits)
        flips |= moved.argmax(axis=1) != logits.argmax(axis=1)
    return flips


def alfa_problem(n=150, seed=0):
    rng = rng_of(seed)
    labeled, y = rng.normal(size=(12, 5)), np.repeat([0, 1, 2], 4)
    bias = rng.normal(size=3)
    pool = view_of(rng.normal(size=(n, 5)), bias=bias)
    pool.weights, pool.bias = WEIGHTS, bias
    anchors = [labeled[y == c].mean(axis=0) for c in range(3)]
    return view_of(labeled, bias=bias), y, pool, anchors


@pytest.mark.parametrize("epsilon", [0.02, 0.1, 0.3])
def test_candidates_change_class_when_mixed(epsilon):
    labeled, y, pool, anchors = alfa_problem()
    strategy = AlfaMix(epsilon=epsilon).fit(labeled, y)
    assert_allclose(strategy.anchors_, anchors)
    flips = flips_by_mixing(pool, anchors, epsilon)
    n_queries = np.count_nonzero(flips) - 1  # so few that epsilon need not grow
    assert n_queries > 0
    found = candidates_of(strategy, pool, n_queries)
    assert_array_equal(found, np.flatnonzero(flips))


def test_epsilon_grows_by_its_own_size():
    labeled, y, pool, anchors = alfa_problem()
    strategy, given = AlfaMix().fit(labeled, y), [0, 1, 2]
    epsilon = 0.2 / np.sqrt(5)
    free = np.arange(150) > 2
    for n_queries in (5, 40, 80):
        for times in range(1, 12):
            flips = flips_by_mixing(pool, anchors, times * epsilon) & free
            if times == 11 or flips.sum() > n_queries:
                break
        found = candidates_of(strategy, pool, n_queries, given)
        assert_array_equal(found, np.flatnonzero(flips))
        rows = strategy.select(pool, min(n_queries, len(found) - 1), given=given)
        assert set(rows) <= set(found)


def test_no_division_by_zero():
    # A sample that is its only anchor, features that do not differ, a flat model.
    embedding = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 3.0], [0.0, 2.0]])
    for weights, bias in (
        (np.array([[1.0, -1.0]]), [0.9]),
        (np.zeros((1, 2)), [1.0]),
        (np.zeros((1, 2)), [0.0]),
        (1e100 * np.array([[1.0, -1.0]]), [0.0]),
    ):
        pool = view_of(embedding, np.vstack([0 * weights, weights]), [0.0, *bias])
        labeled = view_of(
            embedding[:1], np.vstack([0 * weights, weights]), [0.0, *bias]
        )
        with np.errstate(divide="raise", invalid="raise"):
            rows = AlfaMix(random_state=0).fit(labeled, [0]).select(pool, 3)
        assert len(set(rows)) == 3


def test_a_saturated_model_still_has_a_boundary():
    X = np.vstack([rng_of(0).normal(size=(50, 2)), [[0.001, 0.0]]])
    weights = np.array([[0.0, 0.0], [1e4, 0.0]])
    strategy = AlfaMix(epsilon=0.01, random_state=0)
    strategy.fit(view_of(X[:10], weights), (X[:10, 0] > 0).astype(int))
    assert 40 in candidates_of(strategy, view_of(X[10:], weights), 1)


def test_the_rest_is_random_and_never_twice():
    labeled, y, _, _ = alfa_problem()
    pool = view_of(np.full((12, 5), 1e6), 0 * WEIGHTS, [1.0, 0.0, 0.0])
    firsts = []
    for seed in range(400):
        rows = AlfaMix(random_state=seed).fit(labeled, y).select(pool, 5, given=[11])
        assert len({*rows, 11}) == 6
        firsts.append(rows[0])
    assert chisquare(np.bincount(firsts, minlength=11)).pvalue > 0.001


def test_it_needs_labels():
    labeled, _, pool, _ = alfa_problem()
    with pytest.raises(ValueError, match="AlfaMix needs the labels"):
        AlfaMix().fit(labeled)
    with pytest.raises(NotFittedError):
        AlfaMix().select(pool)


# --- both


@pytest.mark.parametrize("kind", [DropQuery, AlfaMix])
def test_given_rows_take_up_clusters(kind, monkeypatch):
    def all_are_candidates(self, X, n_queries, given, rng):
        return np.zeros(len(X), dtype=int)

    monkeypatch.setattr(kind, "_levels", all_are_candidates)
    blobs = np.repeat(np.eye(5)[:3], 20, axis=0) + 0.01 * rng_of(0).normal(size=(60, 5))
    y = np.arange(60) % 3
    strategy = kind(random_state=0).fit(view_of(blobs), y)
    rows = strategy.select(view_of(blobs), 2, given=[25])
    assert sorted(rows // 20) == [0, 2]


@pytest.mark.parametrize("kind", [DropQuery, AlfaMix])
def test_products_have_no_clusters(kind):
    strategy = kind(features=GradientEmbedding())
    proba = np.full((12, 3), 1 / 3)
    labeled = view_of(rng_of(0).normal(size=(12, 5)), proba=proba)
    with pytest.raises(TypeError, match="takes means of rows"):
        strategy.fit(labeled, np.arange(12) % 3).select(labeled, 2)


@pytest.mark.parametrize("name", ["dropquery", "alfa_mix"])
@pytest.mark.parametrize("kind", ["linear", "net"])
def test_with_a_learner(name, kind):
    X = rng_of(0).normal(size=(120, 4))
    y = np.array(["a", "b", "c"])[np.digitize(X[:, 0] + X[:, 1], [-0.7, 0.7])]
    model = LogisticRegression()
    if kind == "net":
        nets = pytest.importorskip("skactive.nets")
        model = nets.TorchMLPClassifier(hidden_sizes=(16,), max_epochs=30)
    learner = ActiveLearner(model, strategies.get(name), random_state=0)
    learner.fit(X[:20], y[:20])
    rows = learner.query(X[20:], 8)
    assert len(set(rows)) == 8
    if name == "alfa_mix":  # they are nearer to boundaries than the pool is
        gaps = np.sort(learner.predict_proba(X[20:]), axis=1)
        gaps = gaps[:, -1] - gaps[:, -2]
        assert gaps[rows].mean() < gaps.mean()


# --- CLUE


@pytest.mark.parametrize("temperature", [0.3, 1.0])
def test_clue_is_weighted_k_means(temperature):
    centers = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0], [20.0, 20.0]])
    points = np.repeat(centers, 15, axis=0) + rng_of(0).normal(size=(60, 2))
    proba = rng_of(1).dirichlet(np.ones(3), size=60)
    sharp = softmax(np.log(proba) / temperature, axis=1)
    weights = entr(sharp).sum(axis=1)
    expected = {}
    for blob in range(4):
        own = np.arange(15) + 15 * blob
        center = np.average(points[own], axis=0, weights=weights[own])
        nearest = own[np.square(points[own] - center).sum(axis=1).argmin()]
        expected[nearest] = weights[own].sum()
    strategy = strategies.clue(temperature=temperature, random_state=0)
    strategy.set_params(n_init=10)
    rows = strategy.select(ModelView.from_outputs(proba=proba, embedding=points), 4)
    assert_array_equal(rows, sorted(expected, key=expected.get, reverse=True))


def test_clue_asks_in_the_same_order_every_time():
    proba = rng_of(1).dirichlet(np.ones(3), size=60)
    view = ModelView.from_outputs(proba=proba, embedding=rng_of(0).normal(size=(60, 4)))
    rows = [strategies.clue(random_state=5).select(view, 9) for _ in range(3)]
    assert_array_equal(rows[0], rows[1])
    assert_array_equal(rows[0], rows[2])
