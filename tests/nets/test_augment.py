"""Samples changed at random while training, and only then."""

import pickle
from collections import Counter

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from skorch.dataset import Dataset
from torch import nn
from torch.utils.data import DataLoader

from skactive import ActiveLearner, Committee
from skactive.nets import NetClassifier, NetRegressor, as_estimator
from skactive.nets._augment import AugmentedBatches
from skactive.nets._iterator import TensorBatches
from skactive.utils import reseed_nested

v2 = pytest.importorskip("torchvision.transforms.v2")


class Flat(nn.Module):
    """Linear on pixels; remembers what it has seen while training."""

    def __init__(self, n_out):
        super().__init__()
        self.head = nn.Linear(16, n_out)
        self.seen = []

    def forward(self, X):
        if self.training:
            self.seen.append(X.detach().clone())
        return self.head(X.flatten(1))


class Noise(nn.Module):
    """A transform that counts its calls."""

    calls = 0

    def forward(self, sample):
        self.calls += 1
        return sample + torch.randn(1)


@pytest.fixture
def images():
    """Left or right half bright."""
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    X = rng.random((40, 1, 4, 4)).astype(np.float32)
    X[y == 1, :, :, :2] += 2
    return X, y


def make(tiny_net, augment, **params):
    params = {"max_epochs": 3, "lr": 0.01, "batch_size": 10, **params}
    net = tiny_net(module=Flat, **params)
    return NetClassifier(net, augment=augment, random_state=0)


def seen(clf):
    return torch.cat(clf.net_.module_.seen)


def test_every_sample_changes_on_its_own(tiny_net, images):
    # Where the images are all alike, a batch flipped as one would have one content.
    X = np.broadcast_to(images[0][:1], images[0].shape).copy()
    clf = make(tiny_net, v2.RandomHorizontalFlip(), max_epochs=10).fit(X, images[1])
    for batch in clf.net_.module_.seen:
        assert len(Counter(row.numpy().tobytes() for row in batch)) == 2
    flipped = (seen(clf) != torch.from_numpy(X[:1])).any(dim=3).flatten(1).any(dim=1)
    assert 140 < flipped.sum() < 260


def test_another_way_in_every_epoch(tiny_net, images):
    clf = make(tiny_net, Noise()).fit(*images)
    means = seen(clf).mean(dim=(1, 2, 3)).numpy()
    assert len(set(means)) == 3 * 40


def test_same_seed_same_net(tiny_net, images):
    X, y = images
    first, second = (make(tiny_net, Noise()).fit(X, y) for _ in range(2))
    assert torch.equal(seen(first), seen(second))
    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    other = make(tiny_net, Noise()).set_params(random_state=1).fit(X, y)
    assert not torch.equal(seen(first), seen(other))
    plain = make(tiny_net, None).fit(X, y)
    assert not np.array_equal(plain.predict_proba(X), first.predict_proba(X))


def test_no_change_changes_nothing(tiny_net, images):
    X, y = images
    plain = make(tiny_net, None).fit(X, y)
    same = make(tiny_net, nn.Identity()).fit(X, y)
    assert_array_equal(plain.predict_proba(X), same.predict_proba(X))


def test_the_global_generator_stays(tiny_net, images):
    state = torch.get_rng_state()
    make(tiny_net, Noise()).fit(*images)
    assert torch.equal(torch.get_rng_state(), state)


def test_predictions_and_data_stay_as_they_are(tiny_net, images):
    X, y = images
    kept, noise = X.copy(), Noise()

    def in_place(sample):
        return noise(sample.mul_(2))

    clf = make(tiny_net, in_place).fit(X, y)
    assert_array_equal(X, kept)
    noise.calls = 0
    with torch.no_grad():
        logits = clf.net_.module_.eval()(torch.from_numpy(X)).double()
    expected = torch.softmax(logits, dim=1).numpy()
    np.testing.assert_allclose(clf.predict_proba(X), expected, rtol=1e-5)
    ActiveLearner(clf, "badge", random_state=0).fit(X[:20], y[:20])
    calls = noise.calls
    learner = ActiveLearner(clf, "badge", random_state=0).fit(X[:20], y[:20])
    noise.calls = calls
    learner.query(X, 3)
    assert noise.calls == calls


