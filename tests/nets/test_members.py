"""Members trained together: what separate training gives, or separate training."""

import pickle
import threading

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from skorch import NeuralNetBinaryClassifier, NeuralNetClassifier
from skorch.callbacks import EpochScoring, LRScheduler
from skorch.dataset import ValidSplit
from torch import nn

from skactive import Committee, ModelView
from skactive.nets import (
    NetClassifier,
    NetRegressor,
    TorchMLPClassifier,
    TorchMLPRegressor,
    _chain,
    _untrained,
)
from skactive.nets._chain import is_chain
from skactive.utils import reseed_nested

SEEDS = [3, 5, 8]
CHECKED = {"dropout": 0.0, "lr": 0.05, "max_epochs": 25, "batch_size": 128}
FLAT = {"dropout": 0.0, "lr": 0.01, "batch_size": 16, "random_state": 1}


@pytest.fixture
def joint(monkeypatch):
    """Count how often members were trained at once."""
    calls = []
    train = _untrained.train_together

    def spy(nets, *args):
        calls.append(len(nets))
        train(nets, *args)

    monkeypatch.setattr(_untrained, "train_together", spy)
    return calls


def resamples(n, bootstrap=True):
    rng = np.random.default_rng(0)
    return [rng.integers(n, size=n) if bootstrap else np.arange(n) for _ in SEEDS]


def fit_apart(estimator, X, y, rows):
    return [
        reseed_nested(clone(estimator), seed).fit(X[own], y[own])
        for seed, own in zip(SEEDS, rows, strict=True)
    ]


def answers(members, X):
    return np.array(
        [
            m.predict_proba(X) if hasattr(m, "predict_proba") else m.predict(X)
            for m in members
        ]
    )


def assert_same(estimator, X, y, *, bootstrap=True, tol=1e-4):
    rows = resamples(len(y), bootstrap)
    members = estimator.fit_members(X, y, rows, SEEDS)
    apart = fit_apart(estimator, X, y, rows)
    expected = answers(apart, X)
    scale = max(1, np.abs(expected).max())
    assert_allclose(answers(members, X), expected, atol=tol * scale)
    epochs = [len(member.net_.history) for member in members]
    assert epochs == [len(member.net_.history) for member in apart]
    for one, other in zip(members, apart, strict=True):
        assert_allclose(
            one.net_.history[:, "train_loss"],
            other.net_.history[:, "train_loss"],
            atol=1e-4,
        )
    return members, epochs


@pytest.mark.parametrize(
    ("optimizer", "bootstrap"),
    [
        ("adam", True),
        ("adam", False),
        ("adamw", False),
        ("sgd", True),
        (torch.optim.RMSprop, True),
    ],
)
def test_members_are_those_of_separate_training(blobs, plane, optimizer, bootstrap):
    params = {**FLAT, "optimizer": optimizer, "weight_decay": 0.01, "max_epochs": 8}
    reg = TorchMLPRegressor((8, 6), **params)
    members, _ = assert_same(reg, *plane, bootstrap=bootstrap)
    assert np.abs(np.diff(answers(members, plane[0]), axis=0)).max() > 1
    assert_same(reg, plane[0], plane[1][:, 1], bootstrap=bootstrap)
    clf = TorchMLPClassifier((8, 6), **params)
    assert_same(clf, *blobs, bootstrap=bootstrap)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"criterion__label_smoothing": 0.3},
        {"criterion__weight": torch.tensor([1.0, 2.0, 4.0])},
        # Of a class that the first batch, on which joint training is tried, lacks.
        {"criterion__ignore_index": 2},
    ],
    ids=["plain", "smoothing", "weight", "ignore_index"],
)
def test_members_train_by_the_cross_entropy_they_train_by_alone(
    tiny_net, joint, params
):
    X = np.random.default_rng(0).normal(size=(90, 2)).astype(np.float32)
    y = np.repeat([0, 1, 2], 30)
    net = tiny_net(max_epochs=5, batch_size=32, **params)
    assert_same(NetClassifier(net), X, y, bootstrap=False)
    assert joint == [3]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_members_train_by_the_squared_error_they_train_by_alone(
    tiny_net, plane, joint, reduction
):
    params = {"criterion__reduction": reduction, "max_epochs": 5, "batch_size": 32}
    reg = NetRegressor(tiny_net("regression", **params))
    assert_same(reg, *plane, bootstrap=False)
    assert joint == [3]


