"""LCMD, MaxDet, MaxDiag and MaxDist on the features of a model."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner, Committee, ModelView, strategies
from skactive.features import Embedding, Inputs, Posterior, Scale, WeightGradient
from skactive.nets import TorchMLPClassifier, TorchMLPRegressor
from skactive.scores import ResidualVariance
from skactive.selection import LargestClusterMaximum, MaxDet

NAMES = ["lcmd", "maxdet", "maxdiag", "maxdist", "bait", "frank_wolfe", "emoc"]


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(70, 5))


def test_lcmd_is_brute_force(rows):
    labeled, pool = rows[:10], rows[10:]
    chosen, expected = list(labeled), []
    for _ in range(15):
        distances = np.array([[((a - c) ** 2).sum() for c in chosen] for a in pool])
        nearest, owner = distances.min(axis=1), distances.argmin(axis=1)
        sums = [nearest[owner == c].sum() for c in range(len(chosen))]
        inside = np.where(owner == np.argmax(sums), nearest, -1)
        expected.append(inside.argmax())
        chosen.append(pool[expected[-1]])
    strategy = LargestClusterMaximum(Embedding()).fit(labeled)
    assert_array_equal(strategy.select(pool, 15), expected)


def test_maxdet_is_the_greedy_log_determinant(rows):
    labeled, pool = rows[:3], rows[3:]
    noise = 0.1 * (labeled**2).sum(axis=1).mean()
    chosen, expected = list(labeled), []
    for _ in range(8):
        values = []
        for row in pool:
            some = np.array([*chosen, row])
            K = some @ some.T + noise * np.eye(len(some))
            values.append(np.linalg.slogdet(K)[1])
        values = np.array(values)
        values[expected] = -np.inf
        expected.append(int(values.argmax()))
        chosen.append(pool[expected[-1]])
    assert_array_equal(MaxDet(Embedding(), 0.1).fit(labeled).select(pool, 8), expected)


def test_labeled_as_chosen_or_conditioned_on_is_one_for_maxdet(rows):
    """TP mode and P mode of the framework: the same picks."""
    labeled, pool = rows[:6], rows[6:]
    given = MaxDet(make_pipeline(Inputs(), Scale()), noise=0.01).fit(labeled)
    posterior = make_pipeline(Inputs(), Scale(), Posterior(0.01)).fit(labeled)
    features = posterior.transform(pool)
    # Conditioned beforehand, and nothing labeled: the noise is still that of Scale.
    mean = (features**2).sum(axis=1).mean()
    alone = MaxDet(Embedding(), noise=0.01 / mean)
    assert_array_equal(given.select(pool, 20), alone.select(features, 20))


def test_residual_variance_is_the_length_of_posterior_features(rows):
    labeled, pool = rows[:6], rows[6:]
    scale = (labeled**2).sum(axis=1).mean()
    score = ResidualVariance(Embedding(), noise=0.01).fit(labeled)
    features = Posterior(0.01 * scale).fit(labeled).transform(pool)
    assert_allclose(score.score_samples(pool), (features**2).sum(axis=1), rtol=1e-6)
    order = np.argsort(-score.score_samples(pool))[:5]
    assert_array_equal(score.select(pool, 5), order)


def test_maxdist_is_coreset_on_gradients(rows):
    net = TorchMLPRegressor((8,), max_epochs=3, random_state=0)
    net.fit(rows[:20], rows[:20, 0])
    labeled, pool = ModelView(rows[:20], net), ModelView(rows[20:], net)
    explicit = WeightGradient().fit(labeled)
    expected = strategies.coreset().fit(explicit.transform(labeled))
    picks = strategies.maxdist().fit(labeled).select(pool, 9)
    assert_array_equal(picks, expected.select(explicit.transform(pool), 9))


MODELS = {
    "linear": Ridge(),
    "forest": RandomForestRegressor(20, random_state=0),
    "committee": Committee(Ridge(), n_members=3),
    "net": TorchMLPRegressor((16,), max_epochs=3),
    "wide net": TorchMLPRegressor((40, 40), max_epochs=3),
    "nets": Committee(TorchMLPRegressor((8,), dropout=0.0, max_epochs=3), n_members=2),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n_targets", [1, 2])
def test_with_any_regressor(name, model, n_targets, rows):
    y = rows[:, :n_targets] ** 2 if n_targets > 1 else rows[:, 0] ** 2
    learner = ActiveLearner(MODELS[model], name, random_state=0)
    learner.fit(rows[:15], y[:15])
    picks = learner.query(rows[15:], 6)
    assert len(set(picks)) == 6
    assert_array_equal(picks, learner.query(rows[15:], 6))


@pytest.mark.parametrize(
    "model", [LogisticRegression(), TorchMLPClassifier((40, 40), max_epochs=3)]
)
@pytest.mark.parametrize("name", ["lcmd", "maxdet", "maxdiag", "maxdist"])
def test_with_classifiers(name, model, rows):
    y = (rows[:, 0] > 0).astype(int) + (rows[:, 1] > 1)
    learner = ActiveLearner(model, name, random_state=0).fit(rows[:25], y[:25])
    assert len(set(learner.query(rows[25:], 6))) == 6


def test_lcmd_is_the_default_of_regressors(rows):
    picks = [
        ActiveLearner(Ridge(), strategy, random_state=0)
        .fit(rows[:10], rows[:10, 0])
        .query(rows[10:], 5)
        for strategy in (None, "lcmd")
    ]
    assert_array_equal(*picks)
