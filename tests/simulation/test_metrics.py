import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skactive.simulation._metrics import (
    Curve,
    average_performance_improvement,
    labeling_efficiency,
    labels_to_reach,
    mean_curve,
    paired_curves,
)


def long_table(n_labeled, **scores):
    """One row per strategy, repeat and round; arrays of shape (n_repeats, n_rounds)."""
    n_labeled = np.atleast_2d(n_labeled)
    return pd.DataFrame(
        [
            (label, repeat, number, n_labeled[repeat % len(n_labeled), number], score)
            for label, table in scores.items()
            for repeat, curve in enumerate(np.atleast_2d(table))
            for number, score in enumerate(curve)
        ],
        columns=["strategy", "repeat", "round", "n_labeled", "score"],
    )


def noisy_table(n_repeats=4, n_rounds=6, seed=0):
    rng = np.random.default_rng(seed)
    n = 10 * np.arange(1, n_rounds + 1)
    base = 1 - n**-0.5
    return long_table(
        np.tile(n, (n_repeats, 1)),
        random=base + rng.normal(0, 0.02, (n_repeats, n_rounds)),
        mine=base + 0.05 + rng.normal(0, 0.02, (n_repeats, n_rounds)),
    )


def naive_isotonic(values):
    """Max-min formula of isotonic regression."""
    n = len(values)
    return [
        max(min(np.mean(values[a : b + 1]) for b in range(i, n)) for a in range(i + 1))
        for i in range(n)
    ]


def test_half_the_labels_is_an_efficiency_of_two():
    n = np.arange(100, 2001, 100)
    table = long_table(n, random=1 - 3 * n**-0.5, mine=1 - 3 * (2 * n) ** -0.5)
    efficiency = labeling_efficiency(table, "random")
    assert efficiency["random"] == 1
    assert_allclose(efficiency["mine"], 2)
    grid = labeling_efficiency(table, "random", target="grid")
    mine = grid.loc[grid["strategy"] == "mine", "efficiency"]
    assert len(mine) == 50
    # Between rounds the curve is not the logarithm that interpolation takes it for.
    assert mine.between(1.94, 2 + 1e-9).all()
    assert 1.98 < mine.mean() < 2


@pytest.mark.parametrize("envelope", ["isotonic", "cummax"])
@pytest.mark.parametrize("seed", range(5))
def test_identical_curves_are_exactly_as_efficient(envelope, seed):
    rng = np.random.default_rng(seed)
    scores = rng.random((3, 8))  # no trend: envelopes are mostly flat
    table = long_table(np.arange(1, 9), random=scores, copy=scores)
    assert labeling_efficiency(table, "random", envelope=envelope)["copy"] == 1
    grid = labeling_efficiency(table, "random", envelope=envelope, target="grid")
    assert (grid["efficiency"] == 1).all()
    assert average_performance_improvement(table, "random")["copy"] == 0


@pytest.mark.parametrize("seed", range(5))
def test_mean_curve_is_the_envelope_of_the_mean(seed):
    rng = np.random.default_rng(seed)
    n_labeled, scores = rng.integers(1, 9, (3, 7)), rng.random((3, 7))
    mean = scores.mean(axis=0)
    isotonic = mean_curve(n_labeled, scores)
    assert_allclose(isotonic.score, naive_isotonic(mean))
    assert_allclose(isotonic.n_labeled, n_labeled.mean(axis=0))
    running = [max(mean[: i + 1]) for i in range(7)]
    assert_allclose(mean_curve(n_labeled, scores, "cummax").score, running)


def test_labels_to_reach_is_exact_where_the_score_is_logarithmic():
    n = np.array([5.0, 20, 30, 200])
    curve = Curve(n, np.log(n))
    for target in [np.log(5), 2, 3, 4.5, np.log(200)]:
        assert_allclose(labels_to_reach(curve, target), np.exp(target))


def test_labels_to_reach_at_the_ends_and_on_plateaus():
    curve = Curve(np.array([10.0, 20, 40, 80]), np.array([0.5, 0.7, 0.7, 0.9]))
    assert labels_to_reach(curve, 0.1) == 10
    assert labels_to_reach(curve, 0.7) == 20  # left-most
    assert labels_to_reach(curve, 0.9) == 80
    assert np.isnan(labels_to_reach(curve, 0.91))


