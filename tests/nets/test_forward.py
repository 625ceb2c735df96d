import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from skorch import NeuralNetBinaryClassifier
from torch import nn

from skactive.nets import NetClassifier, NetRegressor
from skactive.nets._forward import forward


class Backwards(nn.Module):
    """The head is registered first and executed last."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.head = nn.Linear(4, n_out)
        self.body = nn.Linear(n_in, 4)

    def forward(self, X):
        return self.head(torch.tanh(self.body(X)))


class Folded(nn.Module):
    """Its linear layer sees two rows per sample."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 3)

    def forward(self, X):
        return self.linear(X.reshape(-1, 1)).reshape(len(X), 2, 3).sum(1)


class Rounding(Backwards):
    """As in mixed precision."""

    def forward(self, X):
        return super().forward(X).bfloat16()


def as_tensor(X):
    return torch.tensor(X, dtype=torch.float32)


@pytest.fixture
def fitted(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(module__norm=True, module__dropout=0.5, max_epochs=3)
    return NetClassifier(net, random_state=0).fit(X, y)


def hooks(module):
    return [
        hook
        for part in module.modules()
        for hook in (*part._forward_hooks, *part._forward_pre_hooks)
    ]


def test_logits_probabilities_and_embedding_of_one_pass(fitted, blobs):
    X, _ = blobs
    module = fitted.net_.module_
    n_rows = []
    counter = module.register_forward_hook(lambda _, args, out: n_rows.append(len(out)))
    result = forward(fitted, X, embedding=True)
    counter.remove()
    assert sum(n_rows) == len(X)
    assert result.output.dtype == result.embedding.dtype == np.float32
    module.eval()
    with torch.no_grad():
        hidden = torch.relu(module.norm(module.hidden(as_tensor(X))))
        logits = module.head(hidden)
    assert_allclose(result.embedding, hidden, atol=1e-6)
    assert_allclose(result.output, logits, atol=1e-6)
    assert_allclose(result.proba, torch.softmax(logits, 1), atol=1e-6)
    assert_array_equal(fitted.predict_proba(X), result.proba)
    plain = forward(fitted, X)
    assert plain.embedding is None
    assert_array_equal(plain.proba, result.proba)
    assert not hooks(module)


def test_batches_do_not_matter(fitted, blobs):
    X, _ = blobs
    whole = forward(fitted, X, embedding=True)
    fitted.net_.set_params(batch_size=7)
    del fitted.net_.iterator_valid__batch_size
    parts = forward(fitted, X, embedding=True)
    for name in ("output", "proba", "embedding"):
        assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-6)


def test_one_row_alone_equals_the_row_among_others(fitted, blobs):
    X, _ = blobs
    alone = np.vstack([fitted.predict_proba(row[None]) for row in X[:20]])
    assert_allclose(alone, fitted.predict_proba(X[:20]), rtol=0, atol=1e-9)


def test_the_model_stays_as_it_is(fitted, blobs):
    X, _ = blobs
    module = fitted.net_.module_
    module.train()
    module.head.eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    flags = [part.training for part in module.modules()]
    forward(fitted, X, embedding=True)
    assert [part.training for part in module.modules()] == flags
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])


def test_the_last_linear_layer_is_the_one_executed_last(tiny_net, blobs):
    X, y = blobs
    clf = NetClassifier(tiny_net(module=Backwards, max_epochs=1)).fit(X, y)
    module = clf.net_.module_
    expected = torch.tanh(module.body(as_tensor(X))).detach()
    assert_allclose(forward(clf, X, embedding=True).embedding, expected, atol=1e-6)


def test_a_named_layer_before_one_that_works_in_place(tiny_net, blobs):
    X, y = blobs
    module = nn.Sequential(nn.Linear(2, 4), nn.ReLU(inplace=True), nn.Linear(4, 3))
    clf = NetClassifier(tiny_net(module=module, max_epochs=1)).fit(X, y)
    embedding = forward(clf, X, layer="0").embedding
    expected = clf.net_.module_[0](as_tensor(X)).detach()
    assert_allclose(embedding, expected, atol=1e-6)
    assert (embedding < 0).any()
    with pytest.raises(ValueError, match=r"layer='3' .* \['0', '1', '2'\]"):
        forward(clf, X, layer="3")


def test_images_are_flattened_and_a_linear_layer_is_needed(tiny_net):
    X = np.random.default_rng(0).normal(size=(20, 1, 5, 5))
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 3, 3), nn.Flatten())
    net = tiny_net(module=module, max_epochs=1)
    clf = NetClassifier(net, classes=[0, 1, 2]).fit(X, np.zeros(20))
    assert forward(clf, X, layer="0").embedding.shape == (20, 2 * 3 * 3)
    with pytest.raises(ValueError, match="name the module to read with `layer=`"):
        forward(clf, X, embedding=True)


def test_an_embedding_needs_one_row_per_sample(tiny_net, blobs):
    X, y = blobs
    clf = NetClassifier(tiny_net(module=Folded(), max_epochs=1)).fit(X, y)
    with pytest.raises(ValueError, match="180 rows for 90 samples"):
        forward(clf, X, embedding=True)


def test_logits_of_a_binary_net(blobs):
    X, y = blobs
    net = NeuralNetBinaryClassifier(nn.Linear(2, 1), lr=0.1)
    clf = NetClassifier(net, random_state=0).fit(X[y < 2], y[y < 2])
    z = clf.net_.module_(as_tensor(X)).detach().numpy()
    expected = np.hstack([np.zeros_like(z), z])
    assert_allclose(forward(clf, X).output, expected, atol=1e-6)


def test_saturated_probabilities_have_finite_logits(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(module=nn.Sequential(nn.Linear(2, 3), nn.Softmax(1)),
                   criterion=nn.NLLLoss, max_epochs=1)  # fmt: skip
    result = forward(NetClassifier(net, random_state=0).fit(X, y), X * 1e4)
    assert (result.proba.max(1) == 1).any()
    assert np.isfinite(result.output).all()


def test_a_regressor_predicts_what_it_returns(tiny_net, plane):
    X, Y = plane
    reg = NetRegressor(tiny_net("regression", max_epochs=3), random_state=0).fit(X, Y)
    result = forward(reg, X, embedding=True)
    assert result.proba is None
    assert_array_equal(reg.predict(X), result.output)
    head = reg.net_.module_.head
    standardized = result.embedding @ head.weight.detach().numpy().T
    standardized += head.bias.detach().numpy()
    assert_allclose(result.output, standardized * reg.y_scale_ + reg.y_mean_, rtol=1e-5)
    reg.fit(X, Y[:, 0])
    assert forward(reg, X).output.shape == (80, 1)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_outputs_of_half_precision_become_single(tiny_net, blobs, plane, task):
    kind = NetClassifier if task == "classification" else NetRegressor
    X, y = blobs if task == "classification" else plane
    net = tiny_net(task, module=Rounding, max_epochs=2)
    estimator = kind(net, random_state=0).fit(X, y)
    assert estimator.predict(X).shape == y.shape
    result = forward(estimator, X, embedding=True)
    assert result.embedding.dtype == np.float32
    scale = getattr(estimator, "y_scale_", 1)
    raw = (result.output - getattr(estimator, "y_mean_", 0)) / scale
    module = estimator.net_.module_
    full = Backwards.forward(module, as_tensor(X)).detach().numpy()
    assert_allclose(raw, full, rtol=2**-8, atol=1e-6)
