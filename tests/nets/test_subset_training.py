"""Epochs on weighted subsets: what passes between a callback, a net and its batches."""

import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from skorch import NeuralNet, NeuralNetBinaryClassifier, NeuralNetClassifier
from skorch.callbacks import Callback
from skorch.dataset import Dataset, ValidSplit
from torch import nn
from torch.utils.data import DataLoader

from skactive import ActiveLearner, Committee
from skactive.nets import (
    GlisterSubset,
    GradMatch,
    NetClassifier,
    NetRegressor,
    TorchMLPClassifier,
    TorchMLPRegressor,
    as_estimator,
)
from skactive.nets._iterator import TensorBatches
from skactive.nets._last_layer import last_layer
from skactive.nets._subset_batches import SubsetBatches
from skactive.nets._subset_training import SubsetTraining

BOTH = [GradMatch(0.3, refresh=3, warm_up=2), GlisterSubset(0.3, refresh=3, warm_up=2)]


class Fixed(SubsetTraining):
    """Always the same rows."""

    _weighs = True

    def __init__(self, rows, weights=None, fraction=0.5, refresh=2, warm_up=0):
        self.rows, self.weights = rows, weights
        self.fraction, self.refresh, self.warm_up = fraction, refresh, warm_up

    def _choose(self, net, dataset, valid, n_rows):
        return self.rows, self.weights


class Seen(Callback):
    """Rows of each epoch, by their first column; and the weights."""

    def on_train_begin(self, net, **kwargs):
        self.epochs_, self.weights_ = [], []

    def on_epoch_begin(self, net, **kwargs):
        self.epochs_.append([])

    def on_batch_end(self, net, batch=None, training=None, **kwargs):
        if training:
            self.epochs_[-1].extend(batch[0][:, 0].tolist())
            if isinstance(batch[1], (tuple, list)):
                self.weights_.extend(batch[1][1].tolist())


def seen(estimator):
    net = estimator.net_
    return next(call for _, call in net.callbacks_ if isinstance(call, Seen))


def chosen(estimator):
    net = estimator.net_
    return next(call for _, call in net.callbacks_ if isinstance(call, SubsetTraining))


def start(n_out=3):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Linear(2, n_out)


