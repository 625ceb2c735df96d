"""Cluster-margin against a round robin with lists, and its memory."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner, ModelView, strategies
from skactive.features import GradientEmbedding
from skactive.geometry import average_linkage
from skactive.scores import FunctionScore, Margin
from skactive.selection import ClusterMargin

N = 60


def numbered(score):
    """A score that is written down; the rows are known by their number."""
    return FunctionScore(lambda view: np.asarray(score)[np.asarray(view.X)])


def view_of(groups, rows=None):
    """Samples whose embedding tells their group, and nothing else."""
    groups = np.asarray(groups, dtype=float)
    rows = np.arange(len(groups)) if rows is None else np.asarray(rows)
    return ModelView.from_outputs(rows, embedding=100 * groups[rows, None])


def round_robin(score, groups, n_queries, factor=10, given=()):
    """Citovsky's loop over queues, written with lists."""
    order = [row for row in np.argsort(-np.asarray(score)) if row not in given]
    kept = order[: factor * n_queries]
    queues = {}
    for row in kept:
        queues.setdefault(groups[row], []).append(row)
    sizes = {group: len(queue) for group, queue in queues.items()}
    turns = {group: sum(groups[row] == group for row in given) for group in queues}
    picked = []
    while len(picked) < n_queries:
        group = min(
            (group for group in queues if queues[group]),
            key=lambda g: (turns[g], sizes[g], kept.index(queues[g][0])),
        )
        picked.append(queues[group].pop(0))
        turns[group] += 1
    return picked


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n_given", [0, 5])
def test_queues_of_clusters(seed, n_given):
    rng = np.random.default_rng(seed)
    score, groups = rng.normal(size=N), rng.geometric(0.3, size=N)
    given = rng.choice(N, n_given, replace=False)
    strategy = ClusterMargin(
        numbered(score), n_clusters=len(set(groups)), factor=3, random_state=0
    )
    rows = strategy.select(view_of(groups), 9, given=given)
    assert_array_equal(rows, round_robin(score, groups, 9, 3, given))


def test_two_clusters_of_one_and_nine():
    score, groups = np.arange(10.0), [1, *[0] * 9]  # the small one has the worst score
    strategy = ClusterMargin(numbered(score), n_clusters=2)
    assert strategy.select(view_of(groups), 2).tolist() == [0, 9]


@pytest.mark.parametrize(
    ("options", "groups"),
    [({"factor": 1}, np.arange(N) % 4), ({}, np.zeros(N)), ({}, np.arange(N))],
)
def test_what_leaves_the_best_scores_alone(options, groups):
    # As many kept as asked for; one cluster; a cluster for each sample.
    score = np.random.default_rng(0).permutation(N)
    n_clusters = max(len(set(groups)), 1)
    strategy = ClusterMargin(numbered(score), n_clusters=n_clusters, **options)
    rows = strategy.select(view_of(groups), 7)
    assert set(rows) == set(np.argsort(-score)[:7])


