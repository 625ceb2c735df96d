"""The three problems against scikit-learn's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import make_friedman1, make_friedman2, make_friedman3

from skactive.datasets import friedman1, friedman2, friedman3


@pytest.mark.parametrize(
    ("problem", "make"),
    [
        (friedman1(), make_friedman1),
        (friedman1(5), lambda **options: make_friedman1(n_features=5, **options)),
        (friedman2(), make_friedman2),
        (friedman3(), make_friedman3),
    ],
    ids=["friedman1", "five inputs", "friedman2", "friedman3"],
)
def test_labels_and_ranges_are_those_of_scikit_learn(problem, make):
    X, y = make(n_samples=5000, noise=0, random_state=0)
    assert_allclose(problem(X, check_bounds=True), y, rtol=1e-12, atol=1e-12)
    lower, upper = problem.bounds.T
    assert_allclose(X.min(axis=0), lower, atol=0.01 * (upper - lower).max())
    reached = (X - lower) / (upper - lower)
    assert (reached.min(axis=0) < 0.005).all()
    assert (reached.max(axis=0) > 0.995).all()


def test_samples_have_the_spread_of_scikit_learns():
    for problem, make in [
        (friedman1(), make_friedman1),
        (friedman2(), make_friedman2),
        (friedman3(), make_friedman3),
    ]:
        expected = make(n_samples=20000, noise=0, random_state=0)[1]
        y = problem(problem.sample(20000, random_state=1))
        assert_allclose(
            [y.mean(), y.std()], [expected.mean(), expected.std()], rtol=0.03
        )


def test_inputs_beyond_the_fifth_do_not_matter():
    X = friedman1().sample(50, random_state=0)
    changed = X.copy()
    changed[:, 5:] = 0
    assert_allclose(friedman1()(X), friedman1()(changed))


def test_the_phase_has_a_limit_where_resistance_is_zero():
    near, at = friedman3()([[1e-12, 500, 0.5, 1], [0, 500, 0.5, 1]])
    assert at == np.pi / 2
    assert_allclose(near, at)


def test_fewer_than_five_inputs_are_refused():
    with pytest.raises(ValueError, match="n_inputs=4; friedman1 needs at least five"):
        friedman1(4)
