"""Experiments of published studies, ready for `simulate`.

>>> from skactive.simulation import settings
>>> settings.names()
['beck/cifar10', 'beck/cifar100', ..., 'cure/gtsrb', 'cure/mnist']

The numbers are in a file, ``settings.toml``, with where each of them was read; those of
the training of a net are `skactive.nets.presets`. None of the experiments has been run
in full with this library.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from math import sqrt
from numbers import Real

from sklearn.base import clone
from sklearn.utils import get_tags

from skactive import strategies as registry
from skactive.learner import ActiveLearner
from skactive.utils import make_rng, take_rows

__all__ = ["Setting", "load", "names"]

# No scale makes less of these, unless there is less to begin with.
_LEAST = {"max_epochs": 20, "batch_size": 16, "width": 8}

# What a net of this kind does not offer: draws come with dropout, predicted losses and
# standard deviations with nets of other kinds, epochs with a callback.
_LACKS = {"draws", "epochs", "predicted_loss", "std"}

_OF_THE_NET = "mean", "std", "augment", "image_size"
_OF_THE_TRAINING = (
    "lr", "momentum", "weight_decay", "batch_size", "max_epochs", "milestones",
    "target_accuracy",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Setting:
    """An experiment: what to load, and what to pass to `simulate`.

    :func:`load` makes it.

    Parameters
    ----------
    name : str
        Study and data, as in ``"beck/mnist"``.
    study : str
        Where it was published.
    dataset : str
        Name of the loader in `skactive.datasets`.
    scale : float
        What the published numbers were multiplied by.
    n_pool, n_test : int
        Numbers of samples that :meth:`load_data` returns.
    simulate_params : dict
        Arguments of :func:`skactive.simulate` beside the data and the seed:
        `estimator`, `strategies`, `baseline`, `n_initial`, `n_queries`, `budget` and
        `n_repeats`.
    left_out : dict of str to str
        Methods of the study that are not among the strategies, and why.
    values : dict
        What the settings file says, unscaled.
    read : dict of str to {'study', 'program', 'chosen'}
        Where each value was read: in the study, in the program of its authors, or
        nowhere.

    Examples
    --------
    >>> from skactive.simulation import settings
    >>> setting = settings.load("beck/cifar10")
    >>> params = setting.simulate_params
    >>> params["n_initial"], params["n_queries"], params["budget"]
    (1000, 3000, 25000)
    >>> setting.read["budget"]
    'program'
    """

    name: str
    study: str
    dataset: str
    scale: float
    n_pool: int
    n_test: int
    simulate_params: dict = field(repr=False)
    left_out: dict = field(repr=False)
    values: dict = field(repr=False)
    read: dict = field(repr=False)

    def load_data(self, *, data_home=None, random_state=0):
        """Load the images, or a random part of them where `scale` is below 1.

        Parameters
        ----------
        data_home : path-like, default=None
            Folder of the cache, as in the loaders.
        random_state : int, RandomState, Generator or None, default=0
            Determines the part.

        Returns
        -------
        data : dict
            `X`, `y`, `X_test` and `y_test`, as :func:`skactive.simulate` takes them.

        Raises
        ------
        ConnectionError
            If the images are not there and cannot be downloaded.
        """
        # Here, so that `import skactive` does not load the problems.
        from skactive import datasets

        loader = getattr(datasets, self.dataset)
        data = {}
        for split, suffix, n_rows in (
            ("train", "", self.n_pool),
            ("test", "_test", self.n_test),
        ):
            X, y = loader(data_home=data_home, split=split, return_X_y=True)
            if n_rows < len(y):
                rows = make_rng(random_state, split).permutation(len(y))[:n_rows]
                X, y = take_rows(X, rows), take_rows(y, rows)
            data[f"X{suffix}"], data[f"y{suffix}"] = X, y
        return data


def names():
    """Names of the settings.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skactive.simulation import settings
    >>> [name for name in settings.names() if name.startswith("cure")]
    ['cure/cifar10', 'cure/gtsrb', 'cure/mnist']
    """
    data, studies = _read_file()
    return sorted(
        f"{study}/{name}"
        for study, experiments in studies.items()
        for name in experiments
        if name in data
    )


def load(name, scale=1.0, *, device="cpu"):
    """Make an experiment of a published study, or a smaller one in its proportions.

    Below 1, `scale` multiplies the numbers of samples: pool, test set, seed set, batch
    of questions and budget. Its square root multiplies the epochs (also those at which
    the learning rate falls), the samples of a training batch and the channels of a
    ResNet; a tenth of the labels is then learned in a tenth of the steps, each of them
    cheaper. There are at least 20 epochs, 16 samples in a batch, 8 channels (or as many
    as published, if fewer) and as many samples in the seed set as there are classes.
    Rounds, strategies and repeats remain, so that the curves have as many points. What
    a small experiment finds need not be what the published one found.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    scale : float, default=1.0
        Above 0 and at most 1; 0.01 is for a laptop without a GPU.
    device : str or torch.device, default='cpu'
        Where the nets train and predict.

    Returns
    -------
    setting : Setting

    Raises
    ------
    ValueError
        If there is no such setting, or the scale is none.

    Examples
    --------
    >>> from skactive.simulation import settings
    >>> setting = settings.load("beck/mnist", scale=0.02)
    >>> setting.dataset, setting.n_pool
    ('load_mnist', 1200)
    >>> params = setting.simulate_params
    >>> params["n_initial"], params["n_queries"], params["budget"]
    (10, 20, 310)

    With the data, everything that :func:`~skactive.simulate` needs:

    >>> from skactive import simulate
    >>> result = simulate(**setting.load_data(), **params)  # doctest: +SKIP

    Other strategies or fewer repeats are a change of `params`:

    >>> params["strategies"] = ["random", "margin"]
    """
    if not isinstance(scale, Real) or not 0 < scale <= 1:
        raise ValueError(f"scale={scale!r}; pass a number above 0, at most 1.")
    if name not in names():
        near = get_close_matches(str(name), names(), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(
            f"There is no setting {name!r}; {hint}There are {', '.join(names())}."
        )
    values, read, study = _merged(name)
    sizes = _sizes(values, scale)
    estimator = _make_estimator(values, scale, device)
    strategies, left_out = _strategies(values, estimator)
    return Setting(
        name=name,
        study=study,
        dataset=values["loader"],
        scale=scale,
        n_pool=sizes.pop("n_pool"),
        n_test=sizes.pop("n_test"),
        simulate_params={
            "estimator": estimator,
            "strategies": strategies,
            "baseline": "random",
            **sizes,
            "n_repeats": values["n_repeats"],
        },
        left_out=left_out,
        values=values,
        read=read,
    )


def _read_file():
    text = files("skactive.simulation").joinpath("settings.toml").read_text("utf-8")
    content = tomllib.loads(text)
    return content["data"], content["studies"]


def _merged(name):
    """Values of one setting, where they were read, and the title of the study."""
    # Here, so that `import skactive` loads no torch.
    from skactive.nets.presets import numbers

    data, studies = _read_file()
    study, data_name = name.split("/")
    common, own = studies[study]["all"], studies[study][data_name]
    values = {**data[data_name], **common, **own}
    values = {**numbers(values.pop("training")), **values}
    del values["read"]
    marks = {**common["read"], **own.get("read", {})}
    default = marks.pop("default")
    if values["architecture"] != "ResNet18":
        del values["width"]
    found = {
        key: marks.get(key, default) for key in values if key not in data[data_name]
    }
    return values, found, studies[study]["title"]


def _sizes(values, scale):
    """Numbers of samples."""
    n_pool = values["n_pool"]
    n_initial, n_queries, budget = (
        value if value >= 1 else round(value * n_pool)
        for value in (values["n_initial"], values["n_queries"], values["budget"])
    )
    if scale < 1:
        n_rounds = round((budget - n_initial) / n_queries)
        n_initial = max(round(scale * n_initial), values["n_classes"])
        n_queries = max(round(scale * n_queries), 1)
        budget = n_initial + n_rounds * n_queries
        n_pool = max(round(scale * n_pool), budget)
    return {
        "n_pool": n_pool,
        "n_test": max(round(scale * values["n_test"]), 1),
        "n_initial": n_initial,
        "n_queries": n_queries,
        "budget": budget,
    }


def _make_estimator(values, scale, device):
    # Here, so that `import skactive` loads no torch.
    from skactive.nets._image_classifier import image_classifier
    from skactive.nets.presets import training_params

    params = {name: values[name] for name in (*_OF_THE_NET, *_OF_THE_TRAINING)}
    if "width" in values:
        params["width"] = values["width"]
    if scale < 1:
        for name in _LEAST.keys() & params.keys():
            least = min(_LEAST[name], values[name])
            params[name] = max(round(sqrt(scale) * values[name]), least)
        shrink = params["max_epochs"] / values["max_epochs"]
        params["milestones"] = [round(shrink * at) for at in values["milestones"]]
    training = training_params(**{name: params.pop(name) for name in _OF_THE_TRAINING})
    return image_classifier(
        values["architecture"], training=training, device=device, **params
    )


def _strategies(values, estimator):
    """Strategies by label, and why the others are left out."""
    kept, left_out = {}, {}
    known = registry.names()
    for label in values["strategies"]:
        if label not in known:
            left_out[label] = "not among the registered strategies"
            continue
        lacked = _LACKS - ({"draws"} if label in values["with_dropout"] else set())
        needs = get_tags(registry.get(label)).strategy.needs
        lacks = [need for need in needs if set(need.split("|")) <= lacked]
        if lacks:
            left_out[label] = f"needs {', '.join(lacks)}, which the net does not offer"
        elif label in values["with_dropout"]:
            kept[label] = ActiveLearner(
                _with_dropout(estimator, values["dropout"]), label
            )
        else:
            kept[label] = label
    return kept, left_out


def _with_dropout(estimator, dropout):
    return clone(estimator).set_params(net__module__dropout=dropout)