@pytest.mark.parametrize("with_sample_weight", [False, True])
@pytest.mark.parametrize("iterator", [TensorBatches, DataLoader])
def test_weighted_rows_are_all_that_is_trained_on(
    blobs, tiny_net, iterator, with_sample_weight
):
    X, y = blobs
    draws = np.random.default_rng(0)
    rows = draws.permutation(len(X))[:30]
    weights = draws.uniform(1, 5, size=30)
    own = draws.uniform(1, 5, size=len(X)) if with_sample_weight else np.ones(len(X))
    params = {"module": start(), "batch_size": -1, "max_epochs": 10}
    plain = NetClassifier(tiny_net(**params))
    plain.fit(X[rows], y[rows], sample_weight=weights * own[rows])
    # Options keep the DataLoader from being replaced.
    options = {"iterator_train__num_workers": 0} if iterator is DataLoader else {}
    net = tiny_net(
        **params, callbacks=[Fixed(rows, weights)], iterator_train=iterator, **options
    )
    ours = NetClassifier(net)
    ours.fit(X, y, sample_weight=own if with_sample_weight else None)
    assert_allclose(ours.predict_proba(X), plain.predict_proba(X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("callback", BOTH)
def test_epochs_pass_over_the_subset_after_the_warm_up(blobs, callback):
    X, y = blobs
    clf = TorchMLPClassifier(
        max_epochs=7,
        batch_size=16,
        target_score=None,
        callbacks=[callback, Seen()],
        random_state=0,
    ).fit(X, y)
    ours, epochs = chosen(clf), seen(clf).epochs_
    n_warm = len(X) - (9 if isinstance(callback, GlisterSubset) else 0)
    assert [len(epoch) for epoch in epochs[:2]] == [n_warm, n_warm]
    # A batch more or less: GRAD-MATCH picks whole ones.
    assert all(24 <= len(epoch) <= 28 for epoch in epochs[2:])
    assert_array_equal(np.sort(epochs[-1]), np.sort(X[ours.rows_, 0].astype("f")))
    first, second = epochs[2:5], epochs[5:7]
    assert all(sorted(epoch) == sorted(first[0]) for epoch in first)
    assert sorted(second[0]) == sorted(second[1]) != sorted(first[0])
    assert ours.n_epochs_ == 7
    assert len(set(ours.rows_)) == len(ours.rows_)
    weights = seen(clf).weights_
    if isinstance(callback, GradMatch):
        assert np.isfinite(weights).all()
        assert np.min(weights) > 0
        assert_allclose(np.mean(weights), 1, rtol=1e-5)
    else:
        assert weights == []
        held = X[ours.held_out_, 0].astype("f")
        assert not np.isin(np.concatenate(epochs), held).any()


@pytest.mark.parametrize("callback", BOTH)
def test_the_net_is_left_as_it_was(blobs, callback, tiny_net):
    X, y = blobs
    estimator = NetClassifier(
        tiny_net(callbacks=[callback], max_epochs=6), random_state=0
    )
    numpy_state = np.random.get_state()[1].copy()  # noqa: NPY002
    torch_state = torch.get_rng_state()
    fitted = clone(estimator).fit(X, y)
    assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert estimator.get_params()["net__callbacks"] == [callback]
    assert not hasattr(callback, "rows_")
    net = fitted.net_
    assert net.iterator_train is TensorBatches
    assert net.criterion_.reduction == "mean"
    assert not net.criterion_._forward_hooks
    assert not net.criterion_._forward_pre_hooks
    again = clone(estimator).fit(X, y)
    assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert_array_equal(chosen(again).rows_, chosen(fitted).rows_)
    other = clone(estimator).set_params(random_state=1).fit(X, y)
    assert not np.array_equal(chosen(other).rows_, chosen(fitted).rows_)
    loaded = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    assert_array_equal(chosen(loaded).rows_, chosen(fitted).rows_)
    # On from there, and once more.
    loaded.set_params(start="warm").fit(X, y).fit(X, y)


@pytest.mark.parametrize("callback", BOTH)
def test_nets_and_data_of_all_kinds(blobs, plane, callback):
    X, y = blobs
    calls = {"callbacks": [callback], "max_epochs": 20, "lr": 0.1}
    softmax = nn.Sequential(nn.Linear(2, 3), nn.Softmax(1))
    loader = {
        "iterator_train": DataLoader,
        "iterator_train__drop_last": True,
        "batch_size": 8,
    }
    for net in (
        NeuralNetClassifier(softmax, **calls),
        NeuralNetClassifier(
            start(), criterion=nn.CrossEntropyLoss, train_split=ValidSplit(5), **calls
        ),
        NeuralNetClassifier(start(), criterion=nn.CrossEntropyLoss, **calls, **loader),
        NeuralNet(start(), nn.CrossEntropyLoss, **calls),
    ):
        for weight in (None, np.linspace(0, 2, len(X))):
            clf = NetClassifier(net, random_state=0)
            assert clf.fit(X, y, sample_weight=weight).score(X, y) > 0.9
        with_copies = NetClassifier(net, augment=lambda x: x + 0, random_state=0)
        assert with_copies.fit(X, y).score(X, y) > 0.9
    binary = NeuralNetBinaryClassifier(start(1), **calls)
    assert NetClassifier(binary, random_state=0).fit(X, y > 0).score(X, y > 0) > 0.6
    clf = TorchMLPClassifier(max_epochs=20, callbacks=[callback], random_state=0)
    assert clf.fit(sparse.csr_matrix(X), y).score(X, y) > 0.9
    X, Y = plane
    for targets in (Y, Y[:, 0]):
        reg = TorchMLPRegressor(max_epochs=30, callbacks=[callback], random_state=0)
        assert reg.fit(X, targets).score(X, targets) > 0.5


@pytest.mark.parametrize("callback", BOTH)
def test_validation_scores_are_as_without_weights(blobs, callback, tiny_net):
    # In the warm-up nothing differs from a net without the callback.
    X, y = blobs
    history = []
    for calls in ([], [clone(callback).set_params(warm_up=3)]):
        net = tiny_net(
            module=start(),
            callbacks=calls,
            max_epochs=3,
            train_split=ValidSplit(3),
            iterator_train__shuffle=False,
        )
        # NetClassifier would not shuffle either.
        clf = NetClassifier(net, random_state=0).fit(X, y)
        history.append(clf.net_.history[:, ("train_loss", "valid_loss", "valid_acc")])
    assert_allclose(history[0], history[1], rtol=1e-6)


@pytest.mark.parametrize("callback", [GradMatch(warm_up=0), GlisterSubset(warm_up=0)])
def test_few_labels(callback, blobs):
    X, y = blobs
    for rows in ([0], [0, 3], [0, 1], [0, 1, 2, 3]):
        net = TorchMLPClassifier(
            max_epochs=3, callbacks=[callback], classes=[0, 1, 2], random_state=0
        )
        assert net.fit(X[rows], y[rows]).predict_proba(X).shape == (90, 3)
        assert len(chosen(net).rows_) == 1
    learner = ActiveLearner(net, "margin", random_state=0).fit(X[:5], y[:5])
    assert len(learner.query(X, 4)) == 4
    committee = Committee(net, n_members=2, random_state=0).fit(X, y)
    assert committee.score(X, y) > 0.3
    same = np.ones_like(X)
    assert net.fit(same, y).predict(same).shape == (90,)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("weighted", [False, True])
def test_signals_are_gradients_of_the_losses(blobs, plane, tiny_net, task, weighted):
    X, y = blobs if task == "classification" else plane
    X = X.astype(np.float32)
    net = tiny_net(
        task,
        module__n_in=X.shape[1],
        module__n_out=3 if task == "classification" else 2,
        module__dropout=0.5,
        module__norm=True,
        train_split=None,
    ).initialize()
    weight = np.linspace(1, 2, len(X), dtype=np.float32) if weighted else None
    target = y if task == "classification" else y.astype(np.float32)
    data = Dataset(X, (target, weight) if weighted else target)
    statistics = net.module_.norm.running_mean.clone()
    net.module_.train()
    layer = last_layer(net, data)
    assert net.module_.training
    assert torch.equal(net.module_.norm.running_mean, statistics)
    net.module_.eval()
    criterion = nn.CrossEntropyLoss() if task == "classification" else nn.MSELoss()
    for row in (0, 7, 40):
        output = net.module_(torch.as_tensor(X[[row]]))
        loss = criterion(output, torch.as_tensor(target[[row]]))
        head = net.module_.head
        by_weight, by_bias = torch.autograd.grad(loss, [head.weight, head.bias])
        factor = 1 if weight is None else weight[row]
        expected = np.outer(layer.signal[row], layer.embedding[row])
        assert_allclose(expected, factor * by_weight, rtol=1e-3, atol=1e-4)
        assert_allclose(layer.signal[row], factor * by_bias, rtol=1e-3, atol=1e-4)


def test_only_one_may_choose(blobs, tiny_net):
    X, y = blobs
    net = NetClassifier(tiny_net(callbacks=BOTH, max_epochs=6))
    with pytest.raises(ValueError, match="GradMatch and GlisterSubset both choose"):
        net.fit(X, y)


def test_a_training_that_broke_off_leaves_no_trace(blobs):
    class Breaks(Callback):
        broken = False

        def on_epoch_end(self, net, **kwargs):
            if not Breaks.broken:
                Breaks.broken = True
                raise RuntimeError("broken off")

    X, y = blobs
    X = X.astype(np.float32)
    net = NeuralNetClassifier(
        start(),
        criterion=nn.CrossEntropyLoss,
        callbacks=[GradMatch(warm_up=0), Breaks()],
        max_epochs=2,
        train_split=None,
        verbose=0,
    )
    with torch.random.fork_rng(devices=[]):
        with pytest.raises(RuntimeError, match="broken off"):
            net.fit(X, y)
        assert net.iterator_train.func is SubsetBatches
        net.partial_fit(X, y)
    assert net.iterator_train is DataLoader
    assert not net.criterion_._forward_hooks


def test_what_cannot_be_weighted(blobs, tiny_net):
    class Rows(torch.utils.data.Dataset):
        def __init__(self, X, y=None, length=None):
            self.rows = list(zip(X, y, strict=True))

        def __len__(self):
            return len(self.rows)

        def __getitem__(self, i):
            return self.rows[i]

    class NoReduction(nn.Module):
        def forward(self, output, target):
            return nn.functional.cross_entropy(output, target)

    X, y = blobs
    net = tiny_net(callbacks=[GradMatch(warm_up=0)], dataset=Rows, max_epochs=2)
    with pytest.raises(TypeError, match="rows of a Rows cannot be weighted"):
        NetClassifier(net).fit(X, y)
    net = tiny_net(callbacks=[GradMatch()], criterion=NoReduction)
    with pytest.raises(ValueError, match="has no `reduction`"):
        NetClassifier(net).fit(X, y)
    # Without weights there is no need of one.
    net = tiny_net(
        callbacks=[GlisterSubset(warm_up=0)],
        criterion=NoReduction,
        predict_nonlinearity=nn.Softmax(1),
    )
    assert NetClassifier(net, random_state=0).fit(X, y).score(X, y) > 0.8
    conv = nn.Sequential(nn.Unflatten(1, (1, 2)), nn.Conv1d(1, 3, 2), nn.Flatten())
    for call in (GradMatch(warm_up=500), GlisterSubset(warm_up=500)):
        net = as_estimator(conv, task="classification", callbacks=[call])
        with pytest.raises(ValueError, match=r"Sequential has none; let it end in one"):
            net.fit(X, y)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (GradMatch, {"fraction": 0}),
        (GradMatch, {"fraction": 1.1}),
        (GradMatch, {"refresh": 0}),
        (GradMatch, {"warm_up": -1}),
        (GradMatch, {"ground": "rows"}),
        (GradMatch, {"regularization": -1}),
        (GlisterSubset, {"validation": 0}),
        (GlisterSubset, {"n_rounds": 0}),
        (GlisterSubset, {"step_length": 0}),
    ],
)
def test_parameters_out_of_range(blobs, kind, params):
    (name,) = params
    net = TorchMLPClassifier(callbacks=[kind(**params)])
    with pytest.raises(ValueError, match=f"The '{name}' parameter of {kind.__name__}"):
        net.fit(*blobs)


