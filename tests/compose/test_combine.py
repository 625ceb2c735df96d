"""Products and sums of scores."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import zscore
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import get_tags

from skactive import ActiveLearner, ModelView, Score
from skactive.base import Facts
from skactive.compose import Product, WeightedSum
from skactive.compose._combine import scale
from skactive.scores import Entropy, LeastConfidence, Margin, MeanStd, Variance
from skactive.selection import KCenterGreedy, StochasticTopK


def view_of(n=30, seed=0):
    draws = np.random.default_rng(seed).dirichlet(np.ones(3), size=(n, 5))
    return ModelView.from_outputs(proba=draws.mean(axis=1), draws=draws, seed=seed)


PARTS = [("doubt", Entropy()), ("spread", MeanStd())]
VIEW = view_of()
DOUBT, SPREAD = (part.score_samples(VIEW) for _, part in PARTS)


class Remembers(Score):
    """Counts how often it was passed on."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def resume(self, previous):
        self.age_ = getattr(previous, "age_", 0) + 1
        return self

    def _fit(self, X, y):
        self.n_labeled_ = len(X)

    def _score(self, X):
        return self._rng(X).random(len(X))


# --- scaling


def test_scales():
    scores = np.array([3.0, 1.0, 1.0, 5.0])
    assert_allclose(scale(scores, "minmax"), [0.5, 0, 0, 1])
    assert_allclose(scale(scores, "rank"), [2 / 3, 0, 0, 1])
    assert_allclose(scale(scores, "zscore"), zscore(scores))
    assert_array_equal(scale(scores, None), scores)


@pytest.mark.parametrize("scaling", ["minmax", "rank", "zscore"])
@pytest.mark.parametrize("scores", [[0.3] * 3, [0.0], [7.0]])
def test_equal_scores_become_zeros(scaling, scores):
    assert_array_equal(scale(np.array(scores), scaling), np.zeros(len(scores)))


@pytest.mark.parametrize("scaling", ["minmax", "rank", "zscore"])
def test_a_scale_knows_no_unit(scaling):
    scores = np.random.default_rng(0).normal(size=20)
    assert_allclose(
        scale(1000 * scores - 7, scaling), scale(scores, scaling), atol=1e-9
    )


# --- sums and products


def test_a_weighted_sum():
    summed = WeightedSum(PARTS, weights=[2, 0.5], scaling=None)
    assert_allclose(summed.score_samples(VIEW), 2 * DOUBT + 0.5 * SPREAD)
    scaled = WeightedSum(PARTS, scaling="zscore").score_samples(VIEW)
    assert_allclose(scaled, zscore(DOUBT) + zscore(SPREAD))
    one = WeightedSum([("margin", Margin())]).score_samples(VIEW)
    assert one.min() == 0
    assert one.max() == 1
    against = WeightedSum(PARTS, weights=[1, -1]).score_samples(VIEW)
    assert_allclose(against, scale(DOUBT, "minmax") - scale(SPREAD, "minmax"))


def test_a_product():
    assert_allclose(Product(PARTS).score_samples(VIEW), DOUBT * SPREAD)
    powers = Product(PARTS, weights=[2, 0.5]).score_samples(VIEW)
    assert_allclose(powers, DOUBT**2 * SPREAD**0.5)
    ranks = Product(PARTS, scaling="rank").score_samples(VIEW)
    assert_allclose(ranks, scale(DOUBT, "rank") * scale(SPREAD, "rank"))
    assert_array_equal(Product(PARTS).select(VIEW, 5), np.argsort(-DOUBT * SPREAD)[:5])


def test_a_power_of_zero_leaves_a_part_out():
    assert_allclose(Product(PARTS, weights=[0, 1]).score_samples(VIEW), SPREAD)


def test_negative_parts_of_a_product_are_refused():
    with pytest.raises(ValueError, match=r"'gap' has -.*; use scaling='minmax'"):
        Product([("gap", Margin())]).select(VIEW)


@pytest.mark.parametrize("weight", [-1, np.nan, np.inf, "x", None])
def test_weights_are_finite_numbers(weight):
    with pytest.raises(ValueError, match=r"weights=.*for 'spread'; pass finite numb"):
        Product(PARTS, weights=[1, weight]).select(VIEW)
    if weight != -1:
        with pytest.raises(ValueError, match=r"weights=.*for 'spread'; pass finite"):
            ActiveLearner(GaussianNB(), WeightedSum(PARTS, [1, weight])).fit(
                [[0.0], [1.0]], [0, 1]
            )