@pytest.mark.parametrize("dropout", [0.2, 0.5, 0.99])
@pytest.mark.parametrize("by_torch", [False, True])
def test_each_member_drops_the_units_it_drops_alone(
    blobs, plane, joint, dropout, by_torch, monkeypatch
):
    if by_torch:
        monkeypatch.setattr(_chain, "_draws_doubles", lambda: False)
    params = {**FLAT, "dropout": dropout, "max_epochs": 12}
    assert_same(TorchMLPRegressor((8, 6), **params), *plane)
    X, y = blobs
    y = np.where(np.arange(90) % 9 == 0, (y + 1) % 3, y)
    assert_same(TorchMLPClassifier((8,), **params, target_score=0.8), X, y)
    assert joint == [3, 3]


@pytest.mark.parametrize("bootstrap", [True, False])
def test_each_member_stops_on_its_own(blobs, plane, bootstrap):
    X, y = blobs
    y = np.where(np.arange(90) % 9 == 0, (y + 1) % 3, y)
    clf = TorchMLPClassifier((8,), **FLAT, max_epochs=60, target_score=0.87)
    epochs = assert_same(clf, X, y, bootstrap=bootstrap)[1]
    assert len(set(epochs)) > 1
    X, y = plane
    reg = TorchMLPRegressor((6,), **FLAT, max_epochs=40, target_score=0.9)
    epochs = assert_same(reg, X, y[:, 1], bootstrap=bootstrap)[1]
    assert len(set(epochs)) > 1
    assert max(epochs) < 40
    capped = clone(reg).set_params(max_epochs=max(epochs) - 1)
    epochs = assert_same(capped, X, y[:, 1], bootstrap=bootstrap)[1]
    assert len(set(epochs)) > 1


def test_members_stop_at_a_share_that_binary_fractions_miss(joint):
    # Ten epochs of 20 rows with two misses are 0.99 in double precision, but less in
    # single precision.
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 6)), np.arange(20) % 4
    clf = TorchMLPClassifier((64, 64), dropout=0.0, max_epochs=80)
    for shift in range(5):
        epochs = assert_same(clf, X + shift, y, bootstrap=False)[1]
        assert max(epochs) < 80
    assert joint == [3] * 5


@pytest.mark.parametrize(
    ("batch_size", "shuffle"),
    [(1, True), (13, False), (16, True), (200, True), (-1, True)],
)
def test_any_module_and_batches(tiny_net, blobs, plane, joint, batch_size, shuffle):
    params = {"max_epochs": 1 if batch_size == 1 else 3, "batch_size": batch_size}
    if not shuffle:
        params["iterator_train__shuffle"] = False
    net = tiny_net(**params, criterion__weight=torch.tensor([1.0, 2.0, 0.5]))
    assert_same(NetClassifier(net), *blobs)
    net = tiny_net("regression", **params, criterion=nn.HuberLoss)
    assert_same(NetRegressor(net), *plane)
    assert joint == [3, 3]


def test_images_sparse_rows_and_named_columns(tiny_net, blobs, joint):
    X, y = blobs
    images = np.concatenate([X, X], axis=1).reshape(90, 1, 2, 2)

    class Small(nn.Sequential):
        def __init__(self, n_in, n_out):
            convolution = nn.Conv2d(n_in, 3, 2)
            super().__init__(
                convolution, nn.GroupNorm(1, 3), nn.Flatten(), nn.Linear(3, n_out)
            )

    assert_same(NetClassifier(tiny_net(module=Small, max_epochs=3)), images, y)
    clf = TorchMLPClassifier((8,), **FLAT, max_epochs=3)
    assert_same(clf, sparse.csr_matrix(X), y)
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["a", "b"])
    for member in clf.fit_members(frame, y, resamples(90), SEEDS):
        assert member.feature_names_in_.tolist() == ["a", "b"]
        assert member.n_features_in_ == 2
    assert joint == [3, 3, 3]


