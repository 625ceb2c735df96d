"""Nets as functions of what their modules get: right gradients, nothing changed."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetBinaryClassifier, NeuralNetClassifier
from skorch.dataset import Dataset
from torch import nn

from skactive import ActiveLearner, ModelView, strategies
from skactive.exceptions import MissingCapability
from skactive.nets import (
    NetClassifier,
    TorchMLPClassifier,
    TorchMLPRegressor,
    as_estimator,
)
from skactive.nets._forward import forward
from skactive.nets._input_gradient import map_inputs
from skactive.nets._seeding import seeded_torch

X, y = load_iris(return_X_y=True)
IMAGES = np.random.default_rng(0).normal(size=(20, 2, 5, 5)).astype(np.float32)


def conv(**params):
    with seeded_torch(0, "cpu"):
        module = nn.Sequential(
            nn.ReLU(inplace=True),
            nn.Conv2d(2, 3, 3),
            nn.BatchNorm2d(3),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(27, 4),
        )
    params = {"task": "classification", "max_epochs": 1, "random_state": 0, **params}
    return as_estimator(module, **params).fit(IMAGES, np.arange(20) % 4)


def tell(function_of_weights):
    """A function for `map_inputs`: logits, and gradients for the given weights."""

    def function(inputs, logits_at):
        logits, pull_back = logits_at(inputs)
        return np.hstack([logits, pull_back(function_of_weights(logits))])

    return function


def first_minus_last(logits):
    weights = np.zeros_like(logits)
    weights[:, 0], weights[:, -1] = 1, -1
    return weights


def test_logits_and_gradients_of_an_image_net():
    model = conv()
    values = map_inputs(model, IMAGES, tell(first_minus_last))
    assert values.shape == (20, 4 + 50)
    assert_allclose(values[:, :4], forward(model, IMAGES).output, rtol=1e-5, atol=1e-6)
    module = model.net_.module_.eval()
    for image, gradient in zip(IMAGES, values[:, 4:], strict=True):
        jacobian = torch.autograd.functional.jacobian(
            lambda x: module(x.clone())[0], torch.tensor(image[None])
        )
        expected = (jacobian[0] - jacobian[3]).ravel()
        assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)


def test_gradients_are_differences_of_logits():
    model = TorchMLPClassifier((16,), max_epochs=5, random_state=0).fit(X, y)

    def function(inputs, logits_at):
        weights = np.random.default_rng(1).normal(size=(len(inputs), 3))
        gradient = logits_at(inputs)[1](weights)
        step = 1e-2 * np.random.default_rng(2).normal(size=inputs.shape)
        above, below = (
            (logits_at((inputs + s).astype(np.float32))[0] * weights).sum(axis=1)
            for s in (step, -step)
        )
        return np.column_stack([(gradient * step).sum(axis=1), (above - below) / 2])

    slope, difference = map_inputs(model, X, function).T
    off = np.abs(slope - difference)
    assert np.mean(off < 1e-3 * np.abs(difference).max()) > 0.8, "but for kinks"


def test_nothing_changes():
    model = conv()
    net = model.net_
    net.module_.train()
    net.module_[3].eval()
    for parameter in net.module_.parameters():
        parameter.grad = torch.ones_like(parameter)
    before = {name: v.clone() for name, v in net.module_.state_dict().items()}
    flags = [m.training for m in net.module_.modules()]
    generator = torch.get_rng_state()
    images = IMAGES.copy()
    first, second = (
        map_inputs(model, images, tell(first_minus_last)) for _ in range(2)
    )
    assert_array_equal(first, second)
    for name, value in net.module_.state_dict().items():
        assert torch.equal(value, before[name])
    assert [m.training for m in net.module_.modules()] == flags
    assert torch.equal(torch.get_rng_state(), generator)
    for parameter in net.module_.parameters():
        assert torch.equal(parameter.grad, torch.ones_like(parameter))
    assert_array_equal(images, IMAGES)
    assert not torch.is_inference_mode_enabled()


def test_flags_come_back_after_an_error():
    model = conv()
    model.net_.module_.train()

    def fail(inputs, logits_at):
        raise KeyError("stop")

    with pytest.raises(KeyError, match="stop"):
        map_inputs(model, IMAGES, fail)
    assert all(m.training for m in model.net_.module_.modules())


def test_batches_are_those_of_the_net():
    model = conv(iterator_valid__batch_size=6)
    sizes = []

    def note(inputs, logits_at):
        sizes.append(len(inputs))
        return tell(first_minus_last)(inputs, logits_at)

    values = map_inputs(model, IMAGES, note)
    assert max(sizes) <= 7
    assert_allclose(
        values, map_inputs(conv(), IMAGES, tell(first_minus_last)), rtol=1e-4, atol=1e-6
    )


def test_a_row_alone_is_what_it_is_among_others():
    model = TorchMLPClassifier((16,), max_epochs=5, random_state=0).fit(X, y)
    together = map_inputs(model, X[:16], tell(first_minus_last))
    alone = map_inputs(model, X[:1], tell(first_minus_last))
    assert alone.shape == (1, 3 + 4)
    assert_array_equal(alone[0], together[0])


def test_what_the_module_gets():
    samples = np.round(X)
    model = TorchMLPClassifier((8,), max_epochs=2, random_state=0)
    pipeline = make_pipeline(StandardScaler(), model).fit(samples, y)

    def inputs_of(view):
        return view.input_gradient().map(lambda inputs, logits_at: inputs)

    scaled = StandardScaler().fit_transform(samples)
    assert_array_equal(inputs_of(ModelView(samples, pipeline)), np.float32(scaled))
    model.fit(sparse.csr_matrix(samples), y)
    view = ModelView(sparse.csr_matrix(samples), model)
    assert_array_equal(inputs_of(view), samples)
    assert_array_equal(inputs_of(view[[5, 3]]), samples[[5, 3]])


def test_a_binary_head():
    net = NeuralNetBinaryClassifier(
        nn.Sequential(nn.Linear(4, 1), nn.Flatten(0)), max_epochs=3, verbose=0
    )
    model = NetClassifier(net, random_state=0).fit(X[:100], y[:100])
    values = map_inputs(model, X[:100], tell(first_minus_last))
    weight = model.net_.module_[0].weight.detach().numpy()
    assert_allclose(values[:, 2:], np.tile(-weight, (100, 1)))
    assert_array_equal(values[:, :2].argmax(axis=1), model.predict(X[:100]))


def test_a_head_of_probabilities():
    module = nn.Sequential(nn.Linear(4, 3), nn.Softmax(1))
    net = NeuralNetClassifier(module, max_epochs=3, verbose=0)
    model = NetClassifier(net, random_state=0).fit(X, y)
    values = map_inputs(model, X, tell(first_minus_last))
    weight = model.net_.module_[0].weight.detach().numpy()
    expected = np.tile(weight[0] - weight[2], (150, 1))
    assert_allclose(values[:, 3:], expected, rtol=1e-3, atol=1e-4)


def test_a_module_that_ignores_its_inputs_is_flat():
    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.zeros(3))

        def forward(self, X):
            return self.bias.expand(len(X), 3)

    model = as_estimator(Constant(), task="classification", max_epochs=1).fit(X, y)
    values = map_inputs(model, X, tell(first_minus_last))
    assert_array_equal(values[:, 3:], 0)
    for name in ("adversarial_bim", "deepfool"):
        assert len(set(strategies.get(name).select(ModelView(X, model), 150))) == 150


class Tokens(Dataset):
    def transform(self, X, y):
        return super().transform(torch.as_tensor(X).long().clamp(0, 9), y)


def test_modules_without_floats_are_refused():
    class Bag(nn.Module):
        def __init__(self):
            super().__init__()
            self.bag = nn.EmbeddingBag(10, 3)

        def forward(self, X):
            return self.bag(X)

    net = NeuralNetClassifier(
        Bag(), criterion=nn.CrossEntropyLoss, dataset=Tokens, max_epochs=1, verbose=0
    )
    model = NetClassifier(net).fit(X, y)
    with pytest.raises(TypeError, match="one tensor of floats; use 'margin'"):
        strategies.deepfool().select(ModelView(X, model))


@pytest.mark.parametrize("name", ["adversarial_bim", "deepfool"])
def test_images_in_a_learner(name):
    learner = ActiveLearner(conv(), name, random_state=0)
    learner.fit(IMAGES[:8], np.arange(8) % 4)
    rows = learner.query(IMAGES, 5)
    assert len(set(rows)) == 5


def test_regressors_have_no_classes_to_change():
    model = TorchMLPRegressor((4,), max_epochs=1).fit(X, X[:, 0])
    with pytest.raises(MissingCapability, match="gradients with respect to"):
        ModelView(X, model).input_gradient()
