import inspect
import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from torch import nn

from skactive.nets import TorchMLPClassifier, TorchMLPRegressor
from skactive.nets._dropout import has_dropout
from skactive.nets._forward import forward
from skactive.nets._stop import StopAtAccuracy, StopAtR2

PARAMETERS = {
    "hidden_sizes", "dropout", "max_epochs", "batch_size", "lr", "optimizer",
    "weight_decay", "target_score", "start", "shrink", "perturb", "callbacks",
    "classes", "device", "random_state",
}  # fmt: skip


def test_parameters():
    assert set(inspect.signature(TorchMLPClassifier).parameters) == PARAMETERS
    without = PARAMETERS - {"classes"}
    assert set(inspect.signature(TorchMLPRegressor).parameters) == without


def test_raw_columns_do():
    X, y = load_digits(return_X_y=True)
    X = np.hstack([X, 1e6 + 1e-3 * X[:, :1], np.full((len(X), 1), -7)])
    names = np.array([f"digit {i}" for i in range(10)])
    clf = TorchMLPClassifier(random_state=0).fit(X[::9], names[y[::9]])
    assert clf.score(X, names[y]) > 0.85
    reg = TorchMLPRegressor(max_epochs=30, random_state=0)
    X, y = load_diabetes(return_X_y=True, scaled=False)
    assert reg.fit(X[:200], 1e5 + y[:200]).score(X[200:], 1e5 + y[200:]) > 0.25


def test_the_module_is_sized_to_the_table(plane):
    X, Y = plane
    reg = TorchMLPRegressor([5, 4], max_epochs=1).fit(X, Y)
    layers = [type(layer).__name__ for layer in reg.net_.module_]
    block = ["Linear", "ReLU", "Dropout"]
    assert layers == ["Standardize", *block, *block, "Linear"]
    shapes = [tuple(p.shape) for p in reg.net_.module_.parameters() if p.ndim == 2]
    assert shapes == [(5, 3), (4, 5), (2, 4)]
    linear = TorchMLPRegressor([], dropout=0, max_epochs=1).fit(X, Y)
    assert len(linear.net_.module_) == 2


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix])
def test_columns_are_standardized_and_bent(make):
    rng = np.random.default_rng(0)
    X = rng.normal(5, [1, 100, 0.01], size=(50, 3)) * (rng.random((50, 3)) < 0.5)
    X = np.hstack([X, np.full((50, 1), 4.0)])
    reg = TorchMLPRegressor([], max_epochs=1).fit(make(X), X[:, 0])
    Z = StandardScaler().fit_transform(X)
    expected = Z / np.sqrt(1 + (Z / 3) ** 2)
    embedding = forward(reg, make(X), embedding=True).embedding
    assert_allclose(embedding, expected, atol=1e-4)
    far = forward(reg, 1e6 * X, embedding=True).embedding
    assert np.abs(far).max() <= 3 + 1e-5


def test_training_stops_at_the_target_score(blobs, plane):
    X, y = blobs
    clf = TorchMLPClassifier((16,), lr=0.01, max_epochs=200, random_state=0)
    assert 10 <= len(clf.fit(X, y).net_.history) < 100
    never = clone(clf).set_params(target_score=None, max_epochs=120)
    assert len(never.fit(X, y).net_.history) == 120
    # labels without rhyme are not learned before the cap
    noise = np.random.default_rng(0).integers(0, 3, size=90)
    capped = clone(clf).set_params(hidden_sizes=(2,), max_epochs=30)
    assert len(capped.fit(X, noise).net_.history) == 30
    X, Y = plane
    reg = TorchMLPRegressor((32,), lr=0.01, dropout=0, max_epochs=300, random_state=0)
    reg.set_params(target_score=0.9).fit(X, Y)
    assert len(reg.net_.history) < 200
    assert 0.8 < reg.score(X, Y) < 0.999


@pytest.mark.parametrize("weighted", [False, True])
def test_the_running_scores(weighted):
    rng = np.random.default_rng(0)
    Y = rng.normal(size=(50, 2)).astype(np.float32)
    output = Y + rng.normal(scale=0.3, size=Y.shape).astype(np.float32)
    stop = StopAtR2(1.0)
    run_epoch(stop, Y, output, weighted)
    expected = r2_score(Y, output, multioutput="variance_weighted")
    assert_allclose(stop.scores_, [expected], rtol=1e-5)
    labels = rng.integers(0, 2, size=50)
    stop = StopAtAccuracy(1.1)
    run_epoch(stop, labels, output, weighted)
    assert_allclose(stop.scores_, [(output.argmax(1) == labels).mean()])


