from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse

from skactive.geometry import ProductFeatures, _blocks, _farthest_first, farthest_first


def distances(rows, centers):
    rows, centers = np.asarray(rows, np.float64), np.asarray(centers, np.float64)
    return np.array([[((a - b) ** 2).sum() for b in centers] for a in rows])


def naive(rows, n_picks, centers):
    """Greedy k-center as in the books: one pass over the pool per pick."""
    nearest = distances(rows, centers).min(axis=1)
    picks = []
    for _ in range(n_picks):
        picks.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, distances(rows, rows[picks[-1:]])[:, 0])
    return picks


def assert_greedy(rows, picks, chosen):
    """Each pick is as far as any row can be from what was chosen before it."""
    assert len(set(picks)) == len(picks)
    for pick in picks:
        nearest = distances(rows, chosen).min(axis=1)
        assert nearest[pick] == nearest.max()
        chosen = np.vstack([chosen, rows[pick]])


@pytest.fixture(params=["large", "small"])
def _sizes(request, monkeypatch):
    """Also with working sets so small that the engine must look for new rows."""
    if request.param == "small":
        monkeypatch.setattr(_farthest_first, "_N_ACTIVE", 7)
        monkeypatch.setattr(_farthest_first, "_N_MEASURED", 2)


@pytest.mark.usefixtures("_sizes")
@pytest.mark.parametrize("kind", ["dense", "sparse", "product"])
@pytest.mark.parametrize("start", ["centers", "given", "both"])
def test_same_picks_as_naive(kind, start):
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(330, 2)), rng.normal(size=(330, 4))
    dense = np.einsum("ia,id->iad", left, right).reshape(330, 8)
    features = {
        "dense": dense,
        "sparse": sparse.csr_array(dense),
        "product": ProductFeatures(left, right),
    }[kind]
    pool, centers = features[:300], features[300:]
    rows = [7, 250]
    chosen = {"centers": dense[300:], "given": dense[rows]}
    chosen["both"] = np.vstack([chosen["centers"], chosen["given"]])
    picks = farthest_first(
        pool,
        60,
        centers=None if start == "given" else centers,
        given=None if start == "centers" else rows,
        rng=np.random.default_rng(0),
    )
    assert picks.dtype == np.int64
    assert_array_equal(picks, naive(dense[:300], 60, chosen[start]))


@pytest.mark.usefixtures("_sizes")
@pytest.mark.parametrize(("dtype", "offset"), [("float64", 1e6), ("float32", 1e3)])
def test_offset_data(dtype, offset):
    rng = np.random.default_rng(2)
    rows = (rng.normal(size=(200, 3)) + offset).astype(dtype)
    picks = farthest_first(rows, 40, centers=rows[:5], rng=rng)
    assert_array_equal(picks, naive(rows, 40, rows[:5]))


@pytest.mark.usefixtures("_sizes")
def test_clusters_far_smaller_than_their_distance():
    rng = np.random.default_rng(3)
    rows = np.repeat([[0.0, 0], [3000, 0], [0, 3000]], 40, axis=0)
    rows = (rows + rng.normal(size=rows.shape)).astype(np.float32)
    picks = farthest_first(rows, 30, centers=rows[:1], rng=rng)
    assert_array_equal(picks, naive(rows, 30, rows[:1]))


@pytest.mark.usefixtures("_sizes")
def test_outlier():
    rows = np.array([[1e9], [0.0], [1.0], [2.0], [7.0]])
    picks = farthest_first(rows, 4, given=[1], rng=np.random.default_rng(0))
    assert_array_equal(picks, [0, 4, 3, 2])


@settings(max_examples=60)
@given(st.data())
def test_each_pick_attains_the_maximum(data):
    """On integer grids, full of ties and copies, for all kinds of features."""
    cells = st.lists(st.integers(0, 3), min_size=2, max_size=2)
    grid = np.array(data.draw(st.lists(cells, min_size=4, max_size=30)))
    n_given = data.draw(st.integers(1, 3))
    n_picks = data.draw(st.integers(1, len(grid) - n_given))
    taken = data.draw(st.permutations(range(len(grid))))[:n_given]
    dtype = data.draw(st.sampled_from(["int64", "float32", "float64"]))
    features = data.draw(
        st.sampled_from(
            [
                grid.astype(dtype),
                sparse.csr_array(grid.astype(dtype)),
                ProductFeatures(np.ones((len(grid), 1)), grid.astype(dtype)),
            ]
        )
    )
    picks = farthest_first(features, n_picks, given=taken, rng=np.random.default_rng(0))
    assert not set(picks) & set(taken)
    assert_greedy(grid, picks, grid[taken])