def test_a_committee_trains_its_members_together(blobs, joint):
    X, y = blobs
    names = np.array(["red", "green", "blue"])[y]
    clf = TorchMLPClassifier((8,), **FLAT, max_epochs=30)
    committee = Committee(clf, 4, random_state=0).fit(X, names)
    assert joint == [4]
    # A parameter of `fit`, even None, and they are trained apart.
    apart = clone(committee).fit(X, names, sample_weight=None)
    assert joint == [4]
    assert_allclose(committee.predict_proba(X), apart.predict_proba(X), atol=1e-4)
    draws = ModelView(X, committee).predict_draws()
    assert draws.shape == (90, 4, 3)
    assert_allclose(draws, ModelView(X, apart).predict_draws(), atol=1e-4)
    for member, other in zip(committee.estimators_, apart.estimators_, strict=True):
        assert member.get_params()["random_state"] == other.random_state
        restored = pickle.loads(pickle.dumps(member))
        assert_array_equal(restored.predict_proba(X), member.predict_proba(X))
        assert member.score(X, names) > 0.9
        member.fit(X, names)
    assert not hasattr(clf, "net_")
    assert not hasattr(clf, "n_features_in_")


def test_no_generator_is_moved(blobs, joint):
    X, y = blobs
    before = torch.get_rng_state()
    estimator = TorchMLPClassifier((8,), **FLAT, max_epochs=2)
    estimator.fit_members(X, y, resamples(90), SEEDS)
    assert torch.equal(torch.get_rng_state(), before)
    assert joint == [3]


def bare(n_in, n_out):
    return nn.Sequential(nn.Linear(n_in, 5, bias=False), nn.Tanh(), nn.Linear(5, n_out))


def bent(n_in, n_out):
    bend = nn.SiLU()
    return nn.Sequential(nn.Linear(n_in, 5), bend, bend, nn.Linear(5, n_out))


def frozen(n_in, n_out):
    middle = nn.Linear(5, 5).requires_grad_(False)
    layers = [nn.Linear(n_in, 5), middle, nn.ReLU(), nn.Linear(5, n_out)]
    return nn.Sequential(*layers)


def tied(n_in, n_out):
    middle = nn.Linear(5, 5)
    layers = [nn.Linear(n_in, 5), middle, nn.ReLU(), middle, nn.Linear(5, n_out)]
    return nn.Sequential(*layers)


def watched(n_in, n_out):
    module = bare(n_in, n_out)
    module[1].register_forward_hook(_double)
    return module


def _double(layer, args, output):
    return 2 * output


def normed(n_in, n_out):
    layers = [nn.Linear(n_in, 5), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, n_out)]
    return nn.Sequential(*layers)


def reparametrized(n_in, n_out):
    return nn.utils.parametrizations.weight_norm(nn.Linear(n_in, n_out))


@pytest.mark.parametrize("module", [bare, bent, frozen, watched, normed])
def test_chains_of_layers(tiny_net, blobs, joint, module):
    X, y = blobs
    assert is_chain(module(2, 3)) == (module in (bare, bent, frozen))
    assert_same(NetClassifier(tiny_net(module=module, max_epochs=4)), X, y)
    assert joint == [3]


@parametrize_with_checks(
    [
        Committee(estimator((4,), **CHECKED), n_members=2, random_state=0)
        for estimator in (TorchMLPClassifier, TorchMLPRegressor)
    ]
)
def test_scikit_learn_checks_of_a_committee(estimator, check):
    check(estimator)


class Noisy(nn.Linear):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)

    def forward(self, X):
        return super().forward(X + 0.01 * torch.randn_like(X))


