"""Predictive variance, in the units of the labels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import BayesianRidge

from skactive import ModelView
from skactive.scores import Variance
from skactive.scores._regression import mean_variance, target_scale


def scores(std, y=None):
    view = ModelView.from_outputs(std=std)
    return Variance().fit(view, y).score_samples(view)


def test_one_target():
    std = np.array([0.1, 0.7, 0.3])
    assert_allclose(scores(std), std**2)
    assert_allclose(scores(std, y=[1.0, 5.0, 9.0]), std**2)
    assert_allclose(scores(std.astype(np.float32)), std**2, rtol=1e-6)


def test_several_targets_are_averaged_in_the_spread_of_their_labels():
    rng = np.random.default_rng(0)
    std, y = rng.uniform(size=(9, 2)), rng.normal(size=(9, 2)) * [1, 50]
    expected = np.mean((std / y.std(axis=0)) ** 2, axis=1)
    assert_allclose(scores(std, y), expected)
    assert_allclose(
        scores(std, y + np.array([5, -900])), expected
    )  # a shift says nothing
    unit = np.array([0.01, 7.0])
    assert_allclose(scores(std * unit, y * unit), expected)
    assert_allclose(scores(std), np.mean(std**2, axis=1))  # no labels, no units


def test_scale_of_targets():
    assert target_scale(None) is None
    assert target_scale([1, 3]).tolist() == 1
    assert_allclose(target_scale([[1.0, 4.0], [5.0, 4.0]]), [2, 1])  # constant: 1
    assert mean_variance(np.array([4.0]), np.array([2.0])).tolist() == [4]


def test_the_standard_deviation_may_come_from_draws():
    draws = np.random.default_rng(0).normal(size=(5, 8, 1))
    view = ModelView.from_outputs(draws=draws)
    assert_allclose(Variance().score_samples(view), draws[:, :, 0].var(axis=1))


def test_a_gaussian_process_far_from_its_labels_and_a_batch_of_neighbors():
    grid = np.linspace(0, 1, 101)[:, None]
    model = GaussianProcessRegressor(RBF(0.2), alpha=1e-4, optimizer=None)
    model.fit([[0.4]], [1.0])
    view = ModelView(grid, model)
    # The top of the list is redundant: both ends of the grid would be better.
    assert sorted(Variance().select(view, 2)) == [99, 100]
    labels = GaussianProcessRegressor(RBF(0.2), alpha=1e-4, optimizer=None)
    labels.fit([[0.4]], [-77.0])
    assert_allclose(
        Variance().score_samples(ModelView(grid, labels)),
        Variance().score_samples(view),
    )


def test_a_linear_model():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), rng.normal(size=20)
    model = BayesianRidge().fit(X, y)
    std = model.predict(X, return_std=True)[1]
    assert_allclose(Variance().score_samples(ModelView(X, model)), std**2)


def test_infinite_spread_is_an_error():
    with pytest.raises(ValueError, match=r"1 .* not finite, first in row 1"):
        scores([0.1, np.inf])
