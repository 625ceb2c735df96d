"""GRAD-MATCH: what it picks, and how close its gradient comes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import nnls
from skorch import NeuralNetRegressor
from skorch.dataset import Dataset
from torch import nn

from skactive.nets import GradMatch, TorchMLPClassifier, TorchMLPRegressor
from skactive.nets._last_layer import last_layer

N_ROWS, N_CLASSES = 200, 3


@pytest.fixture(scope="module")
def trained():
    """A net that knows a little, and what it is trained on."""
    draws = np.random.default_rng(0)
    X = draws.normal(size=(N_ROWS, 4)).astype(np.float32)
    scores = X[:, :N_CLASSES] + draws.normal(size=(N_ROWS, N_CLASSES))
    scores[:, 0] += 1  # not all classes are equally frequent
    y = scores.argmax(axis=1)
    clf = TorchMLPClassifier((6,), batch_size=8, max_epochs=3, random_state=0)
    return clf.fit(X, y).net_, Dataset(X, y), y


def choose(callback, net, data, seed=0):
    callback.rng_ = np.random.default_rng(seed)
    return callback._choose(net, data, None, round(callback.fraction * len(data)))


def gradients(net, data):
    layer = last_layer(net, data)
    inputs = np.column_stack([layer.embedding, np.ones(len(data))])
    return np.einsum("nk,nd->nkd", layer.signal, inputs)


@pytest.mark.parametrize("ground", ["batch", "class", "class_gradient", "sample"])
def test_the_weighted_gradient_is_close_to_that_of_all_samples(trained, ground):
    net, data, _ = trained
    callback = GradMatch(0.2, ground=ground, regularization=0.01)
    rows, weights = choose(callback, net, data)
    G = gradients(net, data).reshape(N_ROWS, -1)
    assert len(set(rows)) == len(rows) <= 0.2 * N_ROWS + 8
    assert np.isfinite(weights).all()
    assert (weights > 0).all()
    if ground == "class_gradient":
        return  # matches something else
    total, draws = G.sum(axis=0), np.random.default_rng(1)
    missing = np.linalg.norm(total - weights @ G[rows])
    by_chance = [
        np.linalg.norm(total - G[some].sum(axis=0) * (N_ROWS / len(rows)))
        for some in (draws.permutation(N_ROWS)[: len(rows)] for _ in range(50))
    ]
    assert missing < 0.3 * np.median(by_chance)


def test_batches_are_picked_whole_with_one_weight_each(trained):
    net, data, _ = trained
    rows, weights = choose(GradMatch(0.3), net, data)
    # 25 batches of 8 rows.
    assert len(rows) == 8 * 8
    assert len(set(weights.round(12))) == 8
    batches = np.split(np.random.default_rng(0).permutation(N_ROWS), 25)
    for batch in np.split(rows, 8):
        assert any(np.array_equal(batch, other) for other in batches)
    G = gradients(net, data).reshape(N_ROWS, -1)
    sums = np.stack([G[batch].sum(axis=0) for batch in batches])
    penalty = 0.5 * (sums**2).sum(axis=1).mean()
    picked = np.stack([G[batch].sum(axis=0) for batch in np.split(rows, 8)])
    best, _ = nnls(
        np.vstack([picked.T, np.sqrt(penalty) * np.eye(8)]),
        np.append(G.sum(axis=0), np.zeros(8)),
    )
    assert_allclose(weights[::8], best, rtol=1e-4)


@pytest.mark.parametrize("ground", ["class", "class_gradient"])
def test_each_class_by_itself(trained, ground):
    net, data, y = trained
    rows, weights = choose(GradMatch(0.25, ground=ground), net, data)
    G = gradients(net, data)
    for number in range(N_CLASSES):
        own, mine = np.flatnonzero(y == number), y[rows] == number
        n_picks = mine.sum()
        assert n_picks == round(0.25 * len(own))
        part = G[:, [number]] if ground == "class_gradient" else G
        part = part.reshape(N_ROWS, -1)
        penalty = 0.5 * (part[own] ** 2).sum(axis=1).mean()
        best, _ = nnls(
            np.vstack([part[rows[mine]].T, np.sqrt(penalty) * np.eye(n_picks)]),
            np.append(part[own].sum(axis=0), np.zeros(n_picks)),
        )
        assert_allclose(weights[mine], best, rtol=1e-6)


def test_sample_weights_count_as_repetitions(trained):
    net, data, y = trained
    times = np.ones(N_ROWS, dtype=np.float32)
    times[:5] = 4
    weighted = Dataset(data.X, (y, times))
    G = gradients(net, data).reshape(N_ROWS, -1)
    assert_allclose(
        gradients(net, weighted).reshape(N_ROWS, -1), G * times[:, None], atol=1e-12
    )


def test_without_gradients_the_subset_is_random(trained):
    net, data, _ = trained
    perfect = Dataset(data.X, np.zeros(N_ROWS, dtype=np.int64))
    state = net.module_[-1].bias.detach().clone()
    try:
        net.module_[-1].bias.data[:] = 0
        net.module_[-1].bias.data[0] = 1e4  # certain of class 0, which is right
        batches = [choose(GradMatch(0.3), net, perfect, seed) for seed in range(3)]
    finally:
        net.module_[-1].bias.data[:] = state
    for rows, weights in batches:
        assert len(set(rows)) == 64
        assert_allclose(weights, 25 / 8)
    assert not np.array_equal(batches[0][0], batches[1][0])


def test_the_scale_of_the_targets_plays_no_part():
    X = np.random.default_rng(0).normal(size=(100, 3))
    rows = []
    for scale in (1, 1000):
        callback = GradMatch(0.3, warm_up=1, ground="sample")
        reg = TorchMLPRegressor((8,), max_epochs=4, callbacks=[callback])
        reg.set_params(random_state=0).fit(X, scale * (X[:, 0] + X[:, 1] ** 2))
        ours = next(c for _, c in reg.net_.callbacks_ if hasattr(c, "rows_"))
        rows.append(ours.rows_)
    assert_array_equal(*rows)
    assert 1 <= len(rows[0]) <= 30


@pytest.mark.parametrize("ground", ["class", "class_gradient"])
def test_no_classes_in_regression(ground):
    X = np.arange(20.0).reshape(-1, 1)
    reg = TorchMLPRegressor(callbacks=[GradMatch(warm_up=500, ground=ground)])
    with pytest.raises(ValueError, match="there are none in regression"):
        reg.fit(X, X[:, 0])
    # Of targets that the net is not shown before, it is seen later.
    net = NeuralNetRegressor(
        nn.Linear(1, 1), callbacks=[GradMatch(warm_up=0, ground=ground)], verbose=0
    )
    with pytest.raises(ValueError, match="there are none in regression"):
        net.fit(Dataset(X.astype("f"), X.astype("f")), None)


def test_gradients_of_batches_are_kept_in_single_precision(trained, monkeypatch):
    net, data, _ = trained
    seen = []
    monkeypatch.setattr(
        GradMatch, "_match", lambda self, G, n: seen.append(G) or _all(n)
    )
    choose(GradMatch(0.3), net, data)
    assert seen[0].dtype == np.float32
    assert seen[0].shape == (25, N_CLASSES * (6 + 1))


def _all(n_picks):
    return np.arange(n_picks), np.ones(n_picks)
