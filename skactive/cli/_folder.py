"""A result in a folder: tables and the setting."""

from __future__ import annotations

import json
import os
from pathlib import Path

from skactive.cli._errors import UserError

_RESULTS, _PICKS, _SETTING = "results.csv", "picks.csv", "setting.json"
_FAILURES = "failures.csv"  # is there if there were any


def make_folder(option, path):
    """Make a folder that results can be written to, before there are any."""
    path = Path(path)
    if path.is_file():
        raise UserError(f"{option} {path} is a file; name a folder")
    try:
        # Tried, as permissions do not tell: root has them in /proc.
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{option} {path} cannot be made ({error.strerror}); name another folder"
        ) from error
    if not os.access(path, os.W_OK):
        raise UserError(f"{option} {path} must not be written to; name another folder")


def save_result(result, folder):
    """Write a result; an older one in the folder is replaced."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    frame = result.to_frame()
    if len(result.metrics) == 1:
        frame["metric"] = result.metrics[0]  # a single one is left out there
    frame.to_csv(folder / _RESULTS, index=False)
    result.picks.to_csv(folder / _PICKS, index=False)
    if len(result.failures):
        result.failures.to_csv(folder / _FAILURES, index=False)
    else:
        (folder / _FAILURES).unlink(missing_ok=True)
    about = {"baseline": result.baseline, "setting": result.setting}
    text = json.dumps(about, indent=2, default=str) + "\n"
    (folder / _SETTING).write_text(text, encoding="utf-8")


def load_result(folder):
    """Read a result that `save_result` wrote.

    Returns
    -------
    result : SimulationResult
    """
    import pandas as pd

    from skactive.simulation import SimulationResult

    folder = Path(folder)
    if not folder.is_dir():
        raise UserError(f"there is no folder {str(folder)!r}")
    missing = [n for n in (_RESULTS, _PICKS, _SETTING) if not (folder / n).is_file()]
    if missing:
        raise UserError(
            f"{folder} has no {' and no '.join(missing)}; name a folder that "
            "`skactive simulate --out` wrote"
        )
    try:
        frame, picks = (pd.read_csv(folder / name) for name in (_RESULTS, _PICKS))
        about = json.loads((folder / _SETTING).read_text(encoding="utf-8"))
        if not isinstance(about, dict):
            raise TypeError(f"{_SETTING} holds a {type(about).__name__}, not an object")
        if (folder / _FAILURES).is_file():
            about["failures"] = pd.read_csv(folder / _FAILURES)
        return SimulationResult.from_frame(frame, picks, **about)
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"{folder} is damaged: {error}") from error
