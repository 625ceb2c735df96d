"""Expected model change, worked out by hand and with refitted models."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.linear_model import LinearRegression

from skactive import ActiveLearner, Committee, ModelView
from skactive.features import Inputs
from skactive.scores import ExpectedModelChange


def scores(prediction, draws, embedding, y=None):
    view = ModelView.from_outputs(
        prediction=prediction, draws=draws, embedding=embedding
    )
    strategy = ExpectedModelChange()
    if y is not None:
        strategy.fit(view, y)
    return strategy.score_samples(view)


def test_two_samples_by_hand():
    # mean(|1 - 0|, |1 - 4|) = 2 and |[2, 2, 1]| = 3; mean(0, 1) = 0.5 and |[0, 0, 1]|
    result = scores([1.0, 5.0], [[0.0, 4.0], [5.0, 6.0]], [[2.0, 2.0], [0.0, 0.0]])
    assert_allclose(result, [6, 0.5])


def test_members_that_agree_with_the_model_change_nothing():
    assert scores([3.0], [[3.0, 3.0, 3.0]], [[100.0]]).tolist() == [0]
    # Among themselves alone is not enough: they expect a label, and it is another one.
    assert_allclose(scores([3.0], [[5.0, 5.0, 5.0]], [[0.0]]), [2])


def test_it_is_the_length_of_a_step_of_gradient_descent():
    rng = np.random.default_rng(0)
    X, y, pool = rng.normal(size=(20, 3)), rng.normal(size=20), rng.normal(size=(9, 3))
    model = Committee(LinearRegression(), n_members=4, random_state=0).fit(X, y)
    view = ModelView(pool, model)
    phi = np.column_stack([Inputs().transform(view), np.ones(9)])
    steps = [
        [np.linalg.norm((f - drawn) * row) for drawn in members]
        for f, members, row in zip(
            model.predict(pool), view.predict_draws()[:, :, 0], phi, strict=True
        )
    ]
    strategy = ExpectedModelChange(features=Inputs())
    assert_allclose(strategy.score_samples(view), np.mean(steps, axis=1), rtol=1e-5)


def test_several_targets_are_averaged_in_the_spread_of_their_labels():
    rng = np.random.default_rng(0)
    f, draws = rng.normal(size=(9, 2)), rng.normal(size=(9, 5, 2))
    y, units = rng.normal(size=(9, 2)), np.array([1, 50])
    embedding = rng.normal(size=(9, 3))
    errors = np.abs(draws - f[:, None]).mean(axis=1) / y.std(axis=0)
    norms = np.sqrt(np.square(embedding).sum(axis=1) + 1)
    expected = errors.mean(axis=1) * norms
    assert_allclose(scores(f, draws, embedding, y), expected)
    assert_allclose(scores(f * units, draws * units, embedding, y * units), expected)
    rows = sparse.csr_matrix(embedding)
    assert_allclose(scores(f, draws, rows, y), expected)


@pytest.mark.parametrize("n_targets", [1, 2])
def test_in_a_learner(n_targets):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 2)), rng.normal(size=(12, n_targets))
    model = Committee(LinearRegression(), n_members=3)
    learner = ActiveLearner(model, "emcm", random_state=0)
    learner.fit(X, y if n_targets > 1 else y[:, 0])
    assert len(set(learner.query(rng.normal(size=(30, 2)), 5))) == 5


def test_wrong_parameters():
    with pytest.raises(ValueError, match="'n_draws' parameter of ExpectedModelChange"):
        ExpectedModelChange(n_draws=0).fit([[0.0]])
