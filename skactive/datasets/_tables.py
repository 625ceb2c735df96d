"""Real tables by name, from OpenML or from a folder of one's own."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.datasets import fetch_openml, get_data_home
from sklearn.utils import Bunch


@dataclass(frozen=True)
class _Table:
    """Where OpenML keeps a table, and what is asked of it."""

    n_rows: int
    targets: tuple = ()
    data_id: int | None = None
    # Where no id is sure, the name and the version that public scripts use.
    name: str | None = None
    version: int | None = None
    # Columns that give the answer away, left out where they are.
    drop: tuple = ()

    def where(self):
        """Return the arguments of `fetch_openml` that find the table."""
        if self.data_id is not None:
            return {"data_id": self.data_id}
        return {"name": self.name, "version": self.version}


# Several targets: OpenML flags all but the first to be left out of the inputs.
_TABLES = {
    "airfoil": _Table(1503, ("sound_pressure",), 44957),
    # The two add up to the count.
    "bike": _Table(17379, ("count",), 42712, drop=("casual", "registered")),
    "california_housing": _Table(20640, ("medianHouseValue",), 44977),
    "concrete": _Table(1030, ("strength",), 44959),
    "elevators": _Table(16599, ("Goal",), 216),
    "energy": _Table(768, ("heating_load", "cooling_load"), 44960),
    "fried": _Table(40768, ("Y",), 564),
    "kin8nm": _Table(8192, ("y",), 44980),
    "naval": _Table(
        11934,
        (
            "gt_compressor_decay_state_coefficient",
            "gt_turbine_decay_state_coefficient",
        ),
        44969,
    ),
    "protein": _Table(45730, ("RMSD",), 44963),
    "sarcos": _Table(48933, tuple(f"V{i}" for i in range(22, 29)), 44976),
    "superconduct": _Table(21263, ("critical_temp",), 44964),
    # The target is OpenML's default, by whatever name.
    "yacht": _Table(308, name="yacht_hydrodynamics", version=1),
}


def load_table(name, *, folder=None, data_home=None, as_frame=False, return_X_y=False):
    """Load a table for regression from OpenML, or any table from a folder.

    Without `folder` the table comes from https://www.openml.org and stays in
    scikit-learn's cache, so the second call needs no network. With `folder` it is read
    from ``NAME.npz`` in there, with arrays `X` (rows, columns) and `y`, and nothing is
    downloaded.

    Parameters
    ----------
    name : str
        Without `folder` one of airfoil, bike, california_housing, concrete, elevators,
        energy, fried, kin8nm, naval, protein, sarcos, superconduct and yacht; the user
        guide says what they are. With `folder` the name of a file.
    folder : path-like, default=None
        Folder with ``NAME.npz``.
    data_home : path-like, default=None
        Folder of the cache, as in :func:`sklearn.datasets.fetch_openml`.
    as_frame : bool, default=False
        Return DataFrames; a single target is a Series. A table with columns of text,
        such as bike, comes no other way.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    table : Bunch
        `data` of shape (n_samples, n_features), in arrays float64; `target` of shape
        (n_samples,) or (n_samples, n_targets); `feature_names` and `target_names`;
        `url`, where it came from.

    Raises
    ------
    ConnectionError
        If the cache does not have the table and OpenML cannot be reached.
    FileNotFoundError
        If the folder does not have the file.
    ValueError
        If the name is unknown, or what came is not the table that was asked for.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from skactive.datasets import load_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/mine.npz", X=[[1, 2], [3, 4]], y=[0.5, 1.5])
    ...     X, y = load_table("mine", folder=folder, return_X_y=True)
    >>> X, y
    (array([[1., 2.],
           [3., 4.]]), array([0.5, 1.5]))
    """
    if folder is None:
        data, target, url = _from_openml(name, data_home)
    else:
        data, target, url = _from_folder(name, Path(folder))
    feature_names, target_names = list(data.columns), list(target.columns)
    if not as_frame:
        data, target = _as_floats(name, data), target.to_numpy()
    if len(target_names) == 1:
        target = target.iloc[:, 0] if as_frame else target[:, 0]
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        feature_names=feature_names,
        target_names=target_names,
        url=url,
    )


def _from_openml(name, data_home):
    table = _known(name)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"target_column=.* is_ignore")
            bunch = fetch_openml(
                **table.where(),
                target_column=list(table.targets) or "default-target",
                data_home=data_home,
                as_frame=True,
            )
    except (URLError, ConnectionError, TimeoutError) as error:
        raise ConnectionError(
            f"table {name!r} is not in the cache, {get_data_home(data_home)}, and "
            f"OpenML could not be reached ({error}). Call load_table({name!r}) once "
            "with a network, name another cache in data_home, or put the table into "
            f"a folder, as {name}.npz with arrays X and y, and pass it as folder."
        ) from error
    data = bunch.data.drop(columns=list(table.drop), errors="ignore")
    target = pd.DataFrame(bunch.target)
    if not len(data) == len(target) == table.n_rows:
        raise ValueError(
            f"table {name!r} has {table.n_rows} rows; what came from {bunch.url} has "
            f"{len(data)}, with {len(target)} targets."
        )
    return data, target.astype(np.float64), bunch.url


def _known(name):
    if name not in _TABLES:
        near = get_close_matches(name, _TABLES, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(
            f"unknown table {name!r}; {hint}OpenML has {', '.join(sorted(_TABLES))} "
            f"here; folder=DIR reads {name}.npz from a folder of yours."
        )
    return _TABLES[name]


def _from_folder(name, folder):
    path = folder / f"{name}.npz"
    if not path.is_file():
        raise FileNotFoundError(
            f"folder={str(folder)!r} has no {path.name}; put the table there, with "
            "arrays X (rows, columns) and y, or leave folder out to ask OpenML."
        )
    with np.load(path, allow_pickle=False) as arrays:
        missing = [key for key in ("X", "y") if key not in arrays]
        if missing:
            raise ValueError(f"{path} has no array {' and no array '.join(missing)}.")
        X, y = arrays["X"], arrays["y"]
    if X.ndim != 2 or y.ndim not in (1, 2) or len(X) != len(y):
        raise ValueError(
            f"{path} holds no table: X has shape {X.shape}, y {y.shape}; X must be "
            "(rows, columns) and y have a row for each of them."
        )
    data = pd.DataFrame(X, columns=[f"x{i + 1}" for i in range(X.shape[1])])
    target = pd.DataFrame(y)
    names = [f"y{i + 1}" for i in range(target.shape[1])]
    target.columns = names if len(names) > 1 else ["y"]
    return data, target, str(path)


def _as_floats(name, data):
    text = list(data.columns[[not is_numeric_dtype(dtype) for dtype in data.dtypes]])
    if text:
        raise ValueError(
            f"table {name!r} has columns that are no numbers ({', '.join(text)}); "
            "pass as_frame=True and encode them in a Pipeline."
        )
    return data.to_numpy(dtype=np.float64)