def test_ten_epochs_at_the_target_are_needed():
    for n_hits, expected in [([50] * 12, 10), ([1] + [50] * 12, 10), ([0] * 12, None)]:
        stop = StopAtAccuracy(0.9)
        stop.on_train_begin(None)
        assert epochs_until_stop(stop, n_hits) == expected


def epochs_until_stop(stop, n_hits):
    labels = torch.zeros(50, dtype=torch.long)
    for epoch, n in enumerate(n_hits, start=1):
        output = torch.eye(2)[(torch.arange(50) >= n).long()]
        stop.on_epoch_begin(None)
        stop.on_batch_end(None, (None, labels), training=True, y_pred=output)
        try:
            stop.on_epoch_end(None)
        except KeyboardInterrupt:
            return epoch
    return None


def run_epoch(stop, Y, output, weighted):
    Y, output = torch.tensor(Y), torch.tensor(output)
    stop.on_train_begin(None)
    stop.on_epoch_begin(None)
    for rows in torch.arange(50).split(16):
        y = (Y[rows], torch.ones(len(rows))) if weighted else Y[rows]
        stop.on_batch_end(None, (None, y), training=True, y_pred=output[rows])
    stop.on_batch_end(None, (None, Y), training=False, y_pred=-output)
    stop.on_epoch_end(None)


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        ("adam", torch.optim.Adam),
        ("adamw", torch.optim.AdamW),
        ("sgd", torch.optim.SGD),
        (torch.optim.RMSprop, torch.optim.RMSprop),
    ],
)
def test_optimizers(plane, optimizer, expected):
    X, Y = plane
    reg = TorchMLPRegressor(
        (8,), optimizer=optimizer, weight_decay=0.5, lr=0.003, max_epochs=2
    ).fit(X, Y)
    assert type(reg.net_.optimizer_) is expected
    [group] = reg.net_.optimizer_.param_groups
    assert group["lr"] == 0.003
    assert group["weight_decay"] == 0.5
    assert group.get("momentum", 0) == (0.9 if optimizer == "sgd" else 0)


def test_without_dropout(plane):
    X, Y = plane
    assert has_dropout(TorchMLPRegressor((4,), max_epochs=1).fit(X, Y))
    assert not has_dropout(TorchMLPRegressor((4,), dropout=0, max_epochs=1).fit(X, Y))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hidden_sizes": (8, 0)}, "hidden_sizes"),
        ({"hidden_sizes": (8.5,)}, "hidden_sizes"),
        ({"hidden_sizes": 8}, "hidden_sizes"),
        ({"dropout": 1}, "dropout"),
        ({"optimizer": "adagrad"}, "optimizer"),
        ({"start": "hot"}, "start"),
        ({"target_score": 2}, "target_score"),
        ({"lr": 0}, "lr"),
    ],
)
def test_bad_parameters_are_named(plane, params, message):
    X, Y = plane
    with pytest.raises(ValueError, match=message):
        TorchMLPRegressor(**params).fit(X, Y)


def test_images_are_refused():
    with pytest.raises(ValueError, match="dim 4"):
        TorchMLPClassifier().fit(np.zeros((4, 1, 2, 2)), [0, 1, 0, 1])


def test_missing_classes_pickle_and_weights(blobs):
    X, y = blobs
    clf = TorchMLPClassifier((8,), lr=0.02, classes=range(5), random_state=0)
    clf.fit(X, y, sample_weight=1 + y)
    assert clf.predict_proba(X).shape == (90, 5)
    assert clf.score(X, y) > 0.95
    restored = pickle.loads(pickle.dumps(clf))
    assert_array_equal(restored.predict_proba(X), clf.predict_proba(X))


def test_the_last_layer_gives_logits(blobs):
    X, y = blobs
    clf = TorchMLPClassifier((8,), max_epochs=2, random_state=0).fit(X, y)
    result = forward(clf, X, embedding=True)
    head = clf.net_.module_[-1]
    assert isinstance(head, nn.Linear)
    logits = result.embedding @ head.weight.detach().numpy().T
    assert_allclose(result.output, logits + head.bias.detach().numpy(), atol=1e-6)
