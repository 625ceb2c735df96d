"""The baseline: uniform, seeded, blind."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare

from skactive import ModelView
from skactive.selection import RandomChoice

POOL = np.zeros((10, 1))


def picks(n_queries, seeds, **options):
    return [
        RandomChoice(random_state=seed).select(POOL, n_queries, **options)
        for seed in seeds
    ]


def test_every_row_is_included_equally_often():
    counts = np.bincount(np.concatenate(picks(3, range(1000))), minlength=10)
    assert counts.sum() == 3000
    # Rows of one batch exclude each other: the statistic is smaller than for draws
    # with replacement.
    assert chisquare(counts).pvalue > 0.001


def test_every_row_comes_first_equally_often():
    counts = np.bincount([rows[0] for rows in picks(3, range(1000))], minlength=10)
    assert chisquare(counts).pvalue > 0.001


def test_given_rows_leave_the_rest_uniform():
    rows = np.concatenate(picks(2, range(600), given=[0, 5, 9]))
    counts = np.bincount(rows, minlength=10)
    assert_array_equal(counts[[0, 5, 9]], 0)
    assert chisquare(np.delete(counts, [0, 5, 9])).pvalue > 0.001


def test_same_seed_same_rows():
    first, second, other = picks(5, [3, 3, 4])
    assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_without_a_seed_it_does_not_repeat_itself():
    assert len({tuple(rows) for rows in picks(9, [None] * 10)}) > 1


def test_nothing_is_asked_of_the_view():
    view = ModelView(["no", "table", "at", "all"])
    assert sorted(RandomChoice(random_state=0).select(view, 4)) == [0, 1, 2, 3]


@pytest.mark.parametrize("random_state", [-1, "0", 1.5])
def test_wrong_seeds(random_state):
    with pytest.raises(ValueError, match="random_state"):
        RandomChoice(random_state=random_state).select(POOL)


def test_generators_as_seeds():
    rows = RandomChoice(random_state=np.random.RandomState(0)).select(POOL, 4)
    same = RandomChoice(random_state=np.random.RandomState(0)).select(POOL, 4)
    assert_array_equal(rows, same)
