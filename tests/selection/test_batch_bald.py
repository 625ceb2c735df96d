"""BatchBALD through its public face; its engine is tested with the geometry."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import get_tags

from skactive import ActiveLearner, ModelView, strategies
from skactive.scores import BALD
from skactive.selection import BatchBALD

A, C = [[1.0, 0.0], [0.0, 1.0]], [[0.9, 0.1], [0.1, 0.9]]


def random_view(n=30, n_draws=6, n_classes=3, seed=0):
    draws = np.random.default_rng(seed).dirichlet(
        np.full(n_classes, 0.4), size=(n, n_draws)
    )
    return ModelView.from_outputs(draws=draws)


def test_a_single_pick_is_that_of_bald():
    view = random_view()
    assert_array_equal(BatchBALD().select(view), BALD().select(view))
    assert_allclose(BatchBALD().score_samples(view), BALD().score_samples(view))


def test_a_batch_does_not_ask_twice():
    # Three rows ask which of the first two draws is right, one asks about the third.
    first = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    other = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]]
    view = ModelView.from_outputs(draws=[first, first, first, other])
    assert set(BALD().select(view, 2)) <= {0, 1, 2}
    assert 3 in BatchBALD().select(view, 2)
    assert BatchBALD().select(view, 1, given=[1]).tolist() == [3]


def test_it_asks_for_consistent_draws():
    asked = []

    class Spy(ModelView):
        def predict_draws(self, n_draws=20, *, consistent=False):
            asked.append((n_draws, consistent))
            return super().predict_draws(n_draws, consistent=consistent)

    view = random_view()
    view.__class__ = Spy
    BatchBALD(n_draws=9).select(view, 2)
    assert asked == [(9, True)]


def test_the_seed_decides_what_is_drawn():
    view = random_view(200, 12, 5)

    def batch(seed):
        strategy = BatchBALD(max_configurations=30, random_state=seed)
        return tuple(strategy.select(view, 8))

    assert batch(0) == batch(0)
    assert len({batch(seed) for seed in range(8)}) > 1
    assert len({rows[0] for rows in map(batch, range(8))}) == 1
    facts = get_tags(BatchBALD()).strategy
    assert facts.stochastic
    assert not facts.diverse


def test_with_a_forest():
    X = np.random.default_rng(0).normal(size=(80, 3))
    y = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")
    learner = ActiveLearner(
        RandomForestClassifier(10), strategies.batch_bald(), random_state=0
    ).fit(X[:12], y[:12])
    rows = learner.query(X[12:], 8)
    assert len(set(rows)) == 8
    assert_array_equal(learner.query(X[12:], 8), rows)


def test_with_the_dropout_of_a_net():
    nets = pytest.importorskip("skactive.nets")
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")
    net = nets.TorchMLPClassifier(hidden_sizes=(16,), dropout=0.5, max_epochs=20)
    learner = ActiveLearner(net, strategies.batch_bald(10), random_state=0)
    learner.fit(X[:20], y[:20])
    pool = np.repeat(X[20:], 2, axis=0)
    draws = learner.view(pool).predict_draws(10, consistent=True)
    assert_allclose(draws[::2], draws[1::2], atol=1e-6)
    assert len(set(learner.query(pool, 5))) == 5


@pytest.mark.parametrize(
    ("name", "value"), [("n_draws", 0), ("max_configurations", 0), ("n_draws", 2.5)]
)
def test_wrong_parameters(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of BatchBALD"):
        BatchBALD(**{name: value}).select(random_view())