def test_line():
    line = np.arange(11.0)[:, np.newaxis]
    for seed in range(20):
        rng = np.random.default_rng(seed)
        picks = farthest_first(line, 9, centers=line[:1], rng=rng)
        assert_array_equal(picks[:2], [10, 5])
        assert_greedy(line, picks, line[:1])


def test_starts_closest_to_the_mean(make):
    rows = np.array([[0, 0], [10, 0], [0, 10], [3, 3], [20, 20]])
    features = make(rows)
    closest = distances(rows, rows.mean(axis=0, keepdims=True)).argmin()
    picks = farthest_first(features, 2, rng=np.random.default_rng(0))
    assert_array_equal(picks, [closest, 4])
    empty = features[:0]
    picks = farthest_first(features, 2, centers=empty, rng=np.random.default_rng(0))
    assert_array_equal(picks, [closest, 4])


def test_starts_closest_to_the_mean_of_products(product):
    features, dense = product
    closest = distances(dense, dense.mean(axis=0, keepdims=True)).argmin()
    picks = farthest_first(features, 5, rng=np.random.default_rng(0))
    assert_array_equal(picks, [closest, *naive(dense, 4, dense[[closest]])])


def test_radius_is_at_most_twice_the_best():
    rng = np.random.default_rng(4)
    for _ in range(20):
        rows = rng.normal(size=(9, 2))
        table = distances(rows, rows)
        best = min(
            table[:, list(some)].min(axis=1).max() for some in combinations(range(9), 3)
        )
        picks = farthest_first(rows, 3, rng=rng)
        assert table[:, picks].min(axis=1).max() <= 4 * best  # squared


def test_identical_rows(make):
    features = make(np.full((9, 3), 7))
    firsts = set()
    for seed in range(60):
        picks = farthest_first(features, 9, rng=np.random.default_rng(seed))
        assert_array_equal(np.sort(picks), np.arange(9))
        firsts.add(picks[0])
    assert firsts == set(range(9))


def test_copies_come_last(make):
    rows = np.repeat(np.arange(6)[:, np.newaxis] ** 2, 4, axis=0)
    picks = farthest_first(make(rows), 24, rng=np.random.default_rng(0))
    assert len(set(picks[:6] // 4)) == 6
    assert_array_equal(np.sort(picks), np.arange(24))


def test_ties_are_not_broken_by_position():
    corners = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    counts = np.zeros(4)
    for seed in range(400):
        rng = np.random.default_rng(seed)
        counts[farthest_first(corners, 1, centers=np.zeros((1, 2)), rng=rng)] += 1
    assert counts.min() > 60  # 100 expected, standard deviation 8.7


def test_repeatable_whatever_the_global_state():
    rows = np.random.default_rng(5).integers(0, 4, size=(50, 2))
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, other = (
        farthest_first(rows, 20, rng=np.random.default_rng(9)) for _ in range(2)
    )
    assert_array_equal(one, other)
    assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_no_pass_over_the_pool_per_pick(monkeypatch):
    rng = np.random.default_rng(6)
    rows = rng.normal(size=(20_000, 4))
    n_read = 0

    def counting(rows, *args, shifted=_blocks.shifted):
        nonlocal n_read
        n_read += rows.shape[0]
        return shifted(rows, *args)

    monkeypatch.setattr(_blocks, "shifted", counting)
    farthest_first(rows, 100, centers=rng.normal(size=(10, 4)), rng=rng)
    assert n_read < 5 * len(rows)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e160])
def test_features_that_are_not_finite(bad):
    rows = np.ones((5, 2))
    rows[3, 1] = bad
    for centers in (None, np.ones((1, 2))):
        with pytest.raises(ValueError, match="not finite"):
            farthest_first(rows, 2, centers=centers, rng=np.random.default_rng(0))


def test_bad_arguments():
    rows, rng = np.ones((5, 2)), np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"n_picks=4 .* the 3 rows left"):
        farthest_first(rows, 4, given=[0, 1], rng=rng)
    with pytest.raises(ValueError, match="n_picks=0"):
        farthest_first(rows, 0, rng=rng)
    with pytest.raises(ValueError, match=r"given .* 0 to 4; got -1 to 2"):
        farthest_first(rows, 1, given=[2, -1], rng=rng)
    with pytest.raises(ValueError, match="centers has 3 columns"):
        farthest_first(rows, 1, centers=np.ones((1, 3)), rng=rng)
    with pytest.raises(TypeError, match="centers is sparse"):
        farthest_first(rows, 1, centers=sparse.csr_array(rows), rng=rng)
