import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse

from skactive.geometry import (
    ProductFeatures,
    StackedFeatures,
    _cluster_maximum,
    cluster_maximum,
    farthest_first,
)


def distances(rows, centers):
    rows, centers = np.asarray(rows, np.float64), np.asarray(centers, np.float64)
    return ((rows[:, np.newaxis] - centers) ** 2).sum(axis=2)


def naive(rows, n_picks, centers):
    """All distances anew for every pick."""
    picks = []
    for _ in range(n_picks):
        everything = distances(rows, np.vstack([centers, rows[picks]]))
        nearest, labels = everything.min(axis=1), everything.argmin(axis=1)
        sums = np.bincount(labels, nearest)
        members = np.flatnonzero(labels == sums.argmax())
        picks.append(int(members[nearest[members].argmax()]))
    return picks


@pytest.fixture(params=["many", "few"], autouse=True)
def _coordinates(request, monkeypatch):
    """Also with bounds so rough that they hardly help."""
    if request.param == "few":
        monkeypatch.setattr(_cluster_maximum, "_N_COORDINATES", 1)
        monkeypatch.setattr(_cluster_maximum, "_N_AXIS_ROWS", 2)


@pytest.mark.parametrize("kind", ["dense", "float32", "sparse", "product", "stack"])
@pytest.mark.parametrize("start", ["centers", "given", "both"])
def test_same_picks_as_naive(kind, start):
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(230, 2)), rng.normal(size=(230, 4))
    dense = np.einsum("ia,id->iad", left, right).reshape(230, 8).astype(np.float32)
    features = {
        "dense": dense.astype(np.float64),
        "float32": dense,
        "sparse": sparse.csr_array(dense),
        "product": ProductFeatures(left, right),
        "stack": StackedFeatures([dense[:, :3], ProductFeatures(left, right)]),
    }[kind]
    dense = features.toarray() if kind == "sparse" else np.asarray(features)
    pool, centers = features[:200], features[200:]
    rows = [7, 150]
    chosen = {"centers": dense[200:], "given": dense[rows]}
    chosen["both"] = np.vstack([chosen["centers"], chosen["given"]])
    picks = cluster_maximum(
        pool,
        50,
        centers=None if start == "given" else centers,
        given=None if start == "centers" else rows,
        rng=np.random.default_rng(0),
    )
    assert picks.dtype == np.int64
    assert_array_equal(picks, naive(dense[:200], 50, chosen[start]))


@pytest.mark.parametrize(("dtype", "offset"), [("float64", 1e6), ("float32", 1e3)])
def test_offset_data(dtype, offset):
    rng = np.random.default_rng(2)
    rows = (rng.normal(size=(200, 3)) + offset).astype(dtype)
    picks = cluster_maximum(rows, 40, centers=rows[:5], rng=rng)
    assert_array_equal(picks, naive(rows, 40, rows[:5]))


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=1, max_size=25).map(
        np.array
    ),
    data=st.data(),
)
def test_picks_are_optimal_with_ties(rows, data):
    n_picks = data.draw(st.integers(1, len(rows)))
    centers = data.draw(st.sampled_from([rows[:1], rows[:3] + 1]))
    picks = cluster_maximum(
        rows, n_picks, centers=centers, rng=np.random.default_rng(0)
    )
    assert len(set(picks.tolist())) == n_picks
    for number, pick in enumerate(picks):
        # A row between two centers may belong to either, so look at its distance only:
        # no pick is a copy of a center while a row is not.
        nearest = distances(rows, np.vstack([centers, rows[picks[:number]]])).min(
            axis=1
        )
        assert nearest[pick] > 0 or nearest.max() == 0


def test_large_cluster_before_outlier():
    pool = np.append(np.full(40, 1.0), 105.0)[:, np.newaxis]
    centers = np.array([[0.0], [100.0]])
    rng = np.random.default_rng(0)
    picks = cluster_maximum(pool, 2, centers=centers, rng=rng)
    assert_array_equal(pool[picks].ravel(), [1, 105])
    assert pool[farthest_first(pool, 1, centers=centers, rng=rng)] == 105


def test_one_center_is_farthest_first():
    rows = np.random.default_rng(0).normal(size=(50, 3))
    rng = np.random.default_rng(1)
    (pick,) = cluster_maximum(rows, 1, centers=rows[:1], rng=rng)
    assert pick == farthest_first(rows, 1, centers=rows[:1], rng=rng)[0]


def test_rotation_changes_nothing():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 4))
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    picks = [
        cluster_maximum(X[20:], 30, centers=X[:20], rng=np.random.default_rng(0))
        for X in (rows, rows @ rotation)
    ]
    assert_array_equal(*picks)


def test_starts_with_the_longest():
    rows = np.array([[1.0, 0.0], [0.0, -5.0], [4.0, 0.0]])
    assert cluster_maximum(rows, 1, rng=np.random.default_rng(0)) == [1]


def test_copies_come_last_and_in_random_order():
    rows = np.repeat([[0.0], [3.0]], [8, 2], axis=0)
    firsts, seconds = [], []
    for seed in range(40):
        picks = cluster_maximum(
            rows, 10, centers=np.zeros((1, 1)), rng=np.random.default_rng(seed)
        )
        assert set(picks) == set(range(10))
        assert picks[0] >= 8
        firsts.append(picks[0])
        seconds.append(picks[1])
    assert set(firsts) == {8, 9}
    assert len(set(seconds)) > 4


def test_tied_clusters_by_lot():
    rows = np.array([[-1.0], [1.0], [99.0], [101.0]])
    centers = np.array([[0.0], [100.0]])
    picks = {
        int(cluster_maximum(rows, 1, centers=centers, rng=np.random.default_rng(s))[0])
        for s in range(40)
    }
    assert picks == {0, 1, 2, 3}


def test_few_rows_are_measured(monkeypatch):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2000, 10)) * 2.0 ** -np.arange(10)
    measured = []
    plain = _cluster_maximum._Clusters._measure

    def counted(self, rows, *args):
        measured.append(len(rows))
        plain(self, rows, *args)

    monkeypatch.setattr(_cluster_maximum._Clusters, "_measure", counted)
    cluster_maximum(rows, 50, centers=rows[:50], rng=rng)
    if _cluster_maximum._N_COORDINATES > 1:
        assert sum(measured[1:]) < 0.1 * 50 * 2000


def test_bad_input():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="not finite"):
        cluster_maximum(np.array([[1.0], [np.nan]]), 1, rng=rng)
    with pytest.raises(TypeError, match="centers is sparse"):
        cluster_maximum(np.eye(3), 1, centers=sparse.eye_array(3).tocsr(), rng=rng)
    with pytest.raises(ValueError, match="2 columns"):
        cluster_maximum(np.eye(3), 1, centers=np.eye(2), rng=rng)