def test_anyone_of_a_cluster_may_come_first():
    score, groups = np.arange(20.0), np.arange(20) // 10
    firsts = set()
    for seed in range(40):
        strategy = ClusterMargin(
            numbered(score), n_clusters=2, order="random", random_state=seed
        )
        rows = strategy.select(view_of(groups), 2)
        assert sorted(rows // 10) == [0, 1]
        firsts.add(int(rows[rows < 10][0]))
    assert len(firsts) > 5


def test_the_number_of_clusters_is_at_least_twenty():
    points = np.random.default_rng(0).normal(size=(50, 3))
    view = ModelView.from_outputs(np.arange(50), embedding=points)
    for n_queries, n_clusters in ((3, 20), (31, 31)):
        strategy = ClusterMargin(numbered(np.zeros(50)))
        strategy.select(view, n_queries)
        assert len(set(strategy.row_clusters_)) == n_clusters
        naive = average_linkage(points, n_clusters)
        assert same_partition(clusters_of(strategy, view), naive)


def clusters_of(strategy, view):
    """Clusters that a strategy would find in a view if it were asked again."""
    successor = ClusterMargin(strategy.score).resume(strategy).fit(view)
    return successor._clusters(view, 1)


def same_partition(a, b):
    return len(set(zip(a, b, strict=True))) == len(set(a)) == len(set(b))


# --- memory


def test_clusters_are_remembered_wherever_the_rows_stand():
    rng = np.random.default_rng(0)
    score, groups = rng.normal(size=N), rng.integers(6, size=N)
    first = ClusterMargin(numbered(score), n_clusters=6).fit(view_of(groups))
    first.select(view_of(groups), 5)
    # The embedding says something else by now, and some rows are gone.
    rows = rng.permutation(N)[:40]
    view = view_of(rng.integers(6, size=N), rows)
    second = ClusterMargin(numbered(score), n_clusters=6).resume(first).fit(view)
    expected = round_robin(score[rows], groups[rows], 8)
    assert_array_equal(second.select(view, 8), expected)
    assert_array_equal(second.select(view, 8), expected)
    last = ClusterMargin(numbered(score)).resume(second).fit(view)
    assert_array_equal(
        last.select(view_of(groups), 5), first.select(view_of(groups), 5)
    )


def test_rows_met_later_join_the_nearest_cluster_of_today():
    groups = np.repeat(np.arange(5), 12)
    first = ClusterMargin(numbered(np.zeros(N)), n_clusters=5).fit(view_of(groups))
    first.select(view_of(groups, np.arange(0, N, 2)), 5)
    # A new embedding, in which the same samples are together; of another width too.
    moved = np.random.default_rng(1).normal(size=(5, 3))[groups]
    view = ModelView.from_outputs(np.arange(N), embedding=moved)
    clusters = clusters_of(first, view)
    assert same_partition(clusters, groups)


def test_a_pool_without_a_known_row_is_clustered_anew():
    groups = np.repeat(np.arange(4), 15)
    first = ClusterMargin(numbered(np.zeros(N)), n_clusters=2).fit(view_of(groups))
    first.select(view_of(groups, np.arange(30)), 5)
    second = ClusterMargin(numbered(np.zeros(N)), n_clusters=2).resume(first)
    second.fit(view_of(groups)).select(view_of(groups, np.arange(30, N)), 5)
    assert len(second.row_keys_) == 30
    assert same_partition(
        clusters_of(second, view_of(groups, np.arange(30, N))), groups[30:]
    )


def test_fit_without_resume_forgets():
    groups = np.repeat(np.arange(5), 12)
    first = ClusterMargin(numbered(np.zeros(N)), n_clusters=5).fit(view_of(groups))
    first.select(view_of(groups), 5)
    second = ClusterMargin(numbered(np.zeros(N)), n_clusters=5).resume(first)
    other = view_of(groups % 2)
    second.fit(other)
    assert len(set(second._clusters(other, 5))) == 5
    second.set_params(n_clusters=2).fit(other)
    assert same_partition(second._clusters(other, 5), groups % 2)


def test_copies_of_a_row_are_in_one_cluster_for_good():
    numbers = np.repeat(np.arange(10), 3)
    view = ModelView.from_outputs(numbers, embedding=numbers[:, None] * 1.0)
    first = ClusterMargin(numbered(np.zeros(10)), n_clusters=4).fit(view)
    first.select(view, 5)
    assert len(first.row_keys_) == 10
    assert_array_equal(clusters_of(first, view).reshape(10, 3).std(axis=1), 0)


def test_two_rounds_of_a_learner():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3)) + 6 * rng.integers(3, size=(120, 1))
    y = (X[:, 0] > X[:, 1]).astype(int)
    strategy = strategies.clustermargin(n_clusters=8)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.fit(X[:12], y[:12])
    pool, labels = X[12:], y[12:]
    rows = learner.query(pool, 6)
    learner.teach(pool[rows], labels[rows])
    known = learner.strategy_.row_keys_, learner.strategy_.row_clusters_
    left = rng.permutation(np.delete(np.arange(len(pool)), rows))[:70]
    picked = learner.query(pool[left], 6)
    asked = learner.last_query_.strategy
    assert_array_equal(asked.row_keys_, known[0])
    assert_array_equal(asked.row_clusters_, known[1])
    assert not hasattr(strategy, "row_keys_")
    # What the round robin gives on the clusters of the first round.
    clusters = asked._clusters(learner.view(pool[left]), 6)
    score = Margin().score_samples(learner.view(pool[left]))
    assert_array_equal(picked, round_robin(score, clusters, 6))


# --- large pools, other features


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_of_a_large_pool_a_part_is_clustered(kind):
    groups = np.random.default_rng(0).integers(4, size=400)
    points = 50 * np.eye(4)[groups] + np.random.default_rng(1).normal(size=(400, 4))
    view = ModelView.from_outputs(np.arange(400), embedding=kind(points))
    for seed in range(3):
        strategy = ClusterMargin(
            numbered(np.zeros(400)), n_clusters=4, max_clustered=40, random_state=seed
        )
        strategy.select(view, 5)
        assert same_partition(clusters_of(strategy, view), groups)


def test_features_that_have_no_means():
    view = ModelView.from_outputs(proba=np.full((4, 2), 0.5), embedding=np.eye(4))
    with pytest.raises(TypeError, match="ClusterMargin takes means of rows"):
        ClusterMargin(Margin(), features=GradientEmbedding()).select(view)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"score": None}, "score"),
        ({"n_clusters": 0}, "n_clusters"),
        ({"factor": 0.5}, "factor"),
        ({"order": "best"}, "order"),
        ({"max_clustered": 0}, "max_clustered"),
    ],
)
def test_wrong_parameters(parameters, name):
    wrong = ClusterMargin(Margin()).set_params(**parameters)
    with pytest.raises(ValueError, match=f"'{name}' parameter of ClusterMargin"):
        wrong.select(view_of(np.zeros(4)))


@pytest.mark.parametrize("n_targets", [1, 2])
def test_the_variance_of_a_committee_takes_the_place_of_the_margin(n_targets):
    rng = np.random.default_rng(0)
    groups, units = rng.geometric(0.3, size=N), 100.0 ** np.arange(n_targets)
    draws = rng.normal(size=(N, 7, n_targets)) * units
    y = rng.normal(size=(5, n_targets)) * units
    labeled = ModelView.from_outputs(embedding=np.zeros((5, 1)), prediction=y)
    pool = ModelView.from_outputs(embedding=100.0 * groups[:, None], draws=draws)
    strategy = strategies.cluster_variance(n_clusters=len(set(groups)), factor=3)
    rows = strategy.fit(labeled, y).select(pool, 9)
    spread = (draws.var(axis=1) / y.var(axis=0)).mean(axis=1)
    assert_array_equal(rows, round_robin(spread, groups, 9, 3))