class Counting(Noisy):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, X):
        self.calls = self.calls + 1
        return nn.functional.linear(X, self.weight, self.bias)


class Branching(Noisy):
    def forward(self, X):
        output = nn.functional.linear(X, self.weight, self.bias)
        return output if output.sum().item() > 0 else 2 * output


class Rounding(nn.Linear):
    """As in mixed precision."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)

    def forward(self, X):
        return super().forward(X).bfloat16()


class Drawing(Noisy):
    """Keeps what it draws where torch does not look."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.mix = torch.randn(n_in, n_in)

    def forward(self, X):
        return nn.functional.linear(X @ self.mix, self.weight, self.bias)


class Stepping(Noisy):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.n_passes = 0

    def forward(self, X):
        self.n_passes += 1
        return nn.functional.linear(X, self.weight, self.bias) / self.n_passes


class Annealing(Stepping):
    """Computes the same in its first passes."""

    def forward(self, X):
        self.n_passes += 1
        output = nn.functional.linear(X, self.weight, self.bias)
        return output / max(1, self.n_passes - 3)


class Aging(Noisy):
    """Counts its passes where a copy of it does not."""

    n_passes = 0

    def forward(self, X):
        Aging.n_passes += 1
        return nn.functional.linear(X, self.weight, self.bias) / Aging.n_passes


class Masked(Noisy):
    """Has a weight that a hook keeps where it is."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.weight.register_hook(torch.zeros_like)

    def forward(self, X):
        return nn.functional.linear(X, self.weight, self.bias)


class Stopping(Masked):
    def __init__(self, n_in, n_out):
        Noisy.__init__(self, n_in, n_out)
        self.weight.register_post_accumulate_grad_hook(_clear)


def clipping(n_in, n_out):
    module = bare(n_in, n_out)
    module[2].register_full_backward_hook(lambda layer, into, out: into)
    return module


class Reversing(Noisy):
    def forward(self, X):
        output = nn.functional.linear(X, self.weight, self.bias)
        if output.requires_grad:
            output.register_hook(torch.neg)
        return output


def _clear(param):
    param.grad = None


class Locked(Drawing):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.mix, self.lock = torch.eye(n_in), threading.Lock()


class Scaling(Drawing):
    """Keeps what it draws in an estimator."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.scaler = StandardScaler().fit(torch.randn(9, n_in).numpy())
        self.mix = torch.eye(n_in)


class DrawnBuffer(Noisy):
    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.register_buffer("kept", torch.zeros(int(torch.randint(1, 99, ()))))


class Closing(Noisy):
    """Its function knows the layer of the first net, also in a copy."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.function = lambda X: nn.functional.linear(X, self.weight, self.bias)

    def forward(self, X):
        return self.function(X)


class WithOwnParts(nn.Module):
    """Refers to its layers in other ways than by their names."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)
        self.layers = [self.linear, nn.Identity()]
        self.bound = self.plain
        object.__setattr__(self, "alias", self.linear)
        self.linear.register_forward_hook(self.seen)
        self._mask = np.ones(n_in, dtype=np.float32)

    def seen(self, module, args, output):
        return None

    def plain(self, X):
        return self.linear(X * torch.as_tensor(self._mask))

    def forward(self, X):
        return self.layers[1](self.bound(X))


class Bandwidth(Drawing):
    def __init__(self, n_in, n_out, scale):
        super().__init__(n_in, n_out)
        self.mix = torch.eye(n_in) * scale


class Scaled(NetClassifier):
    """Hands its module a number of the samples."""

    def _make_net(self, X):
        net = super()._make_net(X)
        return net.set_params(module=Bandwidth, module__scale=float(X.std()))


def random_dropout(n_in, n_out):
    return nn.Sequential(nn.Dropout(float(torch.rand(()))), nn.Linear(n_in, n_out))


