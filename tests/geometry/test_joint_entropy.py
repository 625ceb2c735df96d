"""Joint information of labels against enumeration, and the laws it obeys."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare, entropy

from skactive.geometry import _joint_entropy, greedy_information, mutual_information
from skactive.geometry._joint_entropy import _AllLabelings, _DrawnLabelings, _Search

A, C = [[1.0, 0.0], [0.0, 1.0]], [[0.9, 0.1], [0.1, 0.9]]
rng_of = np.random.default_rng


def random_draws(n=20, n_draws=6, n_classes=3, seed=0, sharpness=0.5):
    return rng_of(seed).dirichlet(np.full(n_classes, sharpness), size=(n, n_draws))


def joint_information(draws, rows):
    """All labels of some rows written out, with their probability in each draw."""
    if len(rows) == 0:
        return 0.0
    n_classes = draws.shape[2]
    joint = np.array(
        [
            np.prod([draws[i, :, y] for i, y in zip(rows, labels, strict=True)], axis=0)
            for labels in product(range(n_classes), repeat=len(rows))
        ]
    )
    return entropy(joint.mean(axis=1)) - entropy(joint, axis=0).mean()


def naive_gains(draws, picked):
    have = joint_information(draws, picked)
    return np.array(
        [joint_information(draws, [*picked, i]) - have for i in range(len(draws))]
    )


def naive_batch(draws, n_picks, given=()):
    picked = list(given)
    for _ in range(n_picks):
        gains = naive_gains(draws, picked)
        gains[picked] = -1
        picked.append(int(gains.argmax()))
    return picked[len(given) :]


def search_after(draws, picked, max_configurations=10_000, seed=0):
    search = _Search(draws, max_configurations, rng_of(seed))
    for row in picked:
        search.add(row)
    return search


def gains_of(search):
    """Gains of all rows, from all configurations there are."""
    everything = np.arange(len(search.draws))
    return search._information(everything, search.labelings.weights) @ (
        search.labelings.shares
    )


# --- exact


def test_two_draws_worked_out():
    draws = np.array([A, A, C, C])
    assert_allclose(
        gains_of(search_after(draws, [])), [0.6931, 0.6931, 0.3681, 0.3681], atol=5e-5
    )
    assert_allclose(gains_of(search_after(draws, [0])), 0, atol=1e-12)
    after_c = 0.3681 + gains_of(search_after(draws, [2]))
    assert_allclose(after_c, [0.6931, 0.6931, 0.5144, 0.5144], atol=1e-4)


@pytest.mark.parametrize("sharpness", [0.1, 1.0])
@pytest.mark.parametrize(("n_draws", "n_classes"), [(2, 2), (6, 3), (4, 4)])
def test_gains_are_those_of_enumeration(n_draws, n_classes, sharpness):
    draws = random_draws(9, n_draws, n_classes, sharpness=sharpness)
    for picked in ([], [3], [3, 0], [3, 0, 7]):
        expected = naive_gains(draws, picked)
        assert_allclose(gains_of(search_after(draws, picked)), expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_batches_are_those_of_enumeration(seed):
    draws = random_draws(seed=seed)
    assert_array_equal(
        greedy_information(draws, 4, rng=rng_of(seed)), naive_batch(draws, 4)
    )
    assert_array_equal(
        greedy_information(draws, 3, given=[1, 5], rng=rng_of(seed)),
        naive_batch(draws, 3, given=[1, 5]),
    )


def test_one_pick_is_the_largest_information():
    draws = random_draws(300)
    (row,) = greedy_information(draws, 1, rng=rng_of(0))
    assert row == mutual_information(draws).argmax()


def test_lazy_picks_are_those_of_full_sweeps(monkeypatch):
    monkeypatch.setattr(_joint_entropy, "_N_MEASURED", 4)
    draws = random_draws(400, 8, 3, sharpness=1.0)
    picked = []
    for row in greedy_information(draws, 6, rng=rng_of(0)):
        gains = gains_of(search_after(draws, picked))
        gains[picked] = -1
        assert row == gains.argmax()
        picked.append(row)


def test_gains_only_shrink_and_add_up_to_no_more_than_log_of_the_draws():
    draws = random_draws(12, 5, 3, sharpness=0.1)
    search, total, before = _Search(draws, 10_000, rng_of(0)), 0.0, np.inf
    for _ in range(6):
        gains = gains_of(search)
        assert (gains >= -1e-12).all()
        assert (gains <= before + 1e-12).all()
        row = search.best()[0]
        assert search.information_left() == pytest.approx(np.log(5) - total)
        total += gains[row]
        before = gains
        search.add(row)
    assert total <= np.log(5)
    assert search.information_left() == pytest.approx(np.log(5) - total)


def test_configurations_that_cannot_be_are_left_out():
    votes = np.eye(3)[rng_of(0).integers(3, size=(40, 4))]
    search = search_after(votes, range(30), max_configurations=12)
    # Four draws without doubt label in four ways at most, so nothing is ever drawn.
    assert isinstance(search.labelings, _AllLabelings)
    assert len(search.labelings.shares) <= 4


def test_labels_of_many_rows_do_not_underflow():
    draws = random_draws(500, 3, 2, sharpness=0.2)
    draws[:, 1] = draws[:, 0]  # these two can never be told apart
    rows = greedy_information(draws, 3, given=np.arange(450), rng=rng_of(0))
    assert len(set(rows) - set(range(450))) == 3


# --- drawn


def test_drawn_gains_are_right_on_average():
    draws = random_draws(8, 7, 4, seed=3)
    picked = [0, 2, 5]
    expected = naive_gains(draws, picked)
    search = search_after(draws, picked, max_configurations=15)
    assert isinstance(search.labelings, _DrawnLabelings)
    estimates = np.array(
        [
            gains_of(search_after(draws, picked, max_configurations=15, seed=seed))
            for seed in range(300)
        ]
    )
    error = estimates.std(axis=0) / np.sqrt(300)
    assert (np.abs(estimates.mean(axis=0) - expected) < 4 * error).all()


def test_many_drawn_configurations_are_close():
    draws = random_draws(8, 7, 4, seed=3)
    picked = [0, 2, 5, 1]
    search = search_after(draws, picked, max_configurations=255)
    search.labelings = _DrawnLabelings(7, 4000, rng_of(0))
    for row in picked:
        search.labelings.add(draws[row])
    values = search._information(np.arange(8), search.labelings.weights)
    error = values.std(axis=1) / np.sqrt(4000)
    assert (error < 0.01).all()
    difference = values.mean(axis=1) - naive_gains(draws, picked)
    assert (np.abs(difference) < 4 * error + 1e-12).all()


def test_labels_are_drawn_from_their_probabilities():
    probabilities = np.array([[0.2, 0.0, 0.8], [0.5, 0.5, 0.0]])
    labelings = _DrawnLabelings(2, 4000, rng_of(0))
    assert_array_equal(np.bincount(labelings.labeler), [2000, 2000])
    labelings.add(probabilities)
    # Label 2 leaves the first draw, label 1 the second, label 0 two to five.
    seen = np.isclose(labelings.weights[:, :1], [1, 0, 2 / 7])
    assert (seen.sum(axis=1) == 1).all()
    assert chisquare(seen.sum(axis=0), [1600, 1000, 1400]).pvalue > 0.001


def test_draws_that_do_not_divide_take_turns():
    counts = np.bincount(_DrawnLabelings(7, 24, rng_of(0)).labeler, minlength=7)
    assert set(counts) == {3, 4}


@pytest.mark.parametrize("sharpness", [0.1, 1.0])
def test_a_race_is_won_by_the_best_of_all(sharpness):
    draws = random_draws(600, 10, 4, seed=1, sharpness=sharpness).astype(np.float32)
    for n_picked in (2, 4, 6):
        search = search_after(draws, range(n_picked), max_configurations=3000)
        search.labelings = _DrawnLabelings(10, 3000, rng_of(n_picked))
        for row in range(n_picked):
            search.labelings.add(draws[row].astype(float))
        row, gain = search.best()
        gains = gains_of(search)
        gains[:n_picked] = -1
        assert gains[row] >= gains.max() - 1e-3
        assert gain == pytest.approx(gains[row], abs=2e-5)


def test_single_precision_is_good_to_five_digits():
    draws = random_draws(200, 20, 10, sharpness=0.3)
    weights = rng_of(0).dirichlet(np.full(20, 0.3), size=500)
    search = _Search(draws, 10_000, rng_of(0))
    rows = np.arange(200)
    double = search._information(rows, weights)
    single = search._information(rows, weights.astype(np.float32))
    assert np.abs(double - single).max() < 1e-5


def test_skipped_configurations_tell_next_to_nothing():
    draws = random_draws(50, 4, 3, sharpness=0.05)
    search = search_after(draws, range(5), max_configurations=10_000)
    search.labelings = _DrawnLabelings(4, 5000, rng_of(0))
    for row in range(5):
        search.labelings.add(draws[row])
    search._keep_telling()
    assert search.share < 0.9
    kept = [search._estimate(row)[0] for row in range(50)]
    assert_allclose(kept, gains_of(search), atol=1e-5)


@pytest.mark.parametrize("limit", [1, 2, 30, 1000])
def test_few_configurations_still_make_a_batch(limit):
    draws = random_draws(40, 8, 5)
    rows = greedy_information(
        draws, 12, given=[3, 4], max_configurations=limit, rng=rng_of(0)
    )
    assert len(set(rows) - {3, 4}) == 12
    assert rows[0] in range(40)


# --- copies, ties and nothing to gain


@pytest.mark.parametrize("limit", [20, 10_000])
def test_copies_tie(limit):
    base = random_draws(7, 8, 4, seed=2)
    firsts = []
    for seed in range(200):
        draws = np.tile(base, (5, 1, 1)).astype(np.float32)
        rows = greedy_information(draws, 2, max_configurations=limit, rng=rng_of(seed))
        firsts.append(rows // 7)
    for counts in np.array(
        [np.bincount(column, minlength=5) for column in np.transpose(firsts)]
    ):
        assert chisquare(counts).pvalue > 0.001


def test_a_copy_of_a_certain_row_gains_nothing():
    draws = np.array([A] * 5 + [C] * 2)
    for seed in range(10):
        rows = greedy_information(draws, 1, given=[0], rng=rng_of(seed))
        # Nothing gains any more: the rest is in the order of each by itself.
        assert 1 <= rows[0] <= 4


def test_when_all_is_known_the_rest_comes_by_its_own_information():
    votes = np.eye(2)[[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 1], [0, 0, 0, 0]]]
    for seed in range(10):
        rows = greedy_information(votes, 4, rng=rng_of(seed))
        assert set(rows[:2]) == {0, 1}
        assert rows[2:].tolist() == [2, 3]


@pytest.mark.parametrize("shape", [(6, 1, 3), (6, 4, 1), (1, 4, 3)])
def test_one_draw_one_class_one_row(shape):
    draws = random_draws(*shape)
    rows = greedy_information(draws, shape[0], rng=rng_of(0))
    assert sorted(rows) == list(range(shape[0]))


def test_equal_rows_without_doubt():
    draws = np.zeros((9, 4, 3))
    draws[:, :, 1] = 1
    firsts = [greedy_information(draws, 9, rng=rng_of(s))[0] for s in range(60)]
    assert len(set(firsts)) > 5


def test_wrong_numbers():
    with pytest.raises(ValueError, match="n_picks=3 must be between 1 and the 2"):
        greedy_information(random_draws(2), 3, rng=rng_of(0))
