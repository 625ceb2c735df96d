"""A Gaussian process lends its kernel to strategies of distances and variances."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner, ModelView, strategies
from skactive.features import Embedding, Sketch
from skactive.geometry import KernelFeatures, squared_distances, squared_norms


def process(kernel, alpha=1e-4):
    return GaussianProcessRegressor(kernel, alpha=alpha, optimizer=None)


def test_batch_of_the_largest_variances_is_redundant():
    grid = np.linspace(0, 1, 101)[:, np.newaxis]
    model = process(RBF(0.2)).fit([[0.4]], [0.0])
    view = ModelView(grid, model)
    labeled = ModelView(np.array([[0.4]]), model)
    by_variance = strategies.variance().select(view, 2)
    assert_allclose(grid[by_variance].ravel(), [1, 0.99])
    by_det = strategies.maxdet().fit(labeled).select(view, 3)
    assert_allclose(grid[by_det].ravel(), [1, 0, 0.7])


def test_maxdet_is_sequential_variance():
    rng = np.random.default_rng(0)
    X, y = rng.uniform(size=(8, 2)), rng.normal(size=8)
    pool = rng.uniform(size=(60, 2))
    model = process(ConstantKernel(2.0) * RBF(0.3) + WhiteKernel(0.01)).fit(X, y)
    picks = (
        strategies.maxdet(noise=0)
        .fit(ModelView(X, model))
        .select(ModelView(pool, model), 6)
    )
    labeled = X
    for pick in picks:
        fitted = process(model.kernel_).fit(labeled, np.zeros(len(labeled)))
        std = fitted.predict(pool, return_std=True)[1]
        assert std.argmax() == pick
        labeled = np.vstack([labeled, pool[pick]])


def test_maxdiag_is_the_variance_of_the_process():
    rng = np.random.default_rng(0)
    X, y = rng.uniform(size=(8, 2)), rng.normal(size=8)
    pool = rng.uniform(size=(30, 2))
    model = make_pipeline(StandardScaler(), process(RBF(0.5), 1e-2)).fit(X, y)
    score = strategies.maxdiag(noise=0).fit(ModelView(X, model))
    std = model.predict(pool, return_std=True)[1]
    variances = score.score_samples(ModelView(pool, model))
    assert_allclose(variances, std**2, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", ["lcmd", "maxdist", "maxdet", "maxdiag"])
def test_same_picks_as_with_explicit_features(name):
    rng = np.random.default_rng(0)
    X, pool = rng.normal(size=(10, 2)), rng.normal(size=(80, 2))

    def kernel(A, B):
        return np.asarray(A) @ np.asarray(B).T

    class Implicit(Embedding):
        def _transform(self, X):
            return KernelFeatures(super()._transform(X), kernel)

    labeled, rows = ModelView.from_outputs(X), ModelView.from_outputs(pool)
    has_noise = name in ("maxdet", "maxdiag")
    options = {"noise": 1e-3} if has_noise else {}
    n_picks = 2 if has_noise else 12  # two columns leave no variance for more
    picks = [
        strategies.get(name, features=features, **options)
        .fit(labeled)
        .select(rows, n_picks)
        for features in (Embedding(), Implicit())
    ]
    assert_array_equal(*picks)


def test_learner_asks_by_the_kernel():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(100, 2))
    y = np.sin(3 * X[:, 0])
    learner = ActiveLearner(process(RBF(0.3)), random_state=0).fit(X[:5], y[:5])
    assert len(set(learner.query(X[5:], 10))) == 10


def test_noise_of_the_kernel_is_no_distance():
    rows = KernelFeatures(np.array([[0.0], [0.0], [1.0]]), RBF() + WhiteKernel(5.0))
    assert_allclose(squared_norms(rows), 1)
    assert_array_equal(squared_distances(rows, rows)[:2, :2], 0)


def test_samples_of_any_kind():
    class Overlap:
        def __call__(self, A, B):
            return np.array([[len(set(a) & set(b)) for b in B] for a in A])

    rows = KernelFeatures(["ab", "abc", "xyz"], Overlap())
    assert rows.shape == (3, 1)
    assert_array_equal(squared_norms(rows), [2, 3, 3])
    assert_array_equal(squared_distances(rows[[0]], rows[1:]), [[1, 5]])


def test_what_needs_vectors_says_so():
    rows = KernelFeatures(np.eye(3), RBF())
    with pytest.raises(TypeError, match="inner products alone"):
        np.asarray(rows)
    with pytest.raises(TypeError, match="in place of ModelKernel"):
        Sketch().fit_transform(rows)


@pytest.mark.parametrize("name", ["bait", "emoc", "frank_wolfe"])
def test_what_needs_vectors_takes_the_inputs(name):
    X = np.random.default_rng(0).uniform(size=(20, 2))
    learner = ActiveLearner(process(RBF(0.5)), name, random_state=0)
    learner.fit(X[:5], X[:5, 0])
    assert len(set(learner.query(X[5:], 2))) == 2