def test_callbacks_of_a_perceptron_are_cloned(blobs):
    X, y = blobs
    callback = Seen()
    clf = TorchMLPClassifier(max_epochs=2, callbacks=(("rows", callback),)).fit(X, y)
    assert len(seen(clf).epochs_) == 2
    assert not hasattr(callback, "epochs_")
    assert clf.get_params()["callbacks"] == (("rows", callback),)
    for wrong in (3, ("rows", 3), (callback, "rows"), "GradMatch"):
        with pytest.raises(TypeError, match=r"holds .*; pass callbacks of skorch"):
            TorchMLPClassifier(callbacks=[wrong]).fit(X, y)
    with pytest.raises(ValueError, match="'callbacks' parameter"):
        TorchMLPRegressor(callbacks=callback).fit(X, y)


def test_perceptrons_of_a_user_may_have_other_steps(blobs):
    X, y = blobs
    net = as_estimator(
        nn.Linear(2, 3), task="classification", callbacks=[GradMatch(warm_up=1)]
    )
    assert isinstance(net.fit(X, y), NetClassifier)
    reg = NetRegressor(as_estimator(nn.Linear(2, 1), task="regression").net)
    assert reg.set_params(net__callbacks=[GradMatch(warm_up=1)]).fit(X, y) is reg
