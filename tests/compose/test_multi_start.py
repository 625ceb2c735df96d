"""The best of several starts."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import get_tags

from skactive import ActiveLearner, ModelView, QueryStrategy, simulate, strategies
from skactive.base import Facts
from skactive.compose import Mask, Mix, MultiStart, Subsample, monitored_mean
from skactive.features import GradientEmbedding
from skactive.geometry import typical_gamma
from skactive.scores import Isolation
from skactive.selection import KCenterGreedy, RandomChoice

rng = np.random.default_rng(0)
POOL = rng.normal(size=(60, 3)).astype(np.float32)
LABELED = rng.normal(size=(4, 3)).astype(np.float32)


def similarity(name, a, b, gamma):
    if name == "rbf":
        return np.exp(-gamma * ((a[:, None] - b) ** 2).sum(-1))
    norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    cosines = a @ b.T / norms
    return (1 + cosines) / 2 if name == "cosine" else np.maximum(cosines, 0)


class Replays(QueryStrategy):
    """Draws, and notes what."""

    drawn = []
    facts = Facts(stochastic=True, cold_start=True)
    _parameter_constraints = {"random_state": ["random_state"]}

    def __init__(self, random_state=None):
        self.random_state = random_state

    def _select(self, X, n_queries, given):
        left = np.setdiff1d(np.arange(len(X)), given)
        rows = self._rng(X).choice(left, n_queries, replace=False)
        self.drawn.append(rows)
        return rows


@pytest.fixture(autouse=True)
def forget():
    Replays.drawn.clear()


@pytest.mark.parametrize("name", ["cosine", "clipped_cosine", "rbf"])
@pytest.mark.parametrize("labeled", [None, LABELED])
@pytest.mark.parametrize("given", [[], [3, 50]])
def test_the_batch_of_the_best_coverage(name, labeled, given):
    gamma = typical_gamma(POOL, None)
    start = MultiStart(Replays(), n_starts=7, similarity=name, random_state=1)
    if labeled is not None:
        start.fit(labeled)
    rows = start.select(POOL, 5, given=given)
    assert len(Replays.drawn) == 7
    assert len({tuple(drawn) for drawn in Replays.drawn}) == 7
    fixed = POOL[given] if labeled is None else np.r_[POOL[given], labeled]
    coverages = [
        similarity(name, POOL, np.r_[POOL[drawn], fixed], gamma).max(axis=1).mean()
        for drawn in Replays.drawn
    ]
    assert_allclose(start.coverages_, coverages, rtol=1e-6)
    assert_array_equal(rows, Replays.drawn[np.argmax(coverages)])


def test_gamma_is_passed_on():
    start = MultiStart(Replays(), similarity="rbf", gamma=0.3, random_state=0)
    start.select(POOL, 3)
    first = similarity("rbf", POOL, POOL[Replays.drawn[0]], 0.3).max(axis=1).mean()
    assert_allclose(start.coverages_[0], first, rtol=1e-6)


def test_by_default_it_draws_at_random():
    plain, named = (
        MultiStart(strategy, n_starts=4, random_state=2)
        for strategy in (None, RandomChoice(random_state=9))
    )
    assert_array_equal(plain.select(POOL, 6), named.select(POOL, 6))
    assert not np.array_equal(
        plain.select(POOL, 6), plain.set_params(random_state=3).select(POOL, 6)
    )


def test_nested_strategies_draw_anew_as_well():
    start = MultiStart(Subsample(Replays(0), 30, random_state=0), random_state=0)
    start.fit(LABELED).select(POOL, 4)
    assert len({tuple(drawn) for drawn in Replays.drawn}) == 10
    assert start.strategy.random_state == start.strategy.strategy.random_state == 0


def test_more_starts_cover_more():
    coverages = [
        np.mean(
            [
                start.coverages_.max()
                for start in (MultiStart(n_starts=n, random_state=s) for s in range(20))
                if len(start.select(POOL, 4))
            ]
        )
        for n in (1, 5, 25)
    ]
    assert coverages == sorted(coverages)
    assert coverages[2] > coverages[0] + 0.01


def test_blobs_are_hit_once_more_often_than_by_chance():
    X, y = make_blobs([30] * 4, 2, cluster_std=0.05, random_state=2)
    hits = [
        [
            len(set(y[strategy.select(X, 4)])) == 4
            for strategy in (
                RandomChoice(seed),
                MultiStart(n_starts=50, similarity="rbf", random_state=seed),
            )
        ]
        for seed in range(20)
    ]
    random, best = np.mean(hits, axis=0)
    assert random < 0.4  # 4! / 4**4 is 0.094
    assert best > 0.9


def test_sparse_and_product_features():
    rows = [
        MultiStart(random_state=0).select(pool, 5)
        for pool in (POOL, sparse.csr_array(POOL))
    ]
    assert_array_equal(*rows)
    proba = rng.dirichlet(np.ones(3), 60)
    view = ModelView.from_outputs(proba=proba, embedding=POOL)
    start = MultiStart(Replays(), features=GradientEmbedding(), random_state=0)
    start.select(view, 5)
    flat = np.asarray(GradientEmbedding().transform(view))
    coverages = [similarity("cosine", flat, flat[d], 0).max(1) for d in Replays.drawn]
    assert_allclose(start.coverages_, np.mean(coverages, axis=1))


def test_equal_rows_and_a_single_candidate():
    start = MultiStart(random_state=0)
    assert len(set(start.select(np.ones((9, 2)), 9))) == 9
    assert_allclose(start.coverages_, 1)
    assert len(set(start.select(np.zeros((9, 2)), 4))) == 4
    assert start.select([[1.0, 2.0]]).tolist() == [0]


def test_memory_is_that_of_a_column():
    pool = rng.normal(size=(40_000, 4)).astype(np.float32)
    start = MultiStart(n_starts=2, random_state=0)
    start.select(pool[:100], 5)
    tracemalloc.start()
    start.select(pool, 500)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6  # all similarities would be 160 MB


def test_facts():
    facts = get_tags(MultiStart()).strategy
    assert facts.cold_start
    assert facts.stochastic
    assert not facts.quadratic
    assert not get_tags(MultiStart(strategies.margin())).strategy.cold_start
    assert not get_tags(MultiStart(features=GradientEmbedding())).strategy.cold_start
    assert get_tags(MultiStart(strategies.facility_location())).strategy.quadratic


def test_a_seed_set_of_a_simulation():
    X, y = make_blobs([30] * 4, 2, cluster_std=0.05, random_state=2)
    options = {"n_initial": 4, "n_queries": 4, "budget": 8, "random_state": 0}
    n_seen = {}
    for name, initial in {"random": "random", "best": MultiStart(n_starts=50)}.items():
        result = simulate(
            GaussianNB(), X, y, strategies=["random", "margin"], initial=initial,
            **options,
        )  # fmt: skip
        first = result.picks.query("round == 0 and strategy == 'margin'")
        n_seen[name] = [len(set(y[p["row"]])) for _, p in first.groupby("repeat")]
    assert np.mean(n_seen["best"]) > np.mean(n_seen["random"])


def test_what_the_kept_start_left_out_is_noted():
    pool = np.append(POOL, [[50.0, 50, 50]], axis=0)
    start = MultiStart(Mask(RandomChoice(), contamination=0.02), 5, random_state=0)
    start.select(pool, 4)
    assert start.notes_["masked"].tolist() == [60]
    detector = Isolation(3)  # another one in each start
    start.set_params(strategy=Mask(RandomChoice(), detector, contamination=0.2))
    start.fit(LABELED)
    rows = start.select(pool, 4)
    kept = start.starts_[start.coverages_.argmax()]
    assert_array_equal(start.notes_["masked"], kept.notes_["masked"])
    assert not np.isin(rows, start.notes_["masked"]).any()


def test_random_picks_that_were_kept_for_their_coverage_are_no_fair_sample():
    # Mean distance from the center: what covers well is not as far out as all are.
    values = np.linalg.norm(POOL, axis=1)
    lies, errors = [], []
    for seed in range(100):
        inside = MultiStart(Mix(RandomChoice(), 1), 20, similarity="rbf")
        learner = ActiveLearner(GaussianNB(), inside, random_state=seed)
        rows = learner.query(POOL, 4)
        with pytest.raises(ValueError, match="around a MultiStart or a Bandit"):
            monitored_mean(learner.last_query_, values[rows])
        lies.append(values[rows].mean() - values.mean())
        learner.set_params(strategy=Mix(MultiStart(), 0.5))
        rows = learner.query(POOL, 8)
        mean, _ = monitored_mean(learner.last_query_, values[rows])
        errors.append(mean - values.mean())
    assert abs(np.mean(lies)) > 4 * np.std(lies) / 10
    assert abs(np.mean(errors)) < 3 * np.std(errors) / 10


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"strategy": "kmeans"}, "strategy='kmeans' of MultiStart is no strategy"),
        ({"n_starts": 0}, "'n_starts' parameter of MultiStart"),
        ({"similarity": "l2"}, "'similarity' parameter of MultiStart"),
        ({"gamma": 0}, "'gamma' parameter of MultiStart"),
        ({"features": KCenterGreedy}, "is a class; pass an object"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        MultiStart(**parameters).select(POOL)
