"""Parts of the pool, one after the other."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare
from sklearn.utils import get_tags

from skactive import ModelView, QueryStrategy, strategies
from skactive.compose import Partition
from skactive.scores import FunctionScore
from skactive.selection import KCenterGreedy, RandomChoice

N = 31
LINE = np.arange(float(N))[:, None]


class Notes(QueryStrategy):
    """Takes the largest numbers and notes what each part showed."""

    def _select(self, X, n_queries, given):
        self.seen_ = [*getattr(self, "seen_", []), (X.X[:, 0], X.X[given, 0])]
        rows = np.argsort(-X.X[:, 0])
        return rows[~np.isin(rows, given)][:n_queries]


@pytest.mark.parametrize(("n_parts", "n_queries"), [(2, 9), (4, 10), (7, 31), (5, 5)])
def test_parts_are_disjoint_and_share_the_batch(n_parts, n_queries):
    chooser = Partition(Notes(), n_parts=n_parts, random_state=0).fit(LINE)
    rows = chooser.select(LINE, n_queries)
    parts = [seen for seen, _ in chooser.strategy_.seen_]
    assert sorted(np.concatenate(parts)) == list(range(N))
    assert np.ptp([len(part) for part in parts]) <= 1
    shares = [np.isin(rows, part).sum() for part in parts]
    assert sum(shares) == len(set(rows)) == n_queries
    assert max(shares) - min(shares) <= 1
    # Of each part the best, and the first picks of all parts before the second ones.
    assert_array_equal(rows[:n_parts], [part.max() for part in parts])


def test_no_more_parts_than_queries():
    chooser = Partition(Notes(), n_parts=50, random_state=0).fit(LINE)
    chooser.select(LINE, 3)
    assert len(chooser.strategy_.seen_) == 3


@pytest.mark.parametrize(
    "strategy",
    [
        RandomChoice(random_state=5),
        KCenterGreedy(),
        strategies.kmeanspp(random_state=2),
        FunctionScore(lambda view: np.zeros(len(view))),
    ],
)
def test_one_part_is_the_strategy_itself(strategy):
    view = ModelView.from_outputs(LINE, seed=3)
    alone = Partition(strategy, n_parts=1, random_state=0)
    assert_array_equal(alone.select(view, 6), strategy.select(view, 6))
    assert_array_equal(
        alone.select(view, 6, given=[2, 9]), strategy.select(view, 6, given=[2, 9])
    )


def test_every_part_sees_the_given_rows():
    chooser = Partition(Notes(), n_parts=3, random_state=0).fit(LINE)
    rows = chooser.select(LINE, 7, given=[30, 4])
    assert not set(rows) & {30, 4}
    for seen, given in chooser.strategy_.seen_:
        assert sorted(given) == [4, 30]
        assert set(given) <= set(seen)
    everything = chooser.select(LINE, N - 2, given=[30, 4])
    assert sorted(everything) == sorted(set(range(N)) - {30, 4})


def test_a_sorted_pool_puts_every_class_in_every_part():
    classes = np.repeat(np.arange(3.0), 40)[:, None]
    for seed in range(5):
        chooser = Partition(Notes(), n_parts=3, random_state=seed).fit(classes)
        chooser.select(classes, 3)
        for seen, _ in chooser.strategy_.seen_:
            assert np.bincount(seen.astype(int), minlength=3).min() >= 5


def test_equal_seeds_of_the_parts_do_not_draw_the_same_class():
    # Whoever sorts the parts of a sorted pool has equal positions of equal classes.
    agreed, chances = 0, []
    for seed in range(400):
        strategy = Partition(RandomChoice(seed), n_parts=2, random_state=seed)
        a, b = strategy.select(LINE[:30], 2) // 10
        agreed += a == b
        chances += [a, b]
    assert chisquare(np.bincount(chances)).pvalue > 0.001
    expected = 400 * 9 / 29
    assert chisquare([agreed, 400 - agreed], [expected, 400 - expected]).pvalue > 0.001


def test_facts_are_those_of_the_strategy():
    facts = get_tags(Partition(strategies.badge())).strategy
    assert facts.needs == ("proba", "embedding")
    assert facts.task == "classification"
    facts = get_tags(Partition(KCenterGreedy())).strategy
    assert facts.stochastic
    assert facts.cold_start
    assert not facts.diverse


@pytest.mark.parametrize(
    ("parameters", "name"),
    [({"strategy": None}, "strategy"), ({"n_parts": 0}, "n_parts")],
)
def test_wrong_parameters(parameters, name):
    wrong = Partition(Notes()).set_params(**parameters)
    with pytest.raises(ValueError, match=f"'{name}' parameter of Partition"):
        wrong.select(LINE)
