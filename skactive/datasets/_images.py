"""Image sets by name, through torchvision: one interface for all of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import URLError

import numpy as np
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch

_SPLITS = ("train", "test")
# The last one: an interrupted download can leave pictures without their labels.
_FAILURES = (URLError, ConnectionError, TimeoutError, FileNotFoundError)
_DIGITS = tuple("0123456789")
# torchvision keeps numbers only; these are the names that public scripts use.
_SIGNS = (
    "Speed limit (20km/h)", "Speed limit (30km/h)", "Speed limit (50km/h)",
    "Speed limit (60km/h)", "Speed limit (70km/h)", "Speed limit (80km/h)",
    "End of speed limit (80km/h)", "Speed limit (100km/h)", "Speed limit (120km/h)",
    "No passing", "No passing for vehicles over 3.5 metric tons",
    "Right-of-way at the next intersection", "Priority road", "Yield", "Stop",
    "No vehicles", "Vehicles over 3.5 metric tons prohibited", "No entry",
    "General caution", "Dangerous curve to the left", "Dangerous curve to the right",
    "Double curve", "Bumpy road", "Slippery road", "Road narrows on the right",
    "Road work", "Traffic signals", "Pedestrians", "Children crossing",
    "Bicycles crossing", "Beware of ice/snow", "Wild animals crossing",
    "End of all speed and passing limits", "Turn right ahead", "Turn left ahead",
    "Ahead only", "Go straight or right", "Go straight or left", "Keep right",
    "Keep left", "Roundabout mandatory", "End of no passing",
    "End of no passing by vehicles over 3.5 metric tons",
)  # fmt: skip


def _gray(dataset):
    return dataset.data.numpy()[:, np.newaxis], dataset.targets.numpy()


def _channels_last(dataset):
    return dataset.data.transpose(0, 3, 1, 2), dataset.targets


def _channels_first(dataset):
    return dataset.data, dataset.labels


def _of_any_size(dataset):
    # Reading the files one by one: never all of them in their own sizes at once.
    images = np.empty((len(dataset), 3, 32, 32), dtype=np.uint8)
    targets = np.empty(len(dataset), dtype=np.int64)
    for row, (image, target) in enumerate(dataset):
        small = image.resize((32, 32), resample=2)  # bilinear
        images[row] = np.asarray(small).transpose(2, 0, 1)
        targets[row] = target
    return images, targets


@dataclass(frozen=True)
class _ImageSet:
    """What torchvision calls a set of images, and where it looks for it."""

    class_name: str
    n_rows: dict  # of each split
    read: Callable
    files: dict  # of each split, below the cache
    target_names: tuple | None = None  # None: the data set itself tells
    split_is_flag: bool = True  # train=True instead of split="train"

    def open(self, root, split):
        """Return torchvision's data set, downloaded if it is not there."""
        maker = getattr(_torchvision_datasets(), self.class_name)
        which = {"train": split == "train"} if self.split_is_flag else {"split": split}
        with warnings.catch_warnings():
            # The files of CIFAR were pickled by a NumPy that wrote flags as integers.
            warnings.filterwarnings("ignore", message=r"dtype\(\): align should be")
            return maker(root, download=True, **which)


def _mnist_files(folder):
    return {
        split: tuple(
            f"{folder}/raw/{prefix}-{kind}-ubyte"
            # torchvision asks for all four, whichever split it reads.
            for prefix in ("train", "t10k")
            for kind in ("images-idx3", "labels-idx1")
        )
        for split in _SPLITS
    }


_IMAGE_SETS = {
    "mnist": _ImageSet(
        "MNIST",
        {"train": 60000, "test": 10000},
        _gray,
        _mnist_files("MNIST"),
        _DIGITS,
    ),
    "fashion_mnist": _ImageSet(
        "FashionMNIST",
        {"train": 60000, "test": 10000},
        _gray,
        _mnist_files("FashionMNIST"),
    ),
    "cifar10": _ImageSet(
        "CIFAR10",
        {"train": 50000, "test": 10000},
        _channels_last,
        dict.fromkeys(_SPLITS, ("cifar-10-batches-py/", "cifar-10-python.tar.gz")),
    ),
    "cifar100": _ImageSet(
        "CIFAR100",
        {"train": 50000, "test": 10000},
        _channels_last,
        dict.fromkeys(_SPLITS, ("cifar-100-python/", "cifar-100-python.tar.gz")),
    ),
    "svhn": _ImageSet(
        "SVHN",
        {"train": 73257, "test": 26032},
        _channels_first,
        {split: (f"{split}_32x32.mat",) for split in _SPLITS},
        _DIGITS,
        split_is_flag=False,
    ),
    "gtsrb": _ImageSet(
        "GTSRB",
        {"train": 26640, "test": 12630},
        _of_any_size,
        {
            "train": ("gtsrb/GTSRB/Training/",),
            "test": ("gtsrb/GTSRB/Final_Test/Images/", "gtsrb/GT-final_test.csv"),
        },
        _SIGNS,
        split_is_flag=False,
    ),
}