class OwnLoop(NeuralNetClassifier):
    def get_loss(self, y_pred, y_true, *args, **kwargs):
        return 2 * super().get_loss(y_pred, y_true, *args, **kwargs)


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"module__dropout": 0.1}, id="dropout"),
        pytest.param({"module__norm": True}, id="norm"),
        pytest.param({"module": Noisy}, id="random_forward"),
        pytest.param({"module": Counting}, id="buffer"),
        pytest.param({"module": Branching}, id="branch"),
        pytest.param({"module": Drawing}, id="attribute"),
        pytest.param({"module": Stepping}, id="counter"),
        pytest.param({"module": Annealing}, id="annealing"),
        pytest.param({"module": Masked}, id="hook"),
        pytest.param({"module": Stopping}, id="post_accumulate_hook"),
        pytest.param({"module": clipping}, id="module_hook"),
        pytest.param({"module": Reversing}, id="hook_in_forward"),
        pytest.param({"module": Scaling}, id="estimator"),
        pytest.param({"module": Closing}, id="closure"),
        pytest.param({"module": DrawnBuffer}, id="drawn_buffer"),
        pytest.param({"module": Locked}, id="lock"),
        pytest.param({"module": random_dropout}, id="random_dropout"),
        pytest.param({"module": Rounding}, id="bfloat16"),
        pytest.param({"module": tied}, id="tied"),
        pytest.param({"module": reparametrized}, id="reparametrized"),
        pytest.param({"module": nn.LazyLinear(3)}, id="lazy"),
        pytest.param(
            {"callbacks": [EpochScoring("accuracy", on_train=True)]}, id="epoch_scoring"
        ),
        pytest.param({"callbacks": [("rate", LRScheduler())]}, id="lr_scheduler"),
        pytest.param({"optimizer": torch.optim.LBFGS}, id="lbfgs"),
        pytest.param({"train_split": ValidSplit(3)}, id="train_split"),
        pytest.param({"iterator_train__num_workers": 0}, id="workers"),
    ],
)
def test_what_cannot_be_trained_together_is_trained_apart(
    tiny_net, blobs, joint, params
):
    X, y = blobs
    clf = NetClassifier(tiny_net(max_epochs=2, **params), random_state=0)
    assert clf.fit_members(X, y, resamples(90), SEEDS) is NotImplemented
    committee = Committee(clf, 2, random_state=0).fit(X, y)
    assert committee.predict_proba(X).shape == (90, 3)
    assert joint == []


def test_a_module_that_computes_something_else_each_time_is_trained_apart(
    tiny_net, blobs, joint
):
    clf = NetClassifier(tiny_net(max_epochs=2, module=Aging), random_state=0)
    clf.fit_members(*blobs, resamples(90), SEEDS)
    assert joint == []


def test_a_module_that_refers_to_its_own_parts(tiny_net, blobs, joint):
    assert_same(NetClassifier(tiny_net(module=WithOwnParts, max_epochs=3)), *blobs)
    assert joint == [3]


def test_members_whose_modules_differ_by_their_samples(tiny_net, blobs, joint):
    clf = Scaled(tiny_net(max_epochs=2), random_state=0)
    X, y = blobs
    assert clf.fit_members(X, y, resamples(90), SEEDS) is NotImplemented
    assert len(clf.fit_members(X, y, resamples(90, bootstrap=False), SEEDS)) == 3
    assert joint == [3]


def test_nets_of_the_users_own_are_trained_apart(blobs, joint):
    X, y = blobs
    params = {"max_epochs": 2, "criterion": nn.CrossEntropyLoss}
    own = NetClassifier(OwnLoop(nn.Linear(2, 3), **params))
    binary = NetClassifier(NeuralNetBinaryClassifier(nn.Linear(2, 1), max_epochs=2))
    rows = resamples(90)
    assert own.fit_members(X, y, rows, SEEDS) is NotImplemented
    assert binary.fit_members(X, y == 0, rows, SEEDS) is NotImplemented
    assert joint == []