def test_a_transform_with_a_get_params_of_its_own(tiny_net, images):
    # scikit-learn would take it for an estimator.
    crop = v2.RandomCrop(4, padding=1)
    clf = make(tiny_net, crop)
    params = clf.get_params()
    assert params["augment"] is crop
    assert params["net__lr"] == 0.01
    twin = clone(clf)
    assert isinstance(twin.augment, v2.RandomCrop)
    assert twin.augment is not crop
    assert "RandomCrop" in repr(clf)
    assert "RandomCrop" in clf._repr_html_()
    fitted = reseed_nested(twin, 3).set_params(net__lr=0.02).fit(*images)
    copied = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(copied.predict(images[0]), fitted.predict(images[0]))
    search = GridSearchCV(clf, {"net__lr": [0.01, 0.02]}, cv=2).fit(*images)
    assert isinstance(search.best_estimator_.augment, v2.RandomCrop)
    # A fitted net can be trained on, and cloned.
    clone(fitted.net_)
    fitted.set_params(start="warm").fit(*images)


def test_clone_without_augment_is_scikit_learns(tiny_net):
    clf = make(tiny_net, None)
    assert clone(clf).get_params()["net__lr"] == 0.01
    assert clone(clf).net is not clf.net


def test_what_is_no_function_is_refused(tiny_net, images):
    with pytest.raises(ValueError, match="'augment' parameter of NetClassifier"):
        make(tiny_net, "flip").fit(*images)


def test_regressor_and_weights(images):
    X, y = images
    noise = Noise()
    reg = as_estimator(
        Flat, task="regression", augment=noise, max_epochs=2, random_state=0
    )
    assert isinstance(reg, NetRegressor)
    assert reg.augment is noise
    reg.fit(X, y.astype(float), sample_weight=np.ones(40))
    assert reg.augment.calls == 2 * 40


def test_committees_train_such_nets_one_by_one(tiny_net, images):
    X, y = images
    clf = make(tiny_net, v2.RandomHorizontalFlip())
    rows = [np.arange(30), np.arange(10, 40)]
    assert clf.fit_members(X, y, rows, [0, 1]) is NotImplemented
    committee = Committee(clf, n_members=2, random_state=0).fit(X, y)
    assert committee.predict_proba(X).shape == (40, 2)


def test_the_iterator_of_the_user_stays(tiny_net, images):
    X, y = images
    noise = Noise()
    clf = make(
        tiny_net,
        noise,
        iterator_train=DataLoader,
        iterator_train__shuffle=True,
        iterator_train__drop_last=True,
        batch_size=16,
    ).fit(X, y)
    assert [len(batch) for batch in clf.net_.module_.seen] == [16, 16] * 3
    assert noise.calls == 3 * 32


def test_a_validation_split_is_not_augmented(tiny_net, images):
    from skorch.dataset import ValidSplit

    noise = Noise()
    make(tiny_net, noise, train_split=ValidSplit(4)).fit(*images)
    assert noise.calls == 3 * 30


def test_batches():
    data = Dataset(np.ones((5, 1, 2, 2), dtype=np.float32), np.arange(5))
    batches = AugmentedBatches(
        data, iterator=TensorBatches, augment=lambda X: 3 * X, batch_size=2
    )
    assert len(batches) == 2
    assert [(len(X), X.unique().tolist()) for X, _ in batches] == [(2, [3]), (3, [3])]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_samples_change_before_they_go_to_the_device(tiny_net, images):
    devices = set()

    def look(sample):
        devices.add(sample.device.type)
        return sample

    clf = make(tiny_net, look, device="cuda").fit(*images)
    assert devices == {"cpu"}
    assert seen(clf).device.type == "cuda"
