"""Graph networks: what they ask for, in whatever order the pool stands."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skactive import ModelView, strategies
from skactive.geometry import ProductFeatures, farthest_first
from skactive.selection import CoreGCN, UncertainGCN

rng_of = np.random.default_rng


def make_pool(start, seed=0):
    """Fifty samples around (3, 0), and ten around (0, 3) from row `start` on."""
    pool = rng_of(seed).normal([3, 0], 0.3, size=(60, 2))
    pool[start : start + 10] += [-3, 3]
    return pool


LABELED = rng_of(9).normal([3, 0], 0.3, size=(8, 2))


@pytest.mark.parametrize("start", [0, 25, 50])
def test_a_cluster_apart_is_found_wherever_it_stands(start):
    pool = make_pool(start)
    sure = UncertainGCN(margin=0, random_state=1).fit(LABELED).select(pool, 5)
    core = CoreGCN(random_state=1).fit(LABELED).select(pool, 1)
    for rows in (sure, core):
        assert ((rows >= start) & (rows < start + 10)).all()


def test_the_margin_is_what_is_asked_for():
    pool = make_pool(20)
    chooser = UncertainGCN(margin=0, random_state=0).fit(LABELED)
    labeledness = -chooser.score_samples(pool)
    assert ((labeledness > 0) & (labeledness < 1)).all()
    for margin in (0.0, 0.1, 0.3, 0.45, 1.0):
        rows = chooser.set_params(margin=margin).select(pool, 60)
        closeness = np.abs(labeledness[rows] - margin)
        assert (np.diff(closeness) > -1e-8).all()
        assert_allclose(chooser.score_samples(pool)[rows], -closeness, atol=1e-8)


def test_core_gcn_is_k_center_on_the_hidden_layer():
    pool, given = make_pool(10), np.array([3, 12])
    chooser = CoreGCN(random_state=2).fit(LABELED)
    _, labeled, hidden = chooser._trained(ModelView.from_outputs(pool), given)
    rows = farthest_first(hidden, 6, centers=labeled, given=given, rng=rng_of(0))
    assert_array_equal(chooser.select(pool, 6, given=given), rows)


def test_given_rows_count_as_labeled():
    pool = make_pool(20)
    chooser = UncertainGCN(margin=0, random_state=0).fit(LABELED)
    before = chooser._closeness(ModelView.from_outputs(pool), np.arange(0))
    after = chooser._closeness(ModelView.from_outputs(pool), np.arange(20, 28))
    # The two that are left look more labeled.
    assert (after[28:30] < before[28:30]).all()


@pytest.mark.parametrize("make", [strategies.uncertain_gcn, strategies.core_gcn])
def test_kinds_of_features(make):
    labeled, pool = rng_of(0).random((5, 3)), rng_of(1).random((20, 3))
    expected = make(random_state=0).fit(labeled).select(pool, 4)
    for container in (sparse.csr_matrix, lambda X: X.astype(np.float32)):
        rows = make(random_state=0).fit(container(labeled)).select(container(pool), 4)
        assert_array_equal(rows, expected)
    sides = [
        ModelView.from_outputs(embedding=ProductFeatures(np.ones((len(X), 1)), X))
        for X in (labeled, pool)
    ]
    assert_array_equal(make(random_state=0).fit(sides[0]).select(sides[1], 4), expected)


def test_wide_products_are_refused():
    wide = ProductFeatures(np.ones((4, 100)), np.ones((4, 100)))
    with pytest.raises(TypeError, match="Sketch"):
        CoreGCN().fit(ModelView.from_outputs(embedding=wide))


def test_the_length_of_a_sample_plays_no_part():
    pool = make_pool(20)
    rows = CoreGCN(random_state=0).fit(LABELED).select(pool, 5)
    lengths = 2.0 ** rng_of(0).integers(-5, 5, 60)[:, None]
    longer = CoreGCN(random_state=0).fit(4 * LABELED).select(pool * lengths, 5)
    assert_array_equal(rows, longer)


def test_labeled_samples_are_needed():
    with pytest.raises(NotFittedError):
        CoreGCN().select([[1.0], [2.0]])
