"""k-means++ and BADGE against the exact law of sequential draws."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from scipy.spatial.distance import cdist
from scipy.stats import chisquare

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.geometry import squared_distances, squared_norms
from skactive.selection import KMeansPlusPlus

PROBA = np.array([[0.8, 0.2], [0.5, 0.5], [0.6, 0.4]])
EMBEDDING = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])


def gradients_of(proba, embedding):
    """Every product of a residual and an activation, written out."""
    residual = proba - np.eye(proba.shape[1])[proba.argmax(axis=1)]
    return np.array(
        [np.outer(r, h).ravel() for r, h in zip(residual, embedding, strict=True)]
    )


def law_of(points, n_queries, first, given=()):
    """Probability of every batch in every order."""
    distances = cdist(points, points, "sqeuclidean")
    free = [row for row in range(len(points)) if row not in given]
    law = {}
    for rows in permutations(free, n_queries):
        chance, taken = 1.0, list(given)
        for row in rows:
            weights = np.zeros(len(points))
            if taken:
                weights[:] = distances[:, taken].min(axis=1)
            elif first == "max_norm":
                weights[np.square(points).sum(axis=1).argmax()] = 1
            else:
                weights[:] = 1
            if not weights.any():  # copies only: all that is left is equal
                weights[[row for row in free if row not in taken]] = 1
            chance *= weights[row] / weights.sum()
            taken.append(row)
        law[rows] = chance
    return law


def picks(strategy, view, n_queries, n_seeds=500, given=None):
    return [
        tuple(
            strategy.set_params(random_state=seed)
            .select(view, n_queries, given=given)
            .tolist()
        )
        for seed in range(n_seeds)
    ]


def assert_follows(rows, law):
    possible = {key: chance for key, chance in law.items() if chance > 0}
    counts = Counter(rows)
    assert counts.keys() <= possible.keys()
    observed = [counts[key] for key in possible]
    expected = np.array(list(possible.values())) * len(rows)
    assert chisquare(observed, expected).pvalue > 0.001


def test_gradients_worked_out_by_hand():
    view = ModelView.from_outputs(proba=PROBA, embedding=EMBEDDING)
    gradients = GradientEmbedding().transform(view)
    assert_allclose(squared_norms(gradients), [0.08, 2, 0.64])
    expected = [[0, 2.08, 0.4], [2.08, 0, 1.04], [0.4, 1.04, 0]]
    assert_allclose(squared_distances(gradients, gradients), expected, atol=1e-12)
    rows = picks(strategies.badge(), view, 2)
    assert {first for first, _ in rows} == {1}
    assert_follows(rows, {(1, 0): 2 / 3, (1, 2): 1 / 3})


@pytest.mark.parametrize("first", ["max_norm", "uniform"])
@pytest.mark.parametrize("given", [(), (0, 3)])
def test_badge_follows_the_law_of_the_written_out_gradients(first, given):
    rng = np.random.default_rng(0)
    proba, embedding = rng.dirichlet(np.ones(3), 5), rng.normal(size=(5, 2))
    view = ModelView.from_outputs(proba=proba, embedding=embedding)
    law = law_of(gradients_of(proba, embedding), 2, first, given)
    assert_follows(picks(strategies.badge(first=first), view, 2, given=given), law)


def test_three_picks_of_plain_points():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [2.0, 2.0]])
    rows = picks(KMeansPlusPlus(), ModelView.from_outputs(points), 3)
    assert_follows(rows, law_of(points, 3, "max_norm"))


def test_sparse_points():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [2.0, 2.0]])
    view = ModelView.from_outputs(embedding=sparse.csr_matrix(points))
    rows = picks(KMeansPlusPlus(first="uniform"), view, 2, n_seeds=300)
    assert_follows(rows, law_of(points, 2, "uniform"))


def test_labeled_samples_play_no_part():
    pool = ModelView.from_outputs(np.arange(8.0)[:, None])
    fitted = KMeansPlusPlus(random_state=0).fit(np.array([[7.0], [3.0]]), [0, 1])
    fresh = KMeansPlusPlus(random_state=0)
    assert fitted.select(pool, 5).tolist() == fresh.select(pool, 5).tolist()


@pytest.mark.parametrize("n_copies", [2, 5])
def test_points_that_are_all_the_same_are_drawn_uniformly_and_once(n_copies):
    view = ModelView.from_outputs(np.ones((n_copies, 3)))
    rows = picks(KMeansPlusPlus(), view, n_copies, n_seeds=300)
    assert all(sorted(batch) == list(range(n_copies)) for batch in rows)
    firsts = np.bincount([batch[0] for batch in rows], minlength=n_copies)
    assert chisquare(firsts).pvalue > 0.001


def test_a_model_without_doubt_is_no_trouble():
    view = ModelView.from_outputs(
        proba=np.eye(3)[[0, 1, 2, 0, 1, 2]], embedding=np.arange(12.0).reshape(6, 2)
    )
    rows = picks(strategies.badge(), view, 6, n_seeds=300)
    assert all(sorted(batch) == list(range(6)) for batch in rows)
    firsts = np.bincount([batch[0] for batch in rows], minlength=6)
    assert chisquare(firsts).pvalue > 0.001


def test_copies_of_what_is_given_are_never_drawn():
    view = ModelView.from_outputs(np.repeat([[0.0], [1.0], [5.0]], 4, axis=0))
    rows = picks(KMeansPlusPlus(), view, 2, n_seeds=100, given=[5])
    assert all(sorted(row // 4 for row in batch) == [0, 2] for batch in rows)


def test_twins_with_the_longest_gradient_both_come_first():
    points = np.array([[0.0], [3.0], [3.0], [-3.0]])
    firsts = {
        int(KMeansPlusPlus().select(ModelView.from_outputs(points, seed=seed))[0])
        for seed in range(30)
    }
    rows = picks(KMeansPlusPlus(), ModelView.from_outputs(points), 1, n_seeds=30)
    assert firsts == {first for (first,) in rows} == {1, 2, 3}


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({"first": "random"}, "first"), ({"features": "embedding"}, "features")],
)
def test_wrong_parameters(parameters, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter of KMeansPlusPlus"):
        KMeansPlusPlus(**parameters).select(EMBEDDING)


def test_the_cosine_metric_compares_directions():
    points = np.array([[9.0, 0.0], [1.0, 1.0], [0.0, 2.0], [-5.0, 5.0]])
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    # None is the longest any more.
    rows = picks(KMeansPlusPlus(metric="cosine"), ModelView.from_outputs(points), 2)
    assert_follows(rows, law_of(unit, 2, "uniform"))


def test_k_means_plusplus_by_name_begins_anywhere():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [2.0, 2.0]])
    rows = picks(strategies.kmeanspp(), ModelView.from_outputs(points), 2)
    assert_follows(rows, law_of(points, 2, "uniform"))


def test_labeled_samples_count_if_asked():
    labeled, pool = [[0.0]], [[0.0], [0.0], [5.0]]
    strategy = KMeansPlusPlus(condition_on_labeled=True, random_state=0)
    assert strategy.fit(labeled).select(pool) == [2]
    firsts = {
        int(
            KMeansPlusPlus(first="uniform", random_state=s).fit(labeled).select(pool)[0]
        )
        for s in range(20)
    }
    assert firsts == {0, 1, 2}
