"""DCoM: radii, coverage and competence by brute force; the two limits; memory."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive import ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.selection import DCoM, ProbCover

rng_of = np.random.default_rng


def view_of(points, seed=0, **more):
    gap = rng_of([seed, len(points)]).uniform(size=len(points))
    # The side of the first axis is the class that the model takes a point for.
    first = np.where(points[:, 0] > 0, 1 + gap, 1 - gap) / 2
    proba = np.column_stack([1 - first, first])
    return ModelView.from_outputs(points, proba=proba, seed=seed, **more)


def guesses(points):
    return (points[:, 0] > 0).astype(int)


def points(n, seed=0):
    return rng_of([n, seed]).normal(size=(n, 2))


def apart(a, b):
    return np.sqrt(((a[:, None] - b) ** 2).sum(axis=2))


def largest_radius(center, label, others, purity, limit):
    """By trial of every radius at which a row is about to enter."""
    distances = apart(others, center[None])[:, 0]
    agree = guesses(others) == label
    best = 0.0
    for radius in [*distances, limit]:
        inside = distances < radius
        if radius <= limit and (not inside.any() or agree[inside].mean() >= purity):
            best = max(best, radius)
    return best * (1 - 1e-9)


def coverage(pool, labeled, radii):
    everyone = np.vstack([pool, labeled])
    return (apart(everyone, labeled) < radii).any(axis=1).mean()


def competence(c):
    return (1 + np.exp(-50 * 0.2)) / (1 + np.exp(-50 * (c - 0.8)))


@pytest.mark.parametrize("seed", range(5))
def test_first_round_by_brute_force(seed):
    pool, labeled = points(60, seed), points(5, seed)
    y = rng_of(seed).integers(0, 2, 5)
    y[:2] = [0, 1]
    delta = 0.6
    strategy = DCoM(delta=delta, metric="euclidean").fit(view_of(labeled), y)
    rows = strategy.select(view_of(pool), 15)
    purity = 0.2 * coverage(pool, labeled, np.full(5, delta)) + 0.4
    radii = [
        largest_radius(
            labeled[i],
            y[i],
            np.vstack([pool, np.delete(labeled, i, axis=0)]),
            purity,
            1.5 * delta,
        )
        for i in range(5)
    ]
    assert_allclose(np.sort(strategy.row_radii_), np.sort(radii))
    assert strategy.coverage_ == pytest.approx(coverage(pool, labeled, radii))
    weight = competence(strategy.coverage_)
    assert strategy.competence_ == pytest.approx(weight)

    inside = apart(pool, pool) < np.mean(radii)
    uncovered = ~(apart(pool, labeled) < radii).any(axis=1)
    doubt = -np.abs(np.diff(view_of(pool).predict_proba())[:, 0])
    free = np.ones(60, dtype=bool)
    for row in rows:
        counts = inside[:, uncovered].sum(axis=1)

        def scaled(values, free=free):
            low, high = values[free].min(), values[free].max()
            return (values - low) / max(high - low, 1e-300)

        worth = weight * scaled(doubt) + (1 - weight) * scaled(counts)
        assert worth[row] == pytest.approx(worth[free].max())
        free[row] = False
        uncovered &= ~inside[:, row]


def test_competence_of_a_coverage():
    from skactive.selection._dcom import _competence

    assert _competence(0.8) == pytest.approx(0.5, abs=1e-4)
    assert _competence(1.0) == 1
    assert _competence(0.5) == pytest.approx(3e-7, rel=0.03)


def test_with_little_covered_it_is_probcover():
    pool = points(200)
    for labeled, delta in ((None, 0.1), (np.array([[50.0, 50], [-50, 60]]), 0.1)):
        dcom = DCoM(delta=delta, metric="euclidean")
        cover = ProbCover(delta=delta * (1 if labeled is None else 1.5))
        cover.set_params(metric="euclidean")
        if labeled is not None:
            dcom.fit(view_of(labeled), [0, 1])
            cover.fit(labeled)
        rows = dcom.select(view_of(pool), 20)
        if labeled is not None:  # nothing is near: the largest radius there may be
            assert_allclose(dcom.row_radii_, 1.5 * delta)
        expected = ProbCover(delta=cover.delta, metric="euclidean")
        # Among equal counts doubt decides; so each pick covers as much as it can.
        inside = apart(pool, pool) < expected.delta
        uncovered = np.ones(200, dtype=bool)
        for row in rows:
            gains = inside[:, uncovered].sum(axis=1)
            assert gains[row] == gains.max()
            uncovered &= ~inside[:, row]


def test_with_all_covered_it_is_margin_sampling():
    pool = points(100)
    labeled = np.array([[5.0, 0], [-5, 0]])
    strategy = DCoM(delta=100.0, metric="euclidean").fit(view_of(labeled), [1, 0])
    # Both balls are pure up to the middle, and so wide that nothing is left.
    rows = strategy.select(view_of(pool), 30)
    assert strategy.coverage_ == strategy.competence_ == 1
    assert_array_equal(rows, strategies.margin().select(view_of(pool), 30))


def test_the_size_of_the_pool_is_no_multiple_of_anything():
    for n in (1, 701):
        pool = points(n)
        strategy = DCoM(delta=0.2).fit(view_of(points(3)), [0, 1, 0])
        assert len(set(strategy.select(view_of(pool), n))) == n


def test_old_labels_keep_their_radii():
    pool, first, more = points(80), points(4, 1), points(3, 2)
    y, new_y = guesses(first), guesses(more)
    old = DCoM(delta=0.4, metric="euclidean").fit(view_of(first), y)
    old.select(view_of(pool), 3)
    radii = dict(zip(old.row_keys_, old.row_radii_, strict=True))
    everything = view_of(np.vstack([more, first]))  # in another order
    labels = np.append(1 - new_y, y)
    new = DCoM(delta=9.0, metric="euclidean").resume(old).fit(everything, labels)
    rows = new.select(view_of(pool), 3)
    assert new.delta_ == 0.4
    assert len(new.row_keys_) == 7
    known = dict(zip(new.row_keys_, new.row_radii_, strict=True))
    assert {key: known[key] for key in radii} == radii
    assert_array_equal(new.select(view_of(pool), 3), rows)


def test_a_radius_of_products_is_a_number():
    proba = rng_of(0).dirichlet([1, 1, 1], 20)
    view = ModelView.from_outputs(proba=proba, embedding=points(20))
    strategy = DCoM(features=GradientEmbedding(), delta=0.5, metric="euclidean")
    strategy.fit(view[:5], [0, 1, 2, 0, 1])
    assert len(set(strategy.select(view[5:], 15))) == 15


def test_it_needs_labels():
    with pytest.raises(ValueError, match="needs the labels"):
        DCoM().fit(view_of(points(3)))
