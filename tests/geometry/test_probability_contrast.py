"""FALCUN against its definition, step by step."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare

from skactive.geometry import probability_contrast

rng_of = np.random.default_rng
P = rng_of(0).dirichlet(np.ones(3), size=6)


def next_law(P, picks, gamma):
    """Probability of each row to be drawn next."""
    ordered = np.sort(P, axis=1)
    doubt = 1 - (ordered[:, -1] - ordered[:, -2])
    contrast = doubt.copy()
    for pick in picks:
        contrast = np.minimum(contrast, [np.abs(row - P[pick]).sum() for row in P])
    left = np.setdiff1d(np.arange(len(P)), picks)
    low, high = contrast[left].min(), contrast[left].max()
    scaled = (contrast - low) / (high - low) if high > low else 0 * contrast
    law = np.zeros(len(P))
    law[left] = (doubt + scaled)[left] ** gamma
    return law / law.sum()


@pytest.mark.parametrize("gamma", [0, 1, 10])
@pytest.mark.parametrize("given", [(), (2,), (4, 1)])
def test_law_of_the_next_draw(gamma, given):
    rng, n_times = rng_of(1), 2000
    rows = [
        probability_contrast(P, 2, gamma=gamma, given=given, rng=rng)
        for _ in range(n_times)
    ]
    law = next_law(P, given, gamma)
    both = np.zeros((6, 6))
    for first in np.flatnonzero(law):
        both[first] = law[first] * next_law(P, [*given, first], gamma)
    for counts, expected in (
        (np.bincount([r[0] for r in rows], minlength=6), law),
        (np.bincount([r[1] for r in rows], minlength=6), both.sum(axis=0)),
    ):
        some = expected > 1e-3  # enough for the test
        kept = np.append(counts[some], n_times - counts[some].sum())
        wanted = n_times * np.append(expected[some], 1 - expected[some].sum())
        kept, wanted = kept[wanted > 1e-6], wanted[wanted > 1e-6]
        assert chisquare(kept, wanted * kept.sum() / wanted.sum()).pvalue > 0.001


def test_a_large_power_takes_the_largest_sum():
    picks = []
    for _ in range(4):
        picks.append(int(next_law(P, picks, 50).argmax()))
    assert_array_equal(probability_contrast(P, 4, gamma=1e6, rng=rng_of(0)), picks)


@pytest.mark.parametrize(
    "rows",
    [
        np.eye(3)[np.zeros(7, dtype=int)],  # certain of one class
        np.eye(3)[[0, 1, 2, 0, 1, 2, 0]],  # certain of several
        np.full((7, 3), 1 / 3),
        np.full((7, 1), 1.0),  # there is no other class
    ],
)
@pytest.mark.parametrize("gamma", [0, 0.5, 10, 1e6])
def test_all_rows_alike(rows, gamma):
    for seed in range(10):
        picks = probability_contrast(rows, 6, gamma=gamma, given=[3], rng=rng_of(seed))
        assert sorted([*picks, 3]) == list(range(7))


def test_certain_rows_come_last_and_at_random():
    rows = np.vstack([np.eye(3)[np.repeat([0, 1, 2], 5)], [[0.5, 0.5, 0]]])
    seconds = []
    for seed in range(600):
        first, second = probability_contrast(rows, 2, rng=rng_of(seed))
        assert first == 15
        seconds.append(second)
    assert chisquare(np.bincount(seconds, minlength=15)).pvalue > 0.001


def test_in_single_precision_many_rows():
    many = rng_of(1).dirichlet(np.ones(10), size=5000)
    rows = [
        probability_contrast(part, 20, rng=rng_of(5))
        for part in (many, many.astype(np.float32))
    ]
    assert len(set(rows[0])) == 20
    assert_array_equal(*rows)
