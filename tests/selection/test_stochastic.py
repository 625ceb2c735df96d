"""The laws of stochastic batches against exact probabilities."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from skactive import ModelView, strategies
from skactive.scores import BALD, Entropy, FunctionScore, Margin
from skactive.selection import StochasticTopK

VALUES = np.array([1.0, 2.0, 3.0, 4.0])


def value(view):
    return view.predict()


def view_of(values):
    return ModelView.from_outputs(prediction=values)


def picks(values, n_queries, n_seeds=800, given=None, **options):
    view, strategy = view_of(values), StochasticTopK(FunctionScore(value), **options)
    return [
        tuple(
            strategy.set_params(random_state=seed)
            .select(view, n_queries, given=given)
            .tolist()
        )
        for seed in range(n_seeds)
    ]


def probabilities(weights, n_queries):
    """The law of drawing without replacement, one after the other."""
    law = {}
    for rows in permutations(range(len(weights)), n_queries):
        left, chance = np.array(weights, dtype=float), 1.0
        for row in rows:
            chance *= left[row] / left.sum()
            left[row] = 0
        law[rows] = chance
    return law


def assert_follows(rows, law):
    counts = Counter(rows)
    assert counts.keys() <= law.keys()
    observed = [counts[key] for key in law]
    expected = np.array(list(law.values())) * len(rows)
    assert chisquare(observed, expected).pvalue > 0.001


def test_the_law_itself():
    law = probabilities(VALUES, 2)
    assert law[3, 2] == pytest.approx(0.4 * 0.5)
    assert sum(law.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "weights"),
    [
        ({"law": "power"}, VALUES),
        ({"law": "power", "beta": 2}, VALUES**2),
        ({"law": "softmax", "beta": 0.7}, np.exp(0.7 * VALUES)),
        ({"law": "softrank", "beta": 2}, 1 / np.array([4, 3, 2, 1]) ** 2),
        ({"law": "power", "beta": 0}, np.ones(4)),
        ({"law": "softmax", "beta": 0}, np.ones(4)),
        ({"law": "softrank", "beta": 0}, np.ones(4)),
    ],
)
def test_batches_follow_the_law(options, weights):
    assert_follows(picks(VALUES, 2, **options), probabilities(weights, 2))


def test_power_bald_draws_item_3_and_then_item_2_in_a_fifth_of_all_cases():
    # Two draws (p, 1-p) and (1-p, p) have a BALD of ln 2 minus their entropy; here p is
    # found for scores in the ratio 1 : 2 : 3 : 4.
    p = np.linspace(0.5, 1, 100_001)
    information = np.log(2) + p * np.log(p)
    information[:-1] += (1 - p[:-1]) * np.log(1 - p[:-1])
    p = np.interp(VALUES / 4 * np.log(2), information, p)
    view = ModelView.from_outputs(
        draws=np.stack([np.stack([p, 1 - p], 1), np.stack([1 - p, p], 1)], axis=1)
    )
    scores = BALD().score_samples(view)
    assert_allclose(scores / scores[0], VALUES, rtol=1e-4)
    rows = [
        tuple(strategies.power_bald(random_state=seed).select(view, 2).tolist())
        for seed in range(800)
    ]
    assert_follows(rows, probabilities(VALUES, 2))
    assert np.mean([pair == (3, 2) for pair in rows]) == pytest.approx(0.2, abs=0.04)


@pytest.mark.parametrize("law", ["power", "softmax", "softrank"])
def test_a_large_beta_takes_the_top(law):
    rows = picks(VALUES, 3, n_seeds=50, law=law, beta=500)
    assert set(rows) == {(3, 2, 1)}


def test_softmax_ignores_an_offset():
    same = [
        picks(VALUES + shift, 3, n_seeds=50, law="softmax") for shift in (0, -9, 64)
    ]
    assert same[0] == same[1] == same[2]


def test_softrank_ignores_every_monotone_map():
    maps = [lambda v: v, np.exp, np.cbrt, lambda v: -1 / v]
    same = [picks(f(VALUES), 3, n_seeds=50, law="softrank") for f in maps]
    assert all(rows == same[0] for rows in same)


def test_softrank_gives_equals_equal_chances():
    rows = picks([1.0, 1.0, 1.0, 1.0], 1, n_seeds=800, law="softrank")
    assert_follows(rows, {(row,): 0.25 for row in range(4)})


def test_a_score_of_zero_waits_for_all_others():
    rows = picks([0.0, 2.0, 0.0, 1.0], 4, n_seeds=300)
    assert all(set(batch[:2]) == {1, 3} for batch in rows)
    # What is left is drawn uniformly.
    assert_follows([batch[2:] for batch in rows], {(0, 2): 0.5, (2, 0): 0.5})
    nothing = picks(np.zeros(3), 1, n_seeds=600)
    assert_follows(nothing, {(row,): 1 / 3 for row in range(3)})


def test_given_rows_leave_the_law_of_the_rest():
    rows = picks(VALUES, 2, given=[3])
    assert_follows(rows, probabilities(VALUES[:3], 2))


def test_scores_are_kept_and_not_changed():
    view = view_of(VALUES)
    strategy = StochasticTopK(FunctionScore(value), random_state=0)
    rows = strategy.select(view, 3)
    assert_array_equal(strategy.selected_scores_, VALUES[rows])
    assert_array_equal(view.predict(), VALUES)


def test_the_power_law_refuses_negative_scores():
    message = (
        "law='power' needs scores that are not negative, and Margin gave -0.8; use "
        "law='softmax' or law='softrank'"
    )
    view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.5, 0.5]])
    with pytest.raises(ValueError, match=message):
        StochasticTopK(Margin()).select(view)
    for law in ("softmax", "softrank"):
        StochasticTopK(Margin(), law=law).select(view)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"score": strategies.random()}, "score"),
        ({"law": "linear"}, "law"),
        ({"beta": -1}, "beta"),
    ],
)
def test_wrong_parameters(parameters, name):
    strategy = StochasticTopK(Entropy()).set_params(**parameters)
    with pytest.raises(ValueError, match=f"'{name}' parameter of StochasticTopK"):
        strategy.fit(ModelView.from_outputs(proba=[[0.5, 0.5]]), [0])


def test_the_score_is_fitted_too():
    y = np.array([[0.0, 0.0], [2.0, 200.0]])
    view = ModelView.from_outputs(std=np.ones((2, 2)))
    strategy = StochasticTopK(strategies.variance()).fit(view, y)
    assert_allclose(strategy.score_.scale_, [1, 100])