def test_a_target_that_is_never_reached_is_not_extrapolated():
    table = long_table([10, 20, 30], random=[0.5, 0.7, 0.9], mine=[0.5, 0.6, 0.8])
    assert np.isnan(labeling_efficiency(table, "random")["mine"])
    reached = labeling_efficiency(table, "random", target=0.7)["mine"]
    assert_allclose(reached, 20 / (20**0.5 * 30**0.5))


def test_no_common_score_gives_no_grid():
    table = long_table([10, 20], random=[0.5, 0.6], mine=[0.1, 0.2])
    grid = labeling_efficiency(table, "random", target="grid")
    assert list(grid["strategy"].unique()) == ["random"]


def test_a_baseline_without_progress_cannot_be_beaten():
    table = long_table([10, 20, 30], random=[0.5] * 3, mine=[0.5, 0.6, 0.7])
    assert labeling_efficiency(table, "random")["mine"] == 1


def test_average_performance_improvement_in_points():
    table = long_table([10, 20, 30], random=[50, 60, 70], mine=[50, 65, 72])
    improvement = average_performance_improvement(table, "random")
    assert_allclose(improvement["mine"], 7 / 3)
    assert improvement["random"] == 0


def test_losses_are_scores_turned_round():
    table = noisy_table()
    losses = table.assign(score=-table["score"])
    for kwargs in [{}, {"envelope": "cummax"}]:
        pd.testing.assert_series_equal(
            labeling_efficiency(losses, "random", greater_is_better=False, **kwargs),
            labeling_efficiency(table, "random", **kwargs),
        )
    assert_allclose(
        labeling_efficiency(losses, "random", greater_is_better=False, target=-0.8),
        labeling_efficiency(table, "random", target=0.8),
    )
    assert_allclose(
        average_performance_improvement(losses, "random", greater_is_better=False),
        average_performance_improvement(table, "random"),
    )


@pytest.mark.parametrize("seed", range(3))
def test_order_of_the_rows_is_irrelevant(seed):
    table = noisy_table()
    shuffled = table.sample(frac=1, random_state=seed)
    for metric in (labeling_efficiency, average_performance_improvement):
        expected = metric(table, "random")
        pd.testing.assert_series_equal(
            metric(shuffled, "random").loc[expected.index], expected
        )


def test_missing_rounds_are_refused():
    table = noisy_table()
    one = table.drop(index=len(table) - 1)
    with pytest.raises(ValueError, match=r"'mine', first round 5 of repeat 3"):
        paired_curves(one)
    with pytest.raises(ValueError, match=r"lacks 4 rounds .* round 2 of repeat 0"):
        paired_curves(table[table["round"] != 2])
    with pytest.raises(ValueError, match="'mine', first round 0 of repeat 1"):
        paired_curves(table[(table["strategy"] == "random") | (table["repeat"] != 1)])


def test_tables_that_cannot_be_compared_are_refused():
    table = noisy_table()
    with pytest.raises(ValueError, match=r"columns \['score'\]"):
        paired_curves(table.drop(columns="score"))
    with pytest.raises(ValueError, match="1 rounds twice"):
        paired_curves(pd.concat([table, table.tail(1)]))
    with pytest.raises(ValueError, match="empty"):
        paired_curves(table.head(0))
    with pytest.raises(ValueError, match="1 scores are not finite"):
        paired_curves(table.assign(score=[np.nan, *table["score"][1:]]))
    with pytest.raises(ValueError, match="equal numbers of labels"):
        paired_curves(table.assign(n_labeled=[11, *table["n_labeled"][1:]]))


def test_repeats_with_larger_seed_sets_are_averaged_round_by_round():
    n_labeled = np.array([[10, 20, 30], [16, 20, 30]])
    scores = np.array([[0.5, 0.6, 0.7], [0.7, 0.8, 0.9]])
    curve = mean_curve(n_labeled, scores)
    assert_allclose(curve.n_labeled, [13, 20, 30])
    assert_allclose(curve.score, [0.6, 0.7, 0.8])


def test_unknown_options_are_refused():
    table = noisy_table()
    with pytest.raises(ValueError, match="envelope='spline'"):
        labeling_efficiency(table, "random", envelope="spline")
    with pytest.raises(ValueError, match="target='final'"):
        labeling_efficiency(table, "random", target="final")
