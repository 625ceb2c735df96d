"""Nets that learn from unlabeled samples: MixMatch and consistency."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.utils.estimator_checks import parametrize_with_checks
from skorch import NeuralNetBinaryClassifier, NeuralNetClassifier
from torch import nn

from skactive import ActiveLearner
from skactive.exceptions import MissingCapability
from skactive.nets import (
    NetClassifier,
    Snapshots,
    StopAtSaturation,
    TorchMLPClassifier,
)
from skactive.semisupervised import (
    ConsistencyClassifier,
    Jitter,
    MarginalSwap,
    MixMatchClassifier,
    WAALClassifier,
)
from skactive.semisupervised._mixmatch import mix_rows, sharpen
from skactive.semisupervised._training import Batches, Trainer, interleave

X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
FEW = np.arange(0, 150, 12)
POOL = np.arange(1, 150, 3)


class Tiny(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, 8), nn.ReLU(), nn.Linear(8, n_out))


class Normalized(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, 8), nn.BatchNorm1d(8), nn.Linear(8, n_out))


class Picture(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Conv2d(n_in, 3, 3), nn.Flatten(), nn.LazyLinear(n_out))


def net_of(module, **params):
    params = {
        "optimizer": torch.optim.Adam,
        "lr": 0.05,
        "max_epochs": 25,
        "train_split": None,
        **params,
    }
    return NeuralNetClassifier(module, criterion=nn.CrossEntropyLoss, **params)


MLP = TorchMLPClassifier(hidden_sizes=(8,), max_epochs=10)
KINDS = [MixMatchClassifier, ConsistencyClassifier]


def expected_failures(estimator):
    reason = (
        "asks for equality to 1e-7 of two fits whose rows come in different batches; "
        "a net trained by float32 gradient steps cannot"
    )
    return {
        f"check_sample_weight_equivalence_on_{kind}_data": reason
        for kind in ("dense", "sparse")
    }


@parametrize_with_checks(
    [kind(net_of(Tiny)) for kind in (*KINDS, WAALClassifier)],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


# --- the steps of MixMatch


def test_guesses_are_sharpened():
    sharp = sharpen(torch.tensor([[0.6, 0.3, 0.1], [1.0, 0.0, 0.0]]), 0.5)
    assert_allclose(sharp[0], [0.7826, 0.1957, 0.0217], atol=5e-5)
    assert_array_equal(sharp[1], [1, 0, 0])
    assert_allclose(sharpen(torch.tensor([[0.6, 0.4]]), 1), [[0.6, 0.4]])
    assert_allclose(sharpen(torch.tensor([[1e-30, 1.0]]), 0.01), [[0, 1]])


def test_each_row_has_a_share_of_its_own():
    inputs = torch.eye(500)
    targets = torch.eye(3)[torch.arange(500) % 3]
    mixed, labels = mix_rows(inputs, targets, 0.75, np.random.default_rng(0))
    own = mixed.diagonal()
    assert (own >= 0.5).all()
    assert len(own.unique()) > 400
    assert_allclose(mixed.sum(1), np.ones(500), rtol=1e-5)
    assert_allclose(labels.sum(1), np.ones(500), rtol=1e-5)
    # Inputs and labels are mixed alike.
    assert_allclose(labels, mixed @ targets, atol=1e-6)
    same, also = mix_rows(inputs, targets, 0, np.random.default_rng(0))
    assert torch.equal(same, inputs)
    assert torch.equal(also, targets)


def test_batches_are_interleaved_and_back():
    groups = [torch.full((7, 2), float(number)) for number in range(3)]
    mixed = interleave(groups)
    assert set(mixed[0].unique().tolist()) == {0, 1, 2}
    assert [len(group) for group in mixed] == [7, 7, 7]
    for group, again in zip(groups, interleave(mixed), strict=True):
        assert torch.equal(group, again)


@pytest.mark.parametrize("weighted", [False, True])
def test_batches_go_round_and_round(weighted):
    rows = np.arange(10.0)[:, None]
    weight = np.where(np.arange(10) < 5, 0, 1.0) if weighted else None
    batches = Batches(rows, 64, np.random.default_rng(0), weight)
    drawn = [batches.draw() for _ in range(5)]
    assert all(X.shape == (64, 1) for X, _ in drawn)
    numbers = np.concatenate([rows for _, rows in drawn])
    counts = np.bincount(numbers, minlength=10)
    if weighted:
        assert (counts[:5] == 0).all()
        assert (counts[5:] > 0).all()
    else:
        assert_array_equal(counts, 32)
        assert_array_equal(np.sort(numbers[:10]), np.arange(10))


def trainer_of(module, decay=0.9):
    net = net_of(module).initialize()
    trainer = Trainer(net, 3, decay)
    trainer.start(torch.from_numpy(X[:8]))
    return trainer


@pytest.mark.parametrize("kind", KINDS)
def test_without_weight_and_mixing_it_is_cross_entropy(kind):
    model = kind(MLP, unlabeled_weight=0)
    if kind is MixMatchClassifier:
        model.set_params(alpha=0)
    trainer = trainer_of(Tiny(4, 3))
    rows = np.arange(0, 150, 20)
    loss = model._loss(
        trainer,
        torch.from_numpy,
        X[rows],
        torch.eye(3)[y[rows]],
        X[rows + 1],
        0.0,
        np.random.default_rng(0),
    )
    expected = nn.functional.cross_entropy(
        trainer.module(torch.from_numpy(X[rows])), torch.as_tensor(y[rows])
    )
    assert_allclose(loss.item(), expected.item(), rtol=1e-5)


def test_the_loss_of_unmixed_rows_by_hand():
    model = MixMatchClassifier(MLP, alpha=0, n_augmentations=2)
    trainer = trainer_of(Tiny(4, 3))
    shift = iter([0, 0.1, 0.2])  # of the labeled rows and the copies
    loss = model._loss(
        trainer,
        lambda rows: torch.from_numpy(rows + np.float32(next(shift))),
        X[:6],
        torch.eye(3)[y[:6]],
        X[50:56],
        7.0,
        np.random.default_rng(0),
    )
    with torch.no_grad():
        copies = [
            trainer.module(torch.from_numpy(X[50:56] + np.float32(s))).softmax(1)
            for s in (0.1, 0.2)
        ]
        guess = sum(copies) / 2
        guess = guess**2 / (guess**2).sum(1, keepdim=True)
        brier = sum(((copy - guess) ** 2).sum() for copy in copies) / (2 * 6 * 3)
        logits = trainer.module(torch.from_numpy(X[:6]))
        known = nn.functional.cross_entropy(logits, torch.as_tensor(y[:6]))
    assert_allclose(loss.item(), (known + 7 * brier).item(), rtol=1e-5)


def test_the_average_of_the_weights():
    trainer = trainer_of(Tiny(4, 3), decay=0.8)
    expected = [p.detach().clone() for p in trainer.module.parameters()]
    inputs, targets = torch.from_numpy(X), torch.as_tensor(y)
    for step in range(1, 51):
        trainer.step(nn.functional.cross_entropy(trainer.logits(inputs), targets))
        keep = min(0.8, step / (step + 9))
        expected = [
            keep * old + (1 - keep) * new.detach()
            for old, new in zip(expected, trainer.module.parameters(), strict=True)
        ]
    trainer.finish()
    for average, param in zip(expected, trainer.module.parameters(), strict=True):
        assert_allclose(param.detach(), average, rtol=1e-4, atol=1e-6)


def test_statistics_are_those_of_the_first_batch():
    module = Normalized(4, 3)
    trainer = trainer_of(module)
    before = [b.clone() for b in module.buffers()]
    trainer.guess(torch.from_numpy(X))
    trainer.guess_of_average(torch.from_numpy(X))
    for old, new in zip(before, module.buffers(), strict=True):
        assert torch.equal(old, new)
    groups = [torch.from_numpy(X[i : i + 6]) for i in (0, 60, 120)]
    together = trainer.logits_interleaved(groups)
    twin = Normalized(4, 3)
    twin.load_state_dict(
        {
            **module.state_dict(),
            **dict(zip(dict(twin.named_buffers()), before, strict=True)),
        }
    )
    first, *rest = interleave(groups)
    expected = interleave([twin(first), *[twin(group) for group in rest]])
    for ours, theirs in zip(together, expected, strict=True):
        assert torch.equal(ours, theirs)
    assert module[1].num_batches_tracked == 1


def test_the_weight_grows_from_zero(monkeypatch):
    seen = []
    loss = MixMatchClassifier._loss

    def spied(self, trainer, augmented, X, targets, U, weight, rng):
        seen.append(weight)
        return loss(self, trainer, augmented, X, targets, U, weight, rng)

    monkeypatch.setattr(MixMatchClassifier, "_loss", spied)
    model = MixMatchClassifier(MLP, n_steps=10, unlabeled_weight=50)
    model.fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    assert_allclose(seen, np.arange(10) * 5)


# --- as estimators


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inner", [MLP, net_of(Tiny)])
def test_without_unlabeled_samples_it_is_the_net(kind, inner):
    plain = inner if isinstance(inner, NetClassifier) else NetClassifier(inner)
    plain = clone(plain).set_params(random_state=3).fit(X[FEW], NAMES[FEW])
    ours = kind(inner, random_state=3)
    for nothing in ({}, {"X_unlabeled": None}, {"X_unlabeled": X[:0]}):
        ours.fit(X[FEW], NAMES[FEW], **nothing)
        assert_array_equal(ours.predict_proba(X), plain.predict_proba(X))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inner", [MLP, net_of(Tiny), net_of(Normalized)])
def test_training_is_repeatable_and_moves_no_global_generator(kind, inner):
    states = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    model = kind(inner, n_steps=10, random_state=0)
    first, second = (
        clone(model).fit(X[FEW], NAMES[FEW], X_unlabeled=X[POOL]) for _ in range(2)
    )
    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    other = clone(model).set_params(random_state=1)
    other.fit(X[FEW], NAMES[FEW], X_unlabeled=X[POOL])
    assert (other.predict_proba(X) != first.predict_proba(X)).any()
    assert torch.equal(states[0], torch.get_rng_state())
    assert_array_equal(states[1], np.random.get_state()[1])  # noqa: NPY002
    assert first.classes_.tolist() == sorted(set(NAMES))
    assert not first.net_.module_.training


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns(kind):
    model = kind(MLP, n_steps=200, random_state=0)
    model.fit(X[FEW], NAMES[FEW], X_unlabeled=X[POOL])
    assert model.score(X, NAMES) > 0.7
    assert isinstance(model.augmentation_, Jitter)


def test_sparse_weighted_and_further_classes():
    weight = np.where(NAMES[FEW] == "setosa", 0, 1.0)
    model = MixMatchClassifier(
        MLP, classes=["lotus", *sorted(set(NAMES))], n_steps=60, random_state=0
    )
    model.fit(
        sparse.csr_array(X[FEW]),
        NAMES[FEW],
        weight,
        X_unlabeled=sparse.csr_array(X[50:]),
    )
    assert model.predict_proba(sparse.csr_array(X)).shape == (150, 4)
    assert not np.isin(["lotus", "setosa"], model.predict(X[50:])).any()


def test_augmentations_and_their_strength():
    strong = MarginalSwap(0.9)
    model = MixMatchClassifier(
        TorchMLPClassifier(), augment=[strong, Jitter()], n_steps=5, random_state=0
    )
    model.fit(X[::3], y[::3], X_unlabeled=X[POOL])
    assert model.augmentation_.strength[0] < 0.9
    assert strong.rate == 0.9
    model.set_params(augment=strong, check_strength=False)
    model.fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    assert model.augmentation_.strength == 0.9
    model.set_params(augment=None).fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    assert model.augmentation_ is None
    model.fit(X[FEW], y[FEW])
    assert not hasattr(model, "augmentation_")


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_with_a_transform_of_torchvision(kind):
    from torchvision.transforms import v2

    pictures = np.repeat(X, 9, axis=1).reshape(-1, 1, 6, 6)
    crop = v2.RandomCrop(6, padding=1)  # it has a `get_params` that takes an image
    model = kind(net_of(Picture), augment=[crop, Jitter()], n_steps=20, random_state=0)
    model.fit(pictures[FEW], y[FEW], X_unlabeled=pictures[POOL])
    assert model.predict(pictures).shape == (150,)
    with pytest.raises(ValueError, match="'auto' is for tables"):
        kind(net_of(Picture)).fit(pictures[FEW], y[FEW], X_unlabeled=pictures[POOL])


def test_training_goes_on():
    model = MixMatchClassifier(MLP, start="warm", n_steps=80, random_state=0)
    model.fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    learned = model.score(X, y)
    model.set_params(n_steps=1).fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    assert abs(model.score(X, y) - learned) < 0.1


def test_what_cannot_be_done():
    binary = NeuralNetBinaryClassifier(Tiny, train_split=None)
    two = y < 2
    with pytest.raises(TypeError, match="has one output"):
        MixMatchClassifier(binary).fit(X[two][::9], y[two][::9], X_unlabeled=X[two])
    with pytest.raises(ValueError, match="2 outputs for 3 classes"):
        MixMatchClassifier(net_of(nn.Linear(4, 2))).fit(X, y, X_unlabeled=X)
    with pytest.raises(ValueError, match="features"):
        MixMatchClassifier(MLP).fit(X, y, X_unlabeled=X[:, :2])
    with pytest.raises(TypeError, match="is not a skorch net"):
        MixMatchClassifier(nn.Linear(4, 3)).fit(X, y, X_unlabeled=X)
    with pytest.raises(ValueError, match="'augment' parameter"):
        MixMatchClassifier(MLP, augment="swap").fit(X, y)


def test_the_augmentation_of_the_net_will_do():
    seen = []

    def note(sample):
        seen.append(sample.shape)
        return sample

    pictures = np.repeat(X, 9, axis=1).reshape(-1, 1, 6, 6)
    inner = NetClassifier(net_of(Picture), augment=note)
    model = MixMatchClassifier(inner, n_steps=2, check_strength=False, random_state=0)
    model.fit(pictures[FEW], y[FEW], X_unlabeled=pictures[POOL])
    assert len(seen) == 2 * 3 * 64
    assert clone(model).get_params(deep=False)["augment"] == "auto"


@pytest.mark.parametrize("kind", [*KINDS, WAALClassifier])
@pytest.mark.parametrize("strategy", ["prediction_switches", "bald"])
def test_callbacks_that_do_not_run_are_named(kind, strategy):
    net = net_of(Tiny, callbacks=[("kept", Snapshots(3)), StopAtSaturation()])
    learner = ActiveLearner(kind(net, n_steps=2), strategy, random_state=0)
    with pytest.warns(UserWarning, match="play no part; Snapshots will not run"):
        learner.fit(X[FEW], y[FEW], X_unlabeled=X[POOL])
    with pytest.raises(MissingCapability, match=r"epochs|draws"):
        learner.query(X[POOL], 2)
    # On labels alone they do.
    learner.fit(X[FEW], y[FEW])
    assert len(learner.query(X[POOL], 2)) == 2


@pytest.mark.parametrize("kind", [MixMatchClassifier, ConsistencyClassifier])
def test_equal_weights_are_none(kind):
    clf = kind(TorchMLPClassifier((8,)), n_steps=5, random_state=0)
    plain = clf.fit(X[FEW], y[FEW], X_unlabeled=X[POOL]).predict_proba(X)
    clf.fit(X[FEW], y[FEW], np.full(len(FEW), 3), X_unlabeled=X[POOL])
    assert_array_equal(clf.predict_proba(X), plain)


@pytest.mark.parametrize(
    "idle",
    [{"classes": [0, 1, 2, 3]}, {"classes": np.arange(4)}, {"start": "warm"}],
)
def test_what_would_play_no_part_in_the_net_is_refused(idle):
    clf = MixMatchClassifier(TorchMLPClassifier((8,), **idle), n_steps=5)
    (name,) = idle
    for unlabeled in (None, X[POOL]):
        with pytest.raises(ValueError, match=f"^{name}=.* pass {name} to MixMatch"):
            clf.fit(X[FEW], y[FEW], X_unlabeled=unlabeled)


def test_a_fit_that_fails_changes_nothing():
    clf = MixMatchClassifier(TorchMLPClassifier((8,)), n_steps=5, random_state=0)
    before = clf.fit(X[FEW], y[FEW], X_unlabeled=X[POOL]).predict(X)
    attributes = set(vars(clf))
    with pytest.raises(ValueError, match="sample_weight"):
        clf.fit(X[FEW], NAMES[FEW], -np.ones(len(FEW)), X_unlabeled=X[POOL])
    assert_array_equal(clf.predict(X), before)
    assert set(vars(clf)) == attributes