def test_members_that_differ_in_rows_or_classes_are_trained_apart(blobs, joint):
    X, y = blobs
    clf = TorchMLPClassifier((8,), **FLAT, max_epochs=2)
    rows = resamples(90)
    uneven = [rows[0], rows[1][:-1], rows[2]]
    assert clf.fit_members(X, y, uneven, SEEDS) is NotImplemented
    lacking = [rows[0], np.flatnonzero(y > 0).repeat(2)[:90], rows[2]]
    assert clf.fit_members(X, y, lacking, SEEDS) is NotImplemented
    assert joint == []
    named = clone(clf).set_params(classes=[0, 1, 2])
    assert len(named.fit_members(X, y, lacking, SEEDS)) == 3
    assert joint == [3]


def test_faults_are_those_of_separate_training(tiny_net, blobs):
    X, y = blobs
    narrow = NetClassifier(tiny_net(module__n_out=2))
    with pytest.raises(ValueError, match="2 outputs for 3 classes"):
        Committee(narrow, 2).fit(X, y)
    with pytest.raises(ValueError, match="lr"):
        Committee(TorchMLPClassifier(lr=0), 2).fit(X, y)
    with pytest.raises(ValueError, match="NaN"):
        Committee(TorchMLPClassifier(dropout=0), 2).fit(np.full_like(X, np.nan), y)


def test_a_committee_of_one_sample_and_of_one_member(plane):
    X, Y = plane
    reg = TorchMLPRegressor((4,), **FLAT, max_epochs=2)
    assert Committee(reg, 3).fit(X[:1], Y[:1]).predict(X).shape == (80, 2)
    assert Committee(reg, 1).fit(X, Y[:, 0]).predict(X).shape == (80,)


# Members that go on


@pytest.mark.parametrize("start", ["warm", "shrink_perturb"])
def test_members_go_on_together_as_they_do_apart(blobs, plane, joint, start):
    for estimator, (X, y) in (
        (TorchMLPClassifier((8,), **FLAT, max_epochs=4, start=start), blobs),
        (TorchMLPRegressor((8,), **FLAT, max_epochs=4, start=start), plane),
    ):
        first = Committee(estimator, 3, random_state=0).fit(X[:60], y[:60])
        together = pickle.loads(pickle.dumps(first)).fit(X, y)
        apart = pickle.loads(pickle.dumps(first)).fit(X, y, sample_weight=None)
        fresh = clone(first).fit(X, y)
        expected = answers(apart.estimators_, X)
        scale = np.abs(expected).max()
        assert_allclose(answers(together.estimators_, X), expected, atol=1e-4 * scale)
        assert np.abs(answers(fresh.estimators_, X) - expected).max() > 1e-3 * scale
    assert joint == [3, 3, 3] * 2


def test_further_members_and_new_classes_start_afresh(blobs):
    X, y = blobs
    clf = TorchMLPClassifier((8,), **FLAT, max_epochs=4, start="warm")
    two = y < 2
    committee = Committee(clf, 2, random_state=0).fit(X[two], y[two])
    expected = clone(committee).fit(X, y)
    assert_allclose(
        committee.fit(X, y).predict_proba(X), expected.predict_proba(X), atol=1e-6
    )
    grown = committee.set_params(n_members=4).fit(X, y).estimators_
    fresh = clone(committee).fit(X, y).estimators_
    same = [
        np.allclose(*pair)
        for pair in zip(answers(grown, X), answers(fresh, X), strict=True)
    ]
    assert same == [False, False, True, True]
    assert len(committee.set_params(n_members=1).fit(X, y).estimators_) == 1


def test_a_committee_goes_on_with_the_parameters_it_has_now(blobs):
    X, y = blobs
    for dropout in (0.0, 0.1):
        clf = TorchMLPClassifier((8,), **{**FLAT, "dropout": dropout}, start="warm")
        committee = Committee(clf, 2, random_state=0).fit(X, y)
        before = committee.predict_proba(X)
        committee.set_params(estimator__max_epochs=1, estimator__lr=1e-9).fit(X, y)
        assert [len(m.net_.history) for m in committee.estimators_] == [1, 1]
        # New resamples scale the columns a little differently.
        assert_allclose(committee.predict_proba(X), before, atol=0.1)