def load_mnist(*, data_home=None, split="train", return_X_y=False):
    """Load handwritten digits, 28 × 28 gray pixels.

    The images come through torchvision and stay in scikit-learn's cache, so the second
    call needs no network. They are float32 between 0 and 1, channels first: what
    :class:`skactive.nets.NetClassifier` and the transforms of torchvision take as it
    is, without a copy. That is four bytes for each pixel and channel.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.get_data_home`; a `root` of
        torchvision will do.
    split : {'train', 'test'}, default='train'
        Which of the two parts that the authors made.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    images : Bunch
        `data` of shape (n_samples, 1, 28, 28), float32 in [0, 1]; `target` of shape
        (n_samples,), int64; `target_names`, what each number stands for.

    Raises
    ------
    ConnectionError
        If the cache does not have the images and they cannot be downloaded.
    ValueError
        If the split is unknown, or what is in the cache is not the whole set.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to
    document recognition", Proceedings of the IEEE 86(11).

    Examples
    --------
    >>> from skactive.datasets import load_mnist
    >>> images = load_mnist()  # doctest: +SKIP
    >>> images.data.shape  # doctest: +SKIP
    (60000, 1, 28, 28)
    """
    return _load("mnist", data_home, split, return_X_y)


def load_fashion_mnist(*, data_home=None, split="train", return_X_y=False):
    """Load pictures of clothes, 28 × 28 gray pixels.

    See :func:`load_mnist` for what all these loaders share.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.get_data_home`; a `root` of
        torchvision will do.
    split : {'train', 'test'}, default='train'
        Which of the two parts that the authors made.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    images : Bunch
        `data` of shape (n_samples, 1, 28, 28), float32 in [0, 1]; `target` of shape
        (n_samples,), int64; `target_names`, what each number stands for.

    Raises
    ------
    ConnectionError
        If the cache does not have the images and they cannot be downloaded.
    ValueError
        If the split is unknown, or what is in the cache is not the whole set.

    References
    ----------
    Xiao, Rasul and Vollgraf (2017), "Fashion-MNIST: a novel image dataset for
    benchmarking machine learning algorithms", arXiv:1708.07747.

    Examples
    --------
    >>> from skactive.datasets import load_fashion_mnist
    >>> images = load_fashion_mnist()  # doctest: +SKIP
    >>> images.data.shape  # doctest: +SKIP
    (60000, 1, 28, 28)
    """
    return _load("fashion_mnist", data_home, split, return_X_y)


def load_cifar10(*, data_home=None, split="train", return_X_y=False):
    """Load photographs of ten kinds of things, 32 × 32 pixels in color.

    See :func:`load_mnist` for what all these loaders share.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.get_data_home`; a `root` of
        torchvision will do.
    split : {'train', 'test'}, default='train'
        Which of the two parts that the authors made.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    images : Bunch
        `data` of shape (n_samples, 3, 32, 32), float32 in [0, 1]; `target` of shape
        (n_samples,), int64; `target_names`, what each number stands for.

    Raises
    ------
    ConnectionError
        If the cache does not have the images and they cannot be downloaded.
    ValueError
        If the split is unknown, or what is in the cache is not the whole set.

    References
    ----------
    Krizhevsky (2009), "Learning multiple layers of features from tiny images",
    technical report, University of Toronto.

    Examples
    --------
    >>> from skactive.datasets import load_cifar10
    >>> images = load_cifar10()  # doctest: +SKIP
    >>> images.data.shape  # doctest: +SKIP
    (50000, 3, 32, 32)
    """
    return _load("cifar10", data_home, split, return_X_y)


