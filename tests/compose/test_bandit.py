"""EXP4.P by hand, the law of the draws by enumeration, and what is remembered."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chi2
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner, ModelView, strategies
from skactive.compose import Bandit, Mask, Mix, monitored_mean
from skactive.compose._bandit import draw_batch, weighted_accuracy
from skactive.compose._exp4p import (
    arm_probabilities,
    learned_weights,
    least_probability,
)
from skactive.scores import FunctionScore

X, Y = load_iris(return_X_y=True)
X = X + np.random.default_rng(0).normal(scale=1e-3, size=X.shape)  # no copies
MEMORY = ["log_weights_", "seen_keys_", "seen_weights_", "drawn_keys_"]


# --- EXP4.P


def test_one_update_worked_out():
    assert least_probability(2, 10) == pytest.approx(0.18616, abs=5e-6)
    weights = learned_weights(np.zeros(2), np.array([1.4, 0]), 10, 0.1)
    assert_allclose(np.exp(weights), [1.22430, 1.07471], atol=5e-6)
    assert_allclose(arm_probabilities(weights, 10), [0.52042, 0.47958], atol=5e-6)


@pytest.mark.parametrize("horizon", [1, 2, 5])
def test_a_short_horizon_leaves_equal_shares(horizon):
    # The formula alone would give 5 arms more than 1 / 5 each.
    assert least_probability(5, 1) == 0.2
    probabilities = arm_probabilities(np.array([9.0, 0, 0, 0, -9]), horizon)
    assert (probabilities >= 0).all()
    assert probabilities.sum() == pytest.approx(1)


def test_weights_of_any_size():
    probabilities = arm_probabilities(np.array([5000.0, 0, -5000]), 100)
    least = np.sqrt(np.log(3) / 300)
    assert_allclose(probabilities, [1 - 2 * least, least, least])


# --- draws


def law(proposals, candidates, n_labeled, probabilities):
    """Probabilities of the first draw, row by row, by the definition."""
    rows = [*candidates, *range(-n_labeled, 0)]
    first = {row: probabilities[-1] / len(rows) for row in rows}
    for proposal, probability in zip(proposals, probabilities, strict=False):
        first[proposal[0]] += probability
    return first


PROPOSALS = [np.array([4, 2]), np.array([4, 7]), np.array([1, 4])]
CANDIDATES = np.array([0, 1, 2, 4, 6, 7])
PROBABILITIES = np.array([0.3, 0.2, 0.1, 0.4])


def drawn(seed, n_labeled=3):
    rng = np.random.default_rng(seed)
    return draw_batch(PROPOSALS, CANDIDATES, n_labeled, PROBABILITIES, rng)


def test_law_of_the_first_draw():
    expected = law(PROPOSALS, CANDIDATES, 3, PROBABILITIES)
    n = 3000
    draws = [drawn(seed) for seed in range(n)]
    counts = dict.fromkeys(expected, 0)
    for each in draws:
        counts[each.rows[0]] += 1
    statistic = sum((counts[r] - n * q) ** 2 / (n * q) for r, q in expected.items())
    assert statistic < chi2.isf(0.001, len(expected) - 1)
    for each in draws[:50]:
        row, q = each.rows[0], expected[each.rows[0]]
        given_arm = [*(float(p[0] == row) for p in PROPOSALS), 1 / 9]
        assert each.weights[0] == pytest.approx(1 / (9 * q))
        assert_allclose(each.shares[0], np.array(given_arm) / q)


def test_the_next_draw_knows_what_is_taken():
    for seed in range(200):
        draws = drawn(seed)
        second = int(np.argmax(np.cumsum(draws.rows >= 0) == 2))
        before, row = draws.rows[:second], draws.rows[second]
        taken = set(before[before >= 0])
        left = [[r for r in p if r not in taken] for p in PROPOSALS]
        free = [row for row in CANDIDATES if row not in taken]
        q = law(left, free, 3, PROBABILITIES)[row]
        assert draws.weights[second] == pytest.approx(1 / (8 * q))


def test_what_is_drawn():
    for seed in range(100):
        rows = drawn(seed).rows
        picked = rows[rows >= 0]
        assert len(picked) == len(set(picked)) == 2
        assert rows[-1] >= 0
        assert set(rows) <= {*CANDIDATES, -1, -2, -3}
    assert (drawn(0, n_labeled=0).rows >= 0).all()


def test_the_weighted_accuracy_has_the_accuracy_as_its_mean():
    right = {0: 1, 1: 0, 2: 0, 4: 1, 6: 1, 7: 0, -1: 0, -2: 1, -3: 1}
    expected = law(PROPOSALS, CANDIDATES, 3, PROBABILITIES)
    mean = sum(
        q * weighted_accuracy(np.array([1 / (9 * q)]), np.array([right[row]]))
        for row, q in expected.items()
    )
    assert mean == pytest.approx(np.mean(list(right.values())))


# --- rounds


def view_of(rows, prediction):
    """Samples known by their number, whose class the model has said."""
    rows = np.asarray(rows)
    return ModelView.from_outputs(
        rows, prediction=np.asarray(prediction)[rows], classes=[0, 1]
    )


def lowest_first(view):
    return -np.asarray(view.X, dtype=float)


def numbered(**options):
    arms = [("low", FunctionScore(lowest_first))]
    return Bandit(arms, horizon=10, random_state=0, **options)


def test_a_round_worked_out():
    prediction, labels = np.array([0, 0, 1, 1, 0]), np.array([0, 1, 1, 1, 0])
    first = numbered().resume(None).fit(view_of([4], prediction), labels[[4]])
    assert_allclose(first.probabilities_, [0.5, 0.5])
    (row,) = first.select(view_of(range(4), prediction), 1)
    second = numbered().resume(first)
    second.fit(view_of([4, row], prediction), labels[[4, row]])
    n_draws = len(first.drawn_keys_)
    share, total = np.zeros(2), 0.0
    for key, draw in zip(first.drawn_keys_, range(n_draws), strict=True):
        drawn_row = 4 if key == first.labeled_keys_[0] else row
        chances = np.array([drawn_row == 0, 1 / 5])
        q = 0.5 * chances.sum()
        assert first.drawn_weights_[draw] == pytest.approx(1 / (5 * q))
        share += chances / q / n_draws
        total += (prediction == labels)[drawn_row] / (5 * q) / n_draws
    assert second.reward_ == pytest.approx(total)
    expected = learned_weights(np.zeros(2), min(total, 1) * share, 10, 0.1)
    assert_allclose(second.log_weights_, expected)
    assert_allclose(second.probabilities_, arm_probabilities(expected, 10))


def played(n_rounds, learner=None, strategy=None, order=None, taught=None):
    """A campaign on iris, in batches of four."""
    order = np.arange(len(X)) if order is None else order
    pool, labels = X[order], Y[order]
    start = np.isin(order, np.arange(0, 150, 10))
    if learner is None:
        strategy = strategies.albl() if strategy is None else strategy
        learner = ActiveLearner(GaussianNB(), strategy, random_state=3)
        learner.fit(pool[start], labels[start])
    free = ~start
    free &= ~(pool[:, None] == learner.X_labeled_[None]).all(-1).any(1)
    asked = []
    for _ in range(n_rounds):
        rows = learner.query(pool, 4, candidates=free)
        asked.append(order[rows])
        rows = rows if taught is None else rows[:taught]
        free[rows] = False
        learner.teach(pool[rows], labels[rows])
    return learner, asked


def test_a_pickle_in_mid_run_goes_on_identically():
    whole, asked = played(5)
    half, first = played(2)
    half.query(X, 4)  # leaves no trace
    rest, last = played(3, pickle.loads(pickle.dumps(half)))
    assert_array_equal(first + last, asked)
    for name in MEMORY:
        assert_array_equal(
            getattr(rest.strategy_, name), getattr(whole.strategy_, name)
        )
    assert len(whole.strategy_.seen_keys_) >= 16


def test_a_round_whose_answers_never_come_leaves_no_trace():
    learner, _ = played(2)
    rows = learner.query(X, 4)
    before = learner.last_query_.strategy.log_weights_
    assert_array_equal(learner.query(X, 4), rows)
    assert_array_equal(learner.last_query_.strategy.log_weights_, before)
    learner.teach(X[:1], Y[:1])  # not what was asked
    learner.query(X, 4)
    kept = learner.last_query_.strategy
    assert len(kept.seen_keys_) == len(learner.strategy_.seen_keys_) + len(
        learner.strategy_.drawn_keys_
    )


def test_what_is_not_answered_counts_not():
    full, _ = played(1)
    part, _ = played(1, taught=2)
    for learner in (full, part):
        learner.query(X, 4)
    weights = [each.last_query_.strategy.seen_weights_ for each in (full, part)]
    assert_array_equal(*weights)  # they may be answered later
    rewards = [each.last_query_.strategy.reward_ for each in (full, part)]
    assert rewards[0] != rewards[1]


def test_the_order_of_the_pool_does_not_matter_to_memory():
    # The same rows are proposed and known again, wherever they stand.
    strategy = Bandit([("doubt", strategies.margin())])
    order = np.random.default_rng(0).permutation(len(X))
    learner, _ = played(2, strategy=strategy)
    learner.query(X, 4)
    known = learner.last_query_.strategy
    learner.query(X[order], 4)
    shuffled = learner.last_query_.strategy
    assert_array_equal(shuffled.log_weights_, known.log_weights_)
    assert_array_equal(shuffled.probabilities_, known.probabilities_)
    assert shuffled.reward_ == known.reward_


def test_the_better_arm_is_drawn_more_often():
    # The rewards of the rounds of arm 0 are higher.
    rng = np.random.default_rng(0)
    weights = np.zeros(3)
    for _ in range(300):
        probabilities = arm_probabilities(weights, 300)
        arm = rng.choice(3, p=probabilities)
        estimates = np.zeros(3)
        estimates[arm] = [0.9, 0.5, 0.3][arm] / probabilities[arm]
        weights = learned_weights(weights, estimates, 300, 0.1)
    assert arm_probabilities(weights, 300).argmax() == 0
    assert arm_probabilities(weights, 300)[0] > 0.6


def test_other_arms_start_afresh():
    learner, _ = played(2)
    other = Bandit([("doubt", strategies.margin())], random_state=0)
    other.resume(learner.strategy_).fit(learner.view(X[:9]), Y[:9])
    assert len(other.seen_keys_) == 0
    assert_array_equal(other.log_weights_, np.zeros(2))


def test_labels_are_words():
    words = np.array(["a", "b", "c"])[Y]
    learner = ActiveLearner(GaussianNB(), strategies.albl(), random_state=0)
    learner.fit(X[::10], words[::10])
    for _ in range(2):
        rows = learner.query(X, 5)
        learner.teach(X[rows], words[rows])
    assert learner.strategy_.reward_ > 0


# --- what is to be known of the rows


def test_what_its_arms_leave_out_and_nobody_picks_is_noted():
    pool = np.append(np.linspace(0, 1, 40), [50.0, 90.0])[:, None]
    labels = (pool[:, 0] > 0.5).astype(int)
    mask = Mask(strategies.coreset(), contamination=0.05)
    arms = [("masked", mask), ("too", clone(mask)), ("doubt", strategies.margin())]
    noted = []
    for seed in range(30):
        learner = ActiveLearner(GaussianNB(), Bandit(arms), random_state=seed)
        rows = learner.fit(pool[:40:3], labels[:40:3]).query(pool, 3)
        masked = learner.last_query_.notes["masked"]
        assert sorted([*masked, *np.intersect1d(rows, [40, 41])]) == [40, 41]
        noted.append(len(masked))
    assert set(noted) >= {1, 2}  # the random arm picks one at times


def test_random_picks_of_an_arm_are_no_fair_sample():
    arms = [("a", Mix(strategies.margin(), 0.5)), ("b", strategies.entropy())]
    learner = ActiveLearner(GaussianNB(), Bandit(arms), random_state=0)
    learner.fit(X[::10], Y[::10]).query(X, 6)
    assert learner.last_query_.notes == {}
    with pytest.raises(ValueError, match="around a MultiStart or a Bandit"):
        monitored_mean(learner.last_query_, np.ones(6))
    around = Mix(Bandit(arms), 0.5)
    learner.set_params(strategy=around).fit(X[::10], Y[::10]).query(X, 6)
    assert monitored_mean(learner.last_query_, np.ones(6)) == (1, 0)
    assert len(learner.last_query_.notes["random"]) == 3


# --- parameters


@pytest.mark.parametrize(
    "arms", [[], [strategies.margin()], {"a": strategies.margin()}, [("a", "margin")]]
)
def test_what_are_no_arms(arms):
    with pytest.raises(ValueError, match="arms"):
        Bandit(arms).fit(ModelView.from_outputs(proba=[[0.5, 0.5]]), [0])


def test_two_arms_of_one_name():
    arms = [("a", strategies.margin()), ("a", strategies.entropy())]
    with pytest.raises(ValueError, match="not unique"):
        Bandit(arms).fit(ModelView.from_outputs(proba=[[0.5, 0.5]]), [0])


def test_parameters_of_arms_by_name():
    bandit = Bandit([("doubt", strategies.clue())])
    assert bandit.set_params(doubt__random_state=3).arms[0][1].random_state == 3
