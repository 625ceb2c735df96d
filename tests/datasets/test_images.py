"""Image sets from small files in the formats that torchvision reads."""

import dataclasses
import pickle
import struct
import warnings
from urllib.error import URLError

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from scipy.io import savemat

from skactive import datasets
from skactive.datasets import _images, load_cifar10, load_gtsrb, load_mnist, load_svhn

NAMES = sorted(_images._IMAGE_SETS)
N = {"train": 10, "test": 4}


def load(name, **options):
    return getattr(datasets, f"load_{name}")(**options)


def pixels(split, *shape):
    rng = np.random.default_rng(len(split))
    return rng.integers(256, size=(N[split], *shape), dtype=np.uint8)


def labels(split):
    return np.arange(N[split]) % 3


def write_idx(path, array):
    code = 0x0800 + array.ndim
    header = struct.pack(f">{array.ndim + 1}i", code, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def write_mnist(root, folder):
    raw = root / folder / "raw"
    raw.mkdir(parents=True)
    for split, prefix in {"train": "train", "test": "t10k"}.items():
        write_idx(raw / f"{prefix}-images-idx3-ubyte", pixels(split, 28, 28))
        write_idx(raw / f"{prefix}-labels-idx1-ubyte", labels(split))


def write_cifar(root, maker, key, monkeypatch):
    folder = root / maker.base_folder
    folder.mkdir()
    for split in N:
        files = [name for name, _ in getattr(maker, f"{split}_list")]
        # The sums are those of the whole files.
        monkeypatch.setattr(maker, f"{split}_list", [[name, None] for name in files])
        flat = pixels(split, 3, 32, 32).reshape(N[split], -1)
        parts = np.array_split(np.arange(N[split]), len(files))
        for name, rows in zip(files, parts, strict=True):
            entry = {"data": flat[rows], key: labels(split)[rows].tolist()}
            (folder / name).write_bytes(pickle.dumps(entry))
    meta = {maker.meta["key"]: ["airplane", "automobile", "bird"]}
    (folder / maker.meta["filename"]).write_bytes(pickle.dumps(meta))
    monkeypatch.setattr(maker, "meta", {**maker.meta, "md5": None})


def write_svhn(root, maker, monkeypatch):
    parts = {name: [*entry[:2], None] for name, entry in maker.split_list.items()}
    monkeypatch.setattr(maker, "split_list", parts)
    for split in N:
        # Rows come last in the file, and the digit 0 has the label 10.
        X = pixels(split, 3, 32, 32).transpose(2, 3, 1, 0)
        y = np.where(labels(split) == 0, 10, labels(split))[:, None].astype(np.uint8)
        savemat(root / f"{split}_32x32.mat", {"X": X, "y": y})


def write_gtsrb(root):
    base = root / "gtsrb"
    test = base / "GTSRB" / "Final_Test" / "Images"
    test.mkdir(parents=True)
    lines = ["Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"]
    for row, label in enumerate(labels("test")):
        Image.new("RGB", (40, 35), (0, 51 * row, 255)).save(test / f"{row}.ppm")
        lines.append(f"{row}.ppm;40;35;0;0;1;1;{label}")
    (base / "GT-final_test.csv").write_text("\n".join(lines))
    for row, label in enumerate(labels("train")):
        folder = base / "GTSRB" / "Training" / f"{label:05}"
        folder.mkdir(parents=True, exist_ok=True)
        color = (255, 25 * row, 0)
        Image.new("RGB", (20 + row, 50), color).save(folder / f"{row}.ppm")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A folder with all sets, and their sizes made those of its files."""
    vision = pytest.importorskip("torchvision").datasets
    write_mnist(tmp_path, "MNIST")
    write_mnist(tmp_path, "FashionMNIST")
    write_cifar(tmp_path, vision.CIFAR10, "labels", monkeypatch)
    write_cifar(tmp_path, vision.CIFAR100, "fine_labels", monkeypatch)
    write_svhn(tmp_path, vision.SVHN, monkeypatch)
    write_gtsrb(tmp_path)
    small = {
        name: dataclasses.replace(images, n_rows=N)
        for name, images in _images._IMAGE_SETS.items()
    }
    monkeypatch.setattr(_images, "_IMAGE_SETS", small)
    return tmp_path


@pytest.fixture
def offline(monkeypatch):
    """No request leaves."""
    cause = URLError("no route")

    def refuse(*args, **kwargs):
        raise cause

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    return cause


@pytest.mark.parametrize("split", N)
@pytest.mark.parametrize("name", NAMES)
def test_one_interface(name, split, cache, offline):
    images = load(name, data_home=cache, split=split)
    size = 28 if "mnist" in name else 32
    n_channels = 1 if "mnist" in name else 3
    assert images.data.shape == (N[split], n_channels, size, size)
    assert images.data.dtype == np.float32
    assert images.data.flags.c_contiguous
    assert images.data.min() >= 0
    assert images.data.max() <= 1
    assert images.target.dtype == np.int64
    assert_array_equal(np.sort(images.target), np.sort(labels(split)))
    assert all(isinstance(label, str) for label in images.target_names)
    assert images.target.max() < len(images.target_names)
    X, y = load(name, data_home=cache, split=split, return_X_y=True)
    assert_array_equal(X, images.data)
    assert_array_equal(y, images.target)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gtsrb"])
def test_pixels_and_labels_are_those_of_the_file(name, cache):
    for split in N:
        X, y = load(name, data_home=cache, split=split, return_X_y=True)
        assert_allclose(X, pixels(split, *X.shape[1:]) / 255, rtol=1e-6)
        assert_array_equal(y, labels(split))


def test_signs_of_all_sizes_become_one(cache):
    X, y = load_gtsrb(data_home=cache, split="test", return_X_y=True)
    assert_array_equal(y, labels("test"))
    expected = np.array([[0, 51 * row / 255, 1] for row in range(4)])
    assert_allclose(X, np.broadcast_to(expected[:, :, None, None], X.shape), atol=1e-6)
    X, y = load_gtsrb(data_home=cache, return_X_y=True)
    assert_allclose(X[:, 0], 1)
    # torchvision goes through the folders of the classes.
    assert_array_equal(y, np.sort(labels("train")))


def test_names_of_the_classes(cache):
    def names(name):
        return load(name, data_home=cache).target_names

    assert names("mnist") == names("svhn") == list("0123456789")
    assert names("fashion_mnist")[9] == "Ankle boot"
    assert names("cifar10") == ["airplane", "automobile", "bird"]
    signs = names("gtsrb")
    assert (len(signs), signs[14], signs[42]) == (
        43,
        "Stop",
        "End of no passing by vehicles over 3.5 metric tons",
    )


def test_the_cache_is_that_of_scikit_learn(cache, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(cache))
    assert len(load_mnist(split="test").data) == 4


@pytest.mark.parametrize("split", N)
@pytest.mark.parametrize("name", NAMES)
def test_without_network_the_error_says_what_to_do(name, split, offline, tmp_path):
    with pytest.raises(ConnectionError) as caught:
        load(name, data_home=tmp_path, split=split)
    message = str(caught.value)
    files = _images._IMAGE_SETS[name].files[split]
    for part in (f"{name} ({split})", str(tmp_path), "data_home", *files):
        assert part in message
    assert f"load_{name}(split={split!r})" in message


def test_files_named_in_the_error_are_the_ones_that_are_read(cache):
    for images in _images._IMAGE_SETS.values():
        for split in N:
            there = [(cache / name).exists() for name in images.files[split]]
            # CIFAR's archive would do instead of its folder.
            assert all(there) or (there == [True, False] and "CIFAR" in str(images))


def test_pictures_without_their_labels_are_not_the_whole_set(cache, offline):
    (cache / "gtsrb" / "GT-final_test.csv").unlink()
    with pytest.raises(ConnectionError, match="or not whole"):
        load_gtsrb(data_home=cache, split="test")


def test_part_of_a_set_is_refused(cache):
    next((cache / "gtsrb" / "GTSRB" / "Training" / "00000").iterdir()).unlink()
    with pytest.raises(ValueError, match=r"has 10 images; .*are 9, .*gtsrb/GTSRB/Tr"):
        load_gtsrb(data_home=cache)


def test_an_unknown_split(cache):
    with pytest.raises(ValueError, match=r"split='extra' is unknown"):
        load_svhn(data_home=cache, split="extra")


def test_old_pickles_do_not_warn(cache, monkeypatch):
    import torchvision

    maker = torchvision.datasets.CIFAR10

    def warned(*args, **kwargs):
        warnings.warn("dtype(): align should be passed as bool", stacklevel=2)
        return maker(*args, **kwargs)

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", warned)
    assert len(load_cifar10(data_home=cache).data) == 10


def test_a_torchvision_of_another_build_is_named(monkeypatch):
    def broken(name, *args):
        if name == "torchvision":
            raise RuntimeError("operator torchvision::nms does not exist")
        return imported(name, *args)

    imported = __import__
    monkeypatch.setattr("builtins.__import__", broken)
    with pytest.raises(ImportError, match="does not match your torch build"):
        _images._torchvision_datasets()