def load_cifar100(*, data_home=None, split="train", return_X_y=False):
    """Load photographs of a hundred kinds of things, 32 × 32 pixels in color.

    See :func:`load_mnist` for what all these loaders share.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.get_data_home`; a `root` of
        torchvision will do.
    split : {'train', 'test'}, default='train'
        Which of the two parts that the authors made.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    images : Bunch
        `data` of shape (n_samples, 3, 32, 32), float32 in [0, 1]; `target` of shape
        (n_samples,), int64; `target_names`, what each number stands for.

    Raises
    ------
    ConnectionError
        If the cache does not have the images and they cannot be downloaded.
    ValueError
        If the split is unknown, or what is in the cache is not the whole set.

    References
    ----------
    Krizhevsky (2009), "Learning multiple layers of features from tiny images",
    technical report, University of Toronto.

    Examples
    --------
    >>> from skactive.datasets import load_cifar100
    >>> images = load_cifar100()  # doctest: +SKIP
    >>> images.data.shape  # doctest: +SKIP
    (50000, 3, 32, 32)
    """
    return _load("cifar100", data_home, split, return_X_y)


def load_svhn(*, data_home=None, split="train", return_X_y=False):
    """Load digits of house numbers, 32 × 32 pixels in color.

    See :func:`load_mnist` for what all these loaders share. The third part of the
    set, the extra samples, is left out.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.get_data_home`; a `root` of
        torchvision will do.
    split : {'train', 'test'}, default='train'
        Which of the two parts that the authors made.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    images : Bunch
        `data` of shape (n_samples, 3, 32, 32), float32 in [0, 1]; `target` of shape
        (n_samples,), int64; `target_names`, what each number stands for.

    Raises
    ------
    ConnectionError
        If the cache does not have the images and they cannot be downloaded.
    ValueError
        If the split is unknown, or what is in the cache is not the whole set.

    References
    ----------
    Netzer, Wang, Coates, Bissacco, Wu and Ng (2011), "Reading digits in natural
    images with unsupervised feature learning", NIPS workshop on deep learning.

    Examples
    --------
    >>> from skactive.datasets import load_svhn
    >>> images = load_svhn()  # doctest: +SKIP
    >>> images.data.shape  # doctest: +SKIP
    (73257, 3, 32, 32)
    """
    return _load("svhn", data_home, split, return_X_y)


def load_gtsrb(*, data_home=None, split="train", return_X_y=False):
    """Load German traffic signs of 43 kinds, in color, resized to 32 × 32 pixels.

    See :func:`load_mnist` for what all these loaders share. The photographs are of many
    sizes; each is resized bilinearly, its proportions given up. Those of one sign come
    in tracks of 30 taken one after the other: near copies.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.get_data_home`; a `root` of
        torchvision will do.
    split : {'train', 'test'}, default='train'
        Which of the two parts that the authors made.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    images : Bunch
        `data` of shape (n_samples, 3, 32, 32), float32 in [0, 1]; `target` of shape
        (n_samples,), int64; `target_names`, what each number stands for.

    Raises
    ------
    ConnectionError
        If the cache does not have the images and they cannot be downloaded.
    ValueError
        If the split is unknown, or what is in the cache is not the whole set.

    References
    ----------
    Stallkamp, Schlipsing, Salmen and Igel (2012), "Man vs. computer: benchmarking
    machine learning algorithms for traffic sign recognition", Neural Networks 32.

    Examples
    --------
    >>> from skactive.datasets import load_gtsrb
    >>> images = load_gtsrb()  # doctest: +SKIP
    >>> images.data.shape  # doctest: +SKIP
    (26640, 3, 32, 32)
    """
    return _load("gtsrb", data_home, split, return_X_y)


def _load(name, data_home, split, return_X_y):
    if split not in _SPLITS:
        raise ValueError(f"split={split!r} is unknown; it is 'train' or 'test'.")
    images = _IMAGE_SETS[name]
    root = get_data_home(data_home)
    try:
        dataset = images.open(root, split)
    except (RuntimeError, *_FAILURES) as error:
        files = ", ".join(images.files[split])
        raise ConnectionError(
            f"{name} ({split}) is not in the cache, or not whole, and could not be "
            f"downloaded ({error}). Call load_{name}(split={split!r}) once with a "
            "network, name another cache in data_home, or put these into the folder "
            f"{root}: {files}."
        ) from error
    data, target = images.read(dataset)
    if not len(data) == len(target) == images.n_rows[split]:
        raise ValueError(
            f"{name} ({split}) has {images.n_rows[split]} images; in {root} there are "
            f"{len(data)}, with {len(target)} labels. Remove {images.files[split][0]} "
            "there and call again."
        )
    data = np.divide(data, 255, dtype=np.float32, order="C")
    target = np.asarray(target, dtype=np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=list(images.target_names or dataset.classes),
    )


def _torchvision_datasets():
    try:
        from torchvision import datasets
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        raise ImportError(
            "Your torchvision build does not match your torch build; install both "
            "from the same place."
        ) from error
    return datasets
