"""The tables of the guide are those that its script makes of the measurements."""

import runpy
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "docs" / "measurements"
SCRIPT = ROOT / "benchmarks" / "which_strategy.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="only in the repository")
def test_the_guide_follows_the_measurements(tmp_path, monkeypatch):
    shutil.copytree(TABLES, tmp_path, dirs_exist_ok=True)
    written = sorted(tmp_path.glob("which_*.csv"))
    assert len(written) == 3
    for file in written:
        file.unlink()
    monkeypatch.setattr("sys.argv", ["which_strategy.py", "--tables", str(tmp_path)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    for file in written:
        message = "run benchmarks/which_strategy.py"
        assert file.read_text() == (TABLES / file.name).read_text(), message
