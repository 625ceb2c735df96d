import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import chisquare

from skactive.geometry import top_k


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=40),
    st.data(),
    st.sampled_from([np.float32, np.float64, np.int64]),
)
def test_scores_are_the_largest_in_order(values, data, dtype):
    scores = np.array(values, dtype=dtype)
    excluded = data.draw(st.sets(st.integers(0, len(scores) - 1)))
    left = [row for row in range(len(scores)) if row not in excluded]
    if not left:
        return
    k = data.draw(st.integers(1, len(left)))
    rows = top_k(scores, k, rng=np.random.default_rng(0), exclude=sorted(excluded))
    assert rows.dtype == np.int64
    assert len(set(rows)) == k
    assert not set(rows) & excluded
    assert_array_equal(scores[rows], np.sort(scores[left])[::-1][:k])


@pytest.mark.parametrize("k", [1, 10, 3000])
def test_many_scores(k):
    scores = np.random.default_rng(0).normal(size=50_001)
    rows = top_k(scores, k, rng=np.random.default_rng(1))
    assert_array_equal(rows, np.argsort(-scores)[:k])


def test_sorted_scores():
    scores = np.arange(50_001.0)
    rng = np.random.default_rng(0)
    assert_array_equal(top_k(scores, 3, rng=rng), [50_000, 49_999, 49_998])
    assert_array_equal(top_k(-scores, 3, rng=rng), [0, 1, 2])


def test_ties_at_the_end_are_broken_at_random():
    scores = np.array([1.0, 5, 1, 1, 0, 1])
    rows = [top_k(scores, 2, rng=np.random.default_rng(seed)) for seed in range(400)]
    assert {row[0] for row in rows} == {1}
    counts = np.bincount([row[1] for row in rows], minlength=6)
    assert chisquare(counts[[0, 2, 3, 5]]).pvalue > 1e-3
    assert counts.sum() == counts[[0, 2, 3, 5]].sum()


def test_ties_inside_the_order_are_broken_at_random():
    scores = np.array([2.0, 9, 9, 9, 1])
    rows = [top_k(scores, 4, rng=np.random.default_rng(seed)) for seed in range(600)]
    orders, counts = np.unique([row[:3] for row in rows], axis=0, return_counts=True)
    assert len(orders) == 6
    assert chisquare(counts).pvalue > 1e-3
    assert {row[3] for row in rows} == {0}


def test_repeatable_and_scores_untouched():
    scores = np.zeros(5000)
    scores.flags.writeable = False
    one, other = (
        top_k(scores, 9, rng=np.random.default_rng(3), exclude=[1]) for _ in range(2)
    )
    assert_array_equal(one, other)


def test_bad_arguments():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"k=4 .* the 3 rows left"):
        top_k(np.zeros(4), 4, rng=rng, exclude=[0])
    with pytest.raises(ValueError, match="exclude must hold row numbers"):
        top_k(np.zeros(4), 1, rng=rng, exclude=[4])
