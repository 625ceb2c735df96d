"""AdversarialBIM and DeepFool: closed forms, a naive loop, and bugs of others."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skactive import ModelView, strategies
from skactive.adapters import InputGradient
from skactive.exceptions import MissingCapability
from skactive.scores import AdversarialBIM, DeepFool

BOTH = [AdversarialBIM(), DeepFool()]
X, y = load_iris(return_X_y=True)


def linear(X, coef, intercept):
    return ModelView.from_outputs(
        input_gradient=InputGradient.linear(X, coef, intercept)
    )


class Counted:
    """An InputGradient of any function; counts the rows of passes and of gradients."""

    def __init__(self, X, logits, jacobian):
        self.logits, self.jacobian = logits, jacobian
        self.n_passes = self.n_gradients = 0
        gradient = InputGradient(np.asarray(X), self.map_batches)
        self.view = ModelView.from_outputs(input_gradient=gradient)

    def map_batches(self, X, function):
        return function(X, self.logits_at)

    def logits_at(self, X):
        assert len(X), "not every module takes a batch of nothing"
        self.n_passes += len(X)

        def pull_back(weights):
            self.n_gradients += len(X)
            return np.einsum("nk,nkp->np", weights, self.jacobian(X))

        return self.logits(X), pull_back


def quadratic(X):
    """Bowls around three centers: their gradients are not constant."""
    centers = np.array([[0.0, 0.0], [2.0, 1.0], [-1.0, 2.0]])
    return Counted(
        X,
        lambda x: -(np.square(x[:, None] - centers).sum(axis=2) ** 2),
        lambda x: (
            -4
            * np.square(x[:, None] - centers).sum(axis=2)[:, :, None]
            * (x[:, None] - centers)
        ),
    )


def constant(X, logits):
    p, k = np.shape(X)[1], len(logits)
    return Counted(
        X,
        lambda x: np.tile(np.asarray(logits, dtype=float), (len(x), 1)),
        lambda x: np.zeros((len(x), k, p)),
    )


# Closed forms


def test_number_of_steps_to_a_linear_boundary():
    rng = np.random.default_rng(0)
    samples, coef = rng.normal(size=(200, 5)), rng.normal(size=5)
    view = linear(samples, coef, 0.3)
    n_steps = np.ceil(abs(samples @ coef + 0.3) / (0.02 * abs(coef).sum()))
    scores = AdversarialBIM(step=0.02, max_iter=int(n_steps.max())).score_samples(view)
    assert_allclose(scores, -n_steps * 0.02 * np.sqrt(5))
    assert len(set(n_steps)) > 20


def test_distance_to_linear_boundaries_of_many_classes():
    rng = np.random.default_rng(1)
    samples, coef = rng.normal(size=(300, 3)), rng.normal(size=(4, 3))
    intercept = rng.normal(size=4)
    logits = samples @ coef.T + intercept
    own = logits.argmax(axis=1)
    with np.errstate(invalid="ignore"):
        distance = (logits.max(axis=1)[:, None] - logits) / np.linalg.norm(
            coef - coef[own][:, None], axis=2
        )
    view = linear(samples, coef, intercept)
    scores = DeepFool().score_samples(view)
    assert_allclose(scores, -np.nanmin(distance, axis=1), rtol=1e-12)
    # The nearest class is any of them: the last one, or the next in rank, is not it.
    nearest = np.nanargmin(distance, axis=1)
    assert len(set(nearest)) == 4
    assert (nearest != np.argsort(logits, axis=1)[:, -2]).sum() > 10
    next_class_only = DeepFool(n_top_classes=2).score_samples(view)
    assert (next_class_only <= scores + 1e-12).all()
    assert (next_class_only < scores - 1e-3).any()


def test_one_step_is_enough_for_a_linear_model():
    rng = np.random.default_rng(2)
    samples, coef = rng.normal(size=(50, 3)), rng.normal(size=(4, 3))
    counted = Counted(
        samples, lambda x: x @ coef.T, lambda x: np.tile(coef, (len(x), 1, 1))
    )
    scores = DeepFool(max_iter=1).score_samples(counted.view)
    assert (counted.n_passes, counted.n_gradients) == (2 * 50, 3 * 50)
    assert_allclose(scores, DeepFool().score_samples(counted.view))


# A loop over samples, as in the papers


def naive_bim(x, model, step, max_iter):
    moved = x.copy()
    own = model.logits(x[None])[0].argmax()
    for _ in range(max_iter):
        logits = model.logits(moved[None])[0]
        proba = np.exp(logits - logits.max())
        signal = proba / proba.sum()
        signal[own] = 0
        signal[own] = -signal.sum()  # p - 1 would be rounded
        moved += step * np.sign(signal @ model.jacobian(moved[None])[0])
        if model.logits(moved[None])[0].argmax() != own:
            return np.linalg.norm(moved - x)
    return None


def naive_deepfool(x, model, overshoot, max_iter):
    move = np.zeros_like(x)
    own = model.logits(x[None])[0].argmax()
    for _ in range(max_iter):
        moved = (x + (1 + overshoot) * move)[None]
        logits, jacobian = model.logits(moved)[0], model.jacobian(moved)[0]
        if logits.argmax() != own:
            return np.linalg.norm(move)
        slopes = jacobian - jacobian[own]
        gaps = abs(logits - logits[own])
        lengths = np.array(
            [
                gaps[c] / np.linalg.norm(slopes[c]) if c != own else np.inf
                for c in range(3)
            ]
        )
        c = lengths.argmin()
        move += gaps[c] / np.linalg.norm(slopes[c]) ** 2 * slopes[c]
    return None


def test_curved_logits_as_in_a_naive_loop():
    samples = np.random.default_rng(3).normal(scale=1.5, size=(60, 2))
    model = quadratic(samples)
    for scores, naive in (
        (
            AdversarialBIM(0.1, 100).score_samples(model.view),
            lambda x: naive_bim(x, model, 0.1, 100),
        ),
        (
            DeepFool().score_samples(model.view),
            lambda x: naive_deepfool(x, model, 0.02, 50),
        ),
    ):
        expected = [naive(x) for x in samples]
        assert sum(e is not None for e in expected) > 50
        for score, distance in zip(scores, expected, strict=True):
            if distance is not None:
                assert score == pytest.approx(-distance, rel=1e-6)


# Samples whose class does not change


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_flat_gradients_end_at_once(strategy):
    model = constant(np.zeros((7, 2)), [1, 3, 0])
    scores = strategy.score_samples(model.view)
    assert model.n_passes == 7
    assert_allclose(scores, -2, atol=1e-12, err_msg="the gap between the logits")
    assert_array_equal(np.sort(strategy.select(model.view, 7)), np.arange(7))


def test_what_does_not_flip_comes_last_and_finite():
    samples = np.array([[0.0], [0.3], [40.0], [30.0], [-0.2]])
    view = linear(samples, [[1.0]], [0.1])
    scores = AdversarialBIM(step=0.1, max_iter=10).score_samples(view)
    assert_allclose(scores[[0, 1, 4]], [-0.1, -0.4, -0.1], atol=0.11)
    assert_allclose(scores[[2, 3]] - scores[1], [-39.1, -29.1])
    # One step of a curved boundary is short; others' way is not.
    model = quadratic(np.random.default_rng(4).normal(scale=1.5, size=(60, 2)))
    scores = DeepFool(max_iter=1).score_samples(model.view)
    flips = np.array(
        [
            naive_deepfool(x, model, 0.02, 2) is not None
            for x in model.view.input_gradient().samples
        ]
    )
    assert 3 < flips.sum() < 57
    assert np.isfinite(scores).all()
    assert scores[flips].min() > scores[~flips].max()


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_a_tie_is_a_boundary(strategy):
    assert_array_equal(strategy.score_samples(constant([[1.0]] * 3, [2, 2]).view), 0)
    view = linear([[0.0], [1.0], [-1e-9]], [[2.0]], [0.0])
    assert strategy.score_samples(view)[0] == 0
    assert strategy.select(view, 3)[[0, 2]].tolist() == [0, 1]


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_a_single_class(strategy):
    model = constant(np.eye(4), [3])
    assert_array_equal(strategy.score_samples(model.view), 0)


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_a_sure_model_still_has_a_direction(strategy):
    # Probabilities are exactly 0 and 1, and the gradient of the loss is 0.
    samples = np.array([[0.4, 0.0], [-0.2, 0.1]])
    view = linear(samples, [[5e4, 0.0], [0.0, 1e4], [-5e4, 0.0]], np.zeros(3))
    assert strategy.select(view, 1) == [1]
    assert (strategy.score_samples(view) > -1).all()


def test_an_overflow_on_the_way_stops_the_sample_alone():
    def logits(x):
        a = np.exp(x.astype(np.float32) * 10)
        with np.errstate(all="ignore"):
            return np.column_stack([a / a, 1 - x[:, 0] - 2 * a[:, 0] / a[:, 0]])

    samples = np.array([[8.0], [-0.5]], dtype=np.float32)
    model = Counted(samples, logits, lambda x: np.tile([[0.0], [1.0]], (len(x), 1, 1)))
    scores = AdversarialBIM(step=0.1).score_samples(model.view)
    assert np.isfinite(scores).all()
    assert scores[0] < scores[1]


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_samples_without_finite_logits_are_an_error(strategy):
    model = Counted(
        np.eye(3),
        lambda x: np.where(x[:, :1] > 0, np.nan, x[:, :2]),
        lambda x: np.ones((len(x), 2, 3)),
    )
    with pytest.raises(
        ValueError, match="1 scores that are not finite, first in row 0"
    ):
        strategy.score_samples(model.view)


def test_a_boundary_nearer_than_rounding():
    def logits(x):
        f = (x - np.float32(1000)) @ np.ones((2, 1), dtype=np.float32)
        return np.hstack([0 * f, f]).astype(np.float64)

    samples = np.full((1, 2), 1000, dtype=np.float32)
    samples[0, 0] = np.nextafter(samples[0, 0], np.float32(2000))
    model = Counted(
        samples, logits, lambda x: np.tile([[[0.0] * 2, [1.0] * 2]], (len(x), 1, 1))
    )
    (score,) = DeepFool().score_samples(model.view)
    assert -1e-3 < score < 0
    assert model.n_passes < 10


# Passes over the samples


def test_passes_are_bounded_and_end_where_the_class_has_changed():
    samples = np.random.default_rng(5).normal(scale=2, size=(40, 2))
    for strategy, n_gradients in (
        (AdversarialBIM(max_iter=9), 1),
        (DeepFool(max_iter=9), 2),
        (DeepFool(max_iter=9, n_top_classes=2), 1),
    ):
        model = quadratic(samples)
        strategy.score_samples(model.view)
        assert model.n_passes <= 40 * (9 + 1)
        assert model.n_gradients <= 40 * 9 * n_gradients
    model = Counted(
        [[0.12], [100.0]],
        lambda x: np.hstack([0 * x, x]),
        lambda x: np.tile([[0.0], [1.0]], (len(x), 1, 1)),
    )
    AdversarialBIM(step=0.05, max_iter=20).score_samples(model.view)
    assert model.n_passes == 4 + 21


# With models


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_a_linear_net_is_logistic_regression(strategy):
    torch = pytest.importorskip("torch")
    from skactive.nets import as_estimator

    names = np.array(["setosa", "versicolor", "virginica"])[y]
    regression = LogisticRegression(max_iter=500).fit(X, names)
    net = as_estimator(torch.nn.Linear(4, 3), task="classification", max_epochs=1)
    net.fit(X, names)
    with torch.no_grad():
        layer = net.net_.module_
        layer.weight[:] = torch.as_tensor(regression.coef_)
        layer.bias[:] = torch.as_tensor(regression.intercept_)
    scores, expected = (
        strategy.score_samples(ModelView(X, model)) for model in (net, regression)
    )
    assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("strategy", BOTH, ids=repr)
def test_the_order_of_classes_says_nothing(strategy):
    rng = np.random.default_rng(6)
    samples, coef = rng.normal(size=(30, 3)), rng.normal(size=(4, 3))
    order = np.array([2, 0, 3, 1])
    assert_allclose(
        strategy.score_samples(linear(samples, coef[order], np.zeros(4))),
        strategy.score_samples(linear(samples, coef, np.zeros(4))),
    )


@pytest.mark.parametrize("name", ["adversarial_bim", "deepfool"])
def test_other_models_are_refused_with_a_remedy(name):
    forest = RandomForestClassifier(3).fit(X, y)
    with pytest.raises(MissingCapability, match=r"RandomForestClassifier .*'margin'"):
        strategies.get(name).select(ModelView(X, forest))
    assert name not in strategies.names(estimator=forest)
    assert name in strategies.names(
        estimator=LogisticRegression(max_iter=500).fit(X, y)
    )


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (AdversarialBIM(step=0), "'step' parameter"),
        (AdversarialBIM(max_iter=0), "'max_iter' parameter"),
        (DeepFool(overshoot=0), "'overshoot' parameter"),
        (DeepFool(n_top_classes=1), "'n_top_classes' parameter"),
    ],
)
def test_bad_parameters(strategy, message):
    with pytest.raises(ValueError, match=message):
        strategy.select(linear([[0.0]], [[1.0]], [0.0]))