def test_weights_may_be_an_array():
    expected = WeightedSum(PARTS, [1, 2]).score_samples(VIEW)
    for weights in ((1, 2), np.array([1.0, 2.0])):
        assert_allclose(WeightedSum(PARTS, weights).score_samples(VIEW), expected)


def test_parts_for_different_tasks_are_refused():
    with pytest.raises(ValueError, match=r"One part is for classification and another"):
        WeightedSum([("doubt", Entropy()), ("std", Variance())]).select(VIEW)


def test_facts_are_those_of_the_parts():
    facts = get_tags(WeightedSum(PARTS)).strategy
    assert facts == Facts(task="classification", needs=("proba", "draws"))
    assert get_tags(Product([("core", KCenterGreedy())])).strategy.cold_start


# --- parts in a list


def test_parts_are_reached_by_name():
    summed = WeightedSum([("a", Remembers()), ("b", MeanStd(7))])
    params = summed.get_params()
    assert params["b__n_draws"] == 7
    assert params["a__random_state"] is None
    summed.set_params(a__random_state=3, b=Entropy())
    assert summed.parts[0][1].random_state == 3
    assert isinstance(summed.parts[1][1], Entropy)
    assert clone(summed).get_params()["a__random_state"] == 3
    nested = StochasticTopK(summed, law="softmax")
    assert nested.get_params()["score__a__random_state"] == 3


def test_fit_leaves_the_parts_as_given_and_fits_clones():
    summed = WeightedSum([("a", Remembers()), ("v", Variance())])
    labeled = ModelView.from_outputs(std=np.ones((4, 2)))
    y = np.array([[0.0, 0], [0, 4], [2, 0], [2, 4]])
    summed.fit(labeled, y)
    assert not hasattr(summed.parts[0][1], "n_labeled_")
    fitted = dict(summed.parts_)
    assert fitted["a"].n_labeled_ == 4
    assert fitted["v"].scale_.tolist() == [1, 2]


def test_parts_remember():
    def make(*names):
        return WeightedSum([(name, Remembers(0)) for name in names])

    first = make("a", "b").resume(None).fit(VIEW)
    second = make("a", "b").resume(first).fit(VIEW)
    assert [part.age_ for _, part in second.parts_] == [2, 2]
    longer = make("a", "b", "c").resume(second).fit(VIEW)
    assert [part.age_ for _, part in longer.parts_] == [3, 3, 1]
    shorter = make("a").resume(longer).fit(VIEW)
    assert [part.age_ for _, part in shorter.parts_] == [4]
    fresh = make("a").resume(Remembers()).fit(VIEW)
    assert [part.age_ for _, part in fresh.parts_] == [1]


def test_a_learner_seeds_the_parts_differently():
    X = np.random.default_rng(0).normal(size=(40, 2))
    y = (X[:, 0] > 0).astype(int)
    strategy = WeightedSum([("a", Remembers()), ("b", Remembers())])
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.fit(X[:10], y[:10]).query(X[10:], 3)
    seeds = [part.random_state for _, part in learner.last_query_.strategy.parts_]
    assert None not in seeds
    assert seeds[0] != seeds[1]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "must be a list of pairs"),
        ([Entropy()], "must be a list of pairs"),
        ([("a", "entropy")], "must be a list of pairs"),
        ([("a", KCenterGreedy), ("b", Entropy())], "must be a list of pairs"),
        ([("a", Entropy()), ("a", Margin())], "not unique"),
        ([("a__b", Entropy())], "must not contain __"),
        ([("weights", Entropy())], "conflict with constructor"),
        (("a", Entropy()), "'parts' parameter of WeightedSum"),
    ],
)
def test_wrong_parts(parts, message):
    with pytest.raises(ValueError, match=message):
        WeightedSum(parts).select(VIEW)


def test_wrong_weights_and_scales():
    with pytest.raises(ValueError, match=r"weights=.* must hold 2 numbers"):
        WeightedSum(PARTS, weights=[1.0]).select(VIEW)
    with pytest.raises(ValueError, match="'scaling' parameter of Product"):
        Product(PARTS, scaling="zscore").select(VIEW)
    with pytest.raises(ValueError, match="'scaling' parameter of WeightedSum"):
        WeightedSum([("a", LeastConfidence())], scaling="max").select(VIEW)
