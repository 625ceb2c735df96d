"""k-DPPs: the law against determinants of all subsets."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import chisquare

from skactive.geometry import ProductFeatures, sample_kdpp

rng_of = np.random.default_rng
POINTS = rng_of(0).normal(size=(5, 4))


def determinants(rows, size, given=()):
    """Probability of each set of rows beside the given ones."""
    kernel = rows @ rows.T
    free = [i for i in range(len(rows)) if i not in given]
    weights = {}
    for some in combinations(free, size):
        index = [*given, *some]
        weights[some] = np.linalg.det(kernel[np.ix_(index, index)])
    total = sum(weights.values())
    return {some: max(weight / total, 0) for some, weight in weights.items()}


def require_law(features, law, size, given=(), n_times=800):
    rng = rng_of(7)
    counts = dict.fromkeys(law, 0)
    for _ in range(n_times):
        rows = sample_kdpp(features, size, given=list(given), rng=rng)
        counts[tuple(sorted(rows.tolist()))] += 1
    possible = [some for some in law if law[some] > 1e-9]
    assert sum(counts[some] for some in possible) == n_times
    expected = n_times * np.array([law[some] for some in possible])
    observed = [counts[some] for some in possible]
    assert chisquare(observed, expected * n_times / expected.sum()).pvalue > 0.001


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_law_of_all_subsets(size):
    require_law(POINTS, determinants(POINTS, size), size)


def test_law_where_rows_are_wider_than_many():
    wide = rng_of(1).normal(size=(5, 9))
    require_law(wide, determinants(wide, 2), 2)


@pytest.mark.parametrize("given", [(2,), (4, 0)])
def test_law_given_rows(given):
    require_law(POINTS, determinants(POINTS, 2, given), 2, given)


def test_law_of_features_of_other_kinds():
    left, right = rng_of(2).normal(size=(5, 2)), rng_of(3).normal(size=(5, 2))
    product = ProductFeatures(left, right)
    law = determinants(np.asarray(product), 2)
    require_law(product, law, 2)
    holes = POINTS * (np.abs(POINTS) > 0.4)
    require_law(sparse.csr_matrix(holes), determinants(holes, 2), 2)


def test_more_rows_than_dimensions_is_the_limit_of_little_noise():
    flat = POINTS[:, :2]
    noisy = np.hstack([flat, 1e-4 * np.eye(5)])
    require_law(flat, determinants(noisy, 3), 3)


def test_two_copies_are_never_together():
    points = np.repeat(POINTS, 2, axis=0).astype(np.float32)
    for seed in range(200):
        rows = sample_kdpp(points, 4, rng=rng_of(seed))
        assert len(set(rows // 2)) == 4
        rows = sample_kdpp(points, 2, given=[0, 7], rng=rng_of(seed))
        assert not {0, 3} & set(rows // 2)


@pytest.mark.parametrize("n_picks", [1, 6])
def test_rows_of_zeros_are_drawn_uniformly(n_picks):
    firsts = [
        sample_kdpp(np.zeros((6, 3)), n_picks, rng=rng_of(seed))[0]
        for seed in range(600)
    ]
    assert chisquare(np.bincount(firsts, minlength=6)).pvalue > 0.001


def test_all_rows_and_a_unit_far_from_one():
    for unit in (1e-30, 1e30):
        rows = sample_kdpp(unit * POINTS, 5, rng=rng_of(0))
        assert sorted(rows) == [0, 1, 2, 3, 4]
    picks = {
        tuple(sample_kdpp(unit * POINTS, 3, rng=rng_of(3))) for unit in (1, 2.0**60)
    }
    assert len(picks) == 1


def test_wrong_features():
    with pytest.raises(ValueError, match="1 rows of features are not finite"):
        sample_kdpp(np.array([[1.0], [np.nan]]), 1, rng=rng_of(0))
    wide = sparse.csr_matrix((9000, 9000))
    with pytest.raises(TypeError, match=r"put skactive\.features\.Sketch behind"):
        sample_kdpp(wide, 1, rng=rng_of(0))
