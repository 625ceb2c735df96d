"""Published experiments: all of them can be made, and a small one runs."""

import sys

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skactive import ActiveLearner, datasets, simulate, strategies
from skactive.nets import LeNet, ResNet18
from skactive.nets._image_classifier import Normalized
from skactive.simulation import settings

MARKS = {"study", "program", "chosen"}


@pytest.fixture
def fake_images(monkeypatch):
    """Loaders of noise with a bright corner for each class, of any size asked for."""
    asked = []

    def install(setting, n_train, n_test):
        values = setting.values

        def load(*, data_home, split, return_X_y):
            asked.append((data_home, split))
            n = n_train if split == "train" else n_test
            rng = np.random.default_rng(n)
            size = values["image_size"]
            shape = (n, len(values["mean"]), size, size)
            y = np.arange(n) % values["n_classes"]
            X = rng.random(shape, dtype=np.float32) / 2
            X[np.arange(n), :, 2 * y, 2 * y] = 1
            X[:, 0, 0, 0] = np.arange(n) / n  # tells the rows apart
            return X, y

        monkeypatch.setattr(datasets, setting.dataset, load)
        return asked

    return install


@pytest.mark.parametrize("name", settings.names())
def test_every_setting_can_be_made(name):
    setting = settings.load(name)
    params = setting.simulate_params
    assert setting.name == name
    assert setting.study
    assert callable(getattr(datasets, setting.dataset))
    assert set(setting.read.values()) <= MARKS
    assert set(setting.read) == set(setting.values) - {
        "loader", "n_pool", "n_test", "n_classes", "image_size",
    }  # fmt: skip
    assert params["baseline"] == "random"
    assert params["n_initial"] < params["budget"] <= setting.n_pool
    labels = [*params["strategies"], *setting.left_out]
    assert sorted(labels) == sorted(setting.values["strategies"])
    assert set(params["strategies"]) <= set(strategies.names())
    clone(params["estimator"])


def test_the_sizes_are_those_of_the_loaders():
    for name in settings.names():
        setting = settings.load(name)
        known = datasets._images._IMAGE_SETS[setting.dataset.removeprefix("load_")]
        assert known.n_rows == {"train": setting.n_pool, "test": setting.n_test}
        if known.target_names is not None:
            assert len(known.target_names) == setting.values["n_classes"]


def test_shares_of_the_pool():
    params = settings.load("cure/cifar10").simulate_params
    assert [params[key] for key in ("n_initial", "n_queries", "budget")] == [
        5000, 2500, 35000,
    ]  # fmt: skip
    assert (params["n_repeats"], params["estimator"].net.max_epochs) == (5, 150)
    params = settings.load("cure/mnist").simulate_params
    assert [params[key] for key in ("n_initial", "n_queries", "budget")] == [
        1200, 1200, 12000,
    ]  # fmt: skip


def test_training_is_as_the_setting_says():
    net = settings.load("cure/mnist", device="cuda").simulate_params["estimator"].net
    assert net.optimizer is torch.optim.SGD
    assert net.get_params_for("optimizer") == {"momentum": 0.9, "weight_decay": 5e-4}
    assert (net.lr, net.batch_size, net.max_epochs) == (0.1, 128, 50)
    assert net.device == "cuda"
    [(_, schedule)] = net.callbacks
    assert schedule.policy == "MultiStepLR"
    assert schedule.kwargs == {"milestones": [20, 40], "gamma": 0.1}
    estimator = settings.load("beck/cifar10").simulate_params["estimator"]
    schedule, stop = (callback for _, callback in estimator.net.callbacks)
    assert schedule.policy == "CosineAnnealingLR"
    assert schedule.kwargs == {"T_max": 300}
    assert stop.target == 0.99
    assert "RandomCrop(size=(32, 32), padding=[4, 4, 4, 4]" in repr(estimator.augment)
    assert "Flip" in repr(estimator.augment)
    digits = settings.load("beck/mnist").simulate_params["estimator"]
    assert "Flip" not in repr(digits.augment)


def test_scale():
    full, half = (settings.load("beck/cifar10", scale) for scale in (1, 0.5))
    assert (half.n_pool, half.n_test) == (25000, 5000)
    params = half.simulate_params
    assert (params["n_initial"], params["n_queries"]) == (500, 1500)
    # As many rounds.
    assert params["budget"] == 500 + 8 * 1500
    assert params["n_repeats"] == full.simulate_params["n_repeats"]
    net = params["estimator"].net
    # The square root of a half, and no batch of less than 16.
    assert (net.max_epochs, net.batch_size, net.module__width) == (212, 16, 45)
    assert dict(net.callbacks)["schedule"].kwargs == {"T_max": 212}
    net = settings.load("cure/cifar10", 0.04).simulate_params["estimator"].net
    assert (net.max_epochs, net.batch_size, net.module__width) == (30, 51, 8)
    assert dict(net.callbacks)["schedule"].kwargs["milestones"] == [16, 24]


