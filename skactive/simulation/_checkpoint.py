"""Finished cells of a study in a folder, so that it can be stopped and taken up."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

import joblib
import numpy as np

from skactive.simulation._cells import Outcome

_SETTING = "setting.json"


class Checkpoint:
    """A folder with the setting of a study and a file per finished cell.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def setting(self):
        """Return what `agree` wrote, or an empty dict."""
        path = self.folder / _SETTING
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def agree(self, setting, strategies):
        """Check that the cells here are of the same study; write its setting.

        Parameters
        ----------
        setting : dict of str -> number, str, list or None
            What all cells share.
        strategies : dict of label -> str
            The strategies of this call. Others may be there, or may be added.

        Raises
        ------
        ValueError
            If something differs.
        """
        if len({str(label) for label in strategies}) < len(strategies):
            raise ValueError(
                f"strategies={list(strategies)} have labels that read the same, which "
                "cannot be told apart in a folder; pass other labels."
            )
        # As they will be read again: tuples are lists then, and labels text.
        setting, strategies = json.loads(json.dumps([setting, strategies]))
        old = self.setting()
        known = old.pop("strategies", {})
        if old:
            self._compare(
                (name, old.get(name), setting.get(name)) for name in {**old, **setting}
            )
        self._compare(
            (f"strategy {label!r}", known[label], described)
            for label, described in strategies.items()
            if label in known
        )
        self._write(_SETTING, {**setting, "strategies": {**known, **strategies}})

    def load(self, key):
        """Return the outcome of a cell, or None."""
        path = self.folder / _file_name(key)
        if not path.exists():
            return None
        rows = json.loads(path.read_text(encoding="utf-8"))
        return Outcome(*([tuple(row) for row in part] for part in rows))

    def save(self, key, outcome):
        """Write the outcome of a cell, all or nothing."""
        self._write(_file_name(key), outcome)

    def _compare(self, entries):
        for name, old, new in entries:
            if old != new:
                raise ValueError(
                    f"{name} is {new!r}, but the cells in {self.folder} were computed "
                    f"with {old!r}; pass the same or another folder."
                )

    def _write(self, name, content):
        with NamedTemporaryFile(
            "w", dir=self.folder, suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            json.dump(content, file)
        os.replace(file.name, self.folder / name)


def _file_name(key):
    return "-".join(quote(str(part), safe="") for part in key) + ".json"


def describe(value):
    """Write down an object by its content, the same in every process.

    Parameters
    ----------
    value : object
        An estimator, a strategy or a parameter of one.

    Returns
    -------
    description : str
    """
    if isinstance(value, np.ndarray):
        return f"array {joblib.hash(value)}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k!r}: {describe(v)}' for k, v in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(describe, value))}]"
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    if hasattr(value, "get_params"):
        params = value.get_params(deep=False)
        inner = ", ".join(f"{k}={describe(v)}" for k, v in sorted(params.items()))
        return f"{describe(type(value))}({inner})"
    # Where an object lies in memory is no part of it.
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
