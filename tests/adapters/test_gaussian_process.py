"""Gaussian processes: draws from the posterior, and never the pool's covariance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import ARDRegression, BayesianRidge, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner, Committee, ModelView
from skactive.exceptions import MissingCapability

rng = np.random.default_rng(0)
X = np.sort(rng.uniform(0, 10, (12, 1)), axis=0)
POOL = np.linspace(0, 10, 25)[:, None]
y = np.sin(X[:, 0])
Y2 = np.column_stack([y, 5 * np.cos(X[:, 0])])
N_DRAWS = 4000


def process(**params):
    return GaussianProcessRegressor(RBF(1.0), alpha=1e-2, optimizer=None, **params)


@pytest.mark.parametrize("targets", [y, Y2])
@pytest.mark.parametrize(
    "model",
    [process(), process(normalize_y=True), make_pipeline(StandardScaler(), process())],
)
def test_the_standard_deviation_is_the_models_own(model, targets):
    view = ModelView(POOL, model.fit(X, targets))
    _, std = model.predict(POOL, return_std=True)
    assert_allclose(view.predict_std(), std)
    assert view.predict_std().shape == (25, *targets.shape[1:])


@pytest.mark.parametrize("model", [BayesianRidge(), ARDRegression()])
def test_other_models_with_a_standard_deviation_are_asked_too(model):
    pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
    for outer in (pipeline, GridSearchCV(pipeline, {}, cv=2).fit(X, y)):
        inner = outer if outer is pipeline else outer.best_estimator_
        _, std = inner.predict(POOL, return_std=True)
        assert_allclose(ModelView(POOL, outer).predict_std(), std)


@pytest.mark.parametrize("targets", [y, Y2])
def test_draws_have_the_mean_and_covariance_of_the_posterior(targets):
    model = process(normalize_y=True).fit(X, targets)
    draws = ModelView(POOL, model, seed=1).predict_draws(N_DRAWS, consistent=True)
    assert draws.shape == (25, N_DRAWS, targets.ndim)
    mean, covariance = model.predict(POOL, return_cov=True)
    mean = mean.reshape(25, -1)
    covariance = covariance.reshape(25, 25, -1)
    for target in range(targets.ndim):
        drawn, cov = draws[:, :, target], covariance[:, :, target]
        error = np.sqrt(np.diag(cov) / N_DRAWS)
        assert (np.abs(drawn.mean(axis=1) - mean[:, target]) < 5 * error).all()
        # The standard error of a covariance is at most sqrt(2) v / sqrt(n).
        limit = 5 * np.sqrt(2 / N_DRAWS) * cov.max()
        assert np.abs(np.cov(drawn) - cov).max() < limit


def test_draws_follow_from_the_seed_of_the_view():
    model = process().fit(X, y)
    first, again = (ModelView(POOL, model, seed=1).predict_draws(3) for _ in range(2))
    assert_array_equal(first, again)
    assert not np.allclose(first, ModelView(POOL, model, seed=2).predict_draws(3))


@pytest.fixture
def sizes(monkeypatch):
    """Numbers of rows that a Gaussian process is asked about at once."""
    seen = []
    predict = GaussianProcessRegressor.predict

    def counting(self, X, return_std=False, return_cov=False):
        seen.append(len(X))
        return predict(self, X, return_std=return_std, return_cov=return_cov)

    monkeypatch.setattr(GaussianProcessRegressor, "predict", counting)
    return seen


def test_a_large_pool_is_handled_in_chunks(sizes):
    model = process().fit(X, y)
    pool = np.linspace(0, 10, 1201)[:, None]
    view = ModelView(pool, model)
    draws, std = view.predict_draws(600), view.predict_std()
    assert sum(sizes) == 2 * 1201
    assert max(sizes) <= 500, "never the covariance of the whole pool"
    mean, expected = model.predict(pool, return_std=True)
    assert_allclose(std, expected)
    assert (np.abs(draws[:, :, 0].mean(1) - mean) < 6 * expected / np.sqrt(600)).all()
    # Chunks are drawn apart: the draws do not repeat themselves.
    assert not np.allclose(
        draws[:500] - mean[:500, None, None],
        draws[500:1000] - mean[500:1000, None, None],
    )


def test_joint_draws_over_a_large_pool_are_refused():
    view = ModelView(np.zeros((501, 1)), process().fit(X, y))
    with pytest.raises(
        ValueError, match=r"Joint draws over 501 samples.*at most 500.*Sub"
    ):
        view.predict_draws(2, consistent=True)


@pytest.mark.parametrize("targets", [y, Y2])
def test_draws_of_a_transformed_target_are_in_its_own_units(targets):
    model = TransformedTargetRegressor(process(), func=np.sinh, inverse_func=np.arcsinh)
    view = ModelView(POOL, model.fit(X, targets), seed=1)
    inner = ModelView(POOL, model.regressor_, seed=1).predict_draws(500)
    assert_allclose(view.predict_draws(500), np.arcsinh(inner))


def test_a_transform_that_leaves_its_domain_is_an_error():
    model = TransformedTargetRegressor(process(), func=np.exp, inverse_func=np.log)
    view = ModelView(POOL, model.fit(X, y / 10), seed=1)
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(ValueError, match="rows of the view's draws are not finite"),
    ):
        view.predict_draws(500)


def test_the_deviation_of_a_transformed_target_comes_from_draws():
    scaler = StandardScaler()
    model = TransformedTargetRegressor(process(), transformer=scaler)
    view = ModelView(POOL, model.fit(X, 1000 * y), seed=1)
    std = view.predict_std()
    assert_allclose(std, view.predict_draws().std(axis=1)[:, 0])
    _, inner = model.regressor_.predict(POOL, return_std=True)
    assert_allclose(std / (inner * 1000 * y.std()), 1, atol=0.6)


def test_a_model_with_a_deviation_inside_a_transformed_target_has_none():
    model = TransformedTargetRegressor(BayesianRidge(), transformer=StandardScaler())
    view = ModelView(POOL, model.fit(X, y))
    with pytest.raises(
        MissingCapability,
        match=r"TransformedTargetRegressor does not offer .* deviation",
    ):
        view.predict_std()


def test_members_that_are_processes_answer_as_members():
    committee = Committee(process(), 3, random_state=0).fit(X, y)
    draws = ModelView(POOL, committee).predict_draws(50)
    expected = np.stack([member.predict(POOL) for member in committee.estimators_], 1)
    assert_allclose(draws[:, :, 0], expected, rtol=1e-5, atol=1e-6)
    vote = VotingRegressor([("a", process()), ("b", Ridge())]).fit(X, y)
    view = ModelView(POOL, vote)
    assert_allclose(view.predict_draws()[:, :, 0], vote.transform(POOL), rtol=1e-5)
    assert_allclose(view.predict_std(), vote.transform(POOL).std(axis=1), rtol=1e-4)


def test_the_embedding_is_the_standardised_input():
    view = ModelView(POOL, process().fit(X, y))
    assert_array_equal(view.inputs(), POOL)
    assert_allclose(view.embed(), StandardScaler().fit_transform(POOL), atol=1e-6)


@pytest.mark.parametrize("strategy", ["variance", "qbc"])
@pytest.mark.parametrize("targets", [y, Y2])
def test_a_learner_asks_far_from_what_is_known(strategy, targets):
    learner = ActiveLearner(process(), strategy, random_state=0).fit(X[:6], targets[:6])
    pool = np.vstack([X[:6] + 1e-3, [[50.0]]])
    assert learner.query(pool).tolist() == [6]