@pytest.mark.parametrize("name", settings.names())
def test_the_smallest_scale_is_still_an_experiment(name):
    setting = settings.load(name, 1e-6)
    params = setting.simulate_params
    assert params["n_initial"] == setting.values["n_classes"]
    assert params["n_queries"] == 1
    assert params["budget"] <= setting.n_pool
    assert setting.n_test == 1
    net = params["estimator"].net
    assert (net.max_epochs, net.batch_size) == (20, 16)


def test_what_the_net_cannot_serve_is_left_out_with_the_reason():
    setting = settings.load("cure/cifar10")
    assert setting.read["width"] == "program"
    assert set(settings.load("cure/gtsrb").read.values()) == {"program", "chosen"}
    assert "needs predicted_loss" in setting.left_out["learning_loss"]
    learner = setting.simulate_params["strategies"]["bald"]
    assert isinstance(learner, ActiveLearner)
    assert learner.strategy == "bald"
    assert learner.estimator.net.module__dropout == 0.2
    assert "module__dropout" not in setting.simulate_params["estimator"].get_params()


@pytest.mark.parametrize("scale", [0, -1, 1.5, "small"])
def test_no_scale(scale):
    with pytest.raises(ValueError, match=r"scale=.*pass a number above 0"):
        settings.load("beck/mnist", scale)


def test_an_unknown_name_is_answered_with_a_near_one():
    with pytest.raises(ValueError, match="did you mean 'beck/mnist'"):
        settings.load("beck/minst")
    with pytest.raises(
        ValueError, match=r"no setting 'mine'; There are beck/cifar10, "
    ):
        settings.load("mine")


def test_data_are_cut_to_size(fake_images):
    setting = settings.load("beck/mnist", 0.01)
    asked = fake_images(setting, 1000, 150)
    data = setting.load_data(data_home="here")
    assert asked == [("here", "train"), ("here", "test")]
    assert set(data) == {"X", "y", "X_test", "y_test"}
    assert data["X"].shape == (setting.n_pool, 1, 28, 28) == (600, 1, 28, 28)
    assert len(data["y_test"]) == 100
    rows = np.rint(data["X"][:, 0, 0, 0] * 1000).astype(int)
    assert len(set(rows)) == 600
    assert_array_equal(data["y"], rows % 10)
    again, other = (setting.load_data(random_state=seed)["y"] for seed in (0, 1))
    assert_array_equal(again, data["y"])
    assert not np.array_equal(other, data["y"])
    whole = settings.load("beck/mnist").load_data()
    assert len(whole["X"]) == 1000


def test_a_small_experiment_runs(fake_images):
    setting = settings.load("beck/mnist", 0.001)
    fake_images(setting, setting.n_pool, 30)
    params = {
        **setting.simulate_params,
        "strategies": ["random", "badge"],
        "n_repeats": 1,
        "budget": 14,
        "n_queries": 2,
    }
    result = simulate(**setting.load_data(), **params, random_state=0)
    frame = result.to_frame()
    assert frame["n_labeled"].tolist() == [10, 12, 14] * 2


def test_a_small_resnet_learns_and_draws(fake_images):
    setting = settings.load("cure/cifar10", 0.001)
    fake_images(setting, 60, 10)
    data = setting.load_data()
    learner = setting.simulate_params["strategies"]["bald"]
    learner = clone(learner).set_params(estimator__net__max_epochs=1, random_state=0)
    learner.fit(data["X"][:16], data["y"][:16])
    n_seen = len(set(data["y"][:16]))
    assert learner.predict_proba(data["X"][:3]).shape == (3, n_seen)
    assert len(learner.query(data["X"][16:30], 2)) == 2


def test_normalized():
    torch.manual_seed(0)
    net = Normalized(2, 3, LeNet, [0.5, 0.1], [0.2, 0.4], dropout=0.1)
    X = torch.rand(4, 2, 32, 32)
    scaled = (X - torch.tensor([0.5, 0.1])[:, None, None]) / torch.tensor([0.2, 0.4])[
        :, None, None
    ]
    net.eval()
    assert_allclose(net(X).detach(), net.body(scaled).detach(), rtol=1e-5, atol=1e-6)
    assert isinstance(Normalized(1, 2, ResNet18, [0.0], [1.0], width=4).body, ResNet18)


def test_the_module_is_in_the_package_and_light():
    import skactive.simulation

    assert skactive.simulation.settings is sys.modules["skactive.simulation.settings"]
    assert set(settings.__all__) == {"Setting", "load", "names"}
