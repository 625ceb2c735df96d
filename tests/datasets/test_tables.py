"""Tables from a stand-in for OpenML, and from folders."""

import warnings
from urllib.error import HTTPError, URLError

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.utils import Bunch

from skactive.datasets import _tables, load_table


class OpenML:
    """Answers like `fetch_openml`, and remembers what it was asked."""

    def __init__(self, table, error=None, n_rows=None):
        rng = np.random.default_rng(0)
        n_rows = table.n_rows if n_rows is None else n_rows
        self.data = pd.DataFrame(rng.normal(size=(n_rows, 3)), columns=list("abc"))
        names = list(table.targets) or ["resistance"]
        target = pd.DataFrame(rng.integers(9, size=(n_rows, len(names))), columns=names)
        self.target = target if len(names) > 1 else target[names[0]]
        self.error = error

    def __call__(self, **asked):
        self.asked = asked
        if self.error is not None:
            raise self.error
        for column in asked["target_column"][1:]:
            warnings.warn(f"target_column='{column}' has flag is_ignore.", stacklevel=2)
        return Bunch(data=self.data, target=self.target, url="https://openml/d/1")


@pytest.fixture
def openml(monkeypatch):
    def install(name, **options):
        stand_in = OpenML(_tables._TABLES[name], **options)
        monkeypatch.setattr(_tables, "fetch_openml", stand_in)
        return stand_in

    return install


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(9, 3)).astype(np.float32)
    np.savez(tmp_path / "one.npz", X=X, y=rng.normal(size=9), X_test=X)
    np.savez(tmp_path / "two.npz", X=X, y=rng.normal(size=(9, 2)))
    np.savez(tmp_path / "names.npz", X=X, y=np.array(list("abcabcabc")))
    return tmp_path


@pytest.mark.parametrize("name", sorted(_tables._TABLES))
def test_every_table_comes_as_numbers(name, openml):
    stand_in = openml(name)
    X, y = load_table(name, return_X_y=True)
    table = _tables._TABLES[name]
    assert X.shape == (table.n_rows, 3)
    n_targets = len(table.targets)
    assert y.shape == ((table.n_rows, n_targets) if n_targets > 1 else (table.n_rows,))
    assert X.dtype == y.dtype == np.float64
    assert_array_equal(X, stand_in.data)
    assert_array_equal(y, stand_in.target)


def test_a_table_is_found_by_id_or_by_name_and_version(openml):
    stand_in = openml("naval")
    load_table("naval", data_home="here")
    asked = stand_in.asked
    assert (asked["data_id"], asked["data_home"]) == (44969, "here")
    assert asked["target_column"] == list(_tables._TABLES["naval"].targets)
    stand_in = openml("yacht")
    load_table("yacht")
    asked = stand_in.asked
    assert (asked["name"], asked["version"]) == ("yacht_hydrodynamics", 1)
    assert asked["target_column"] == "default-target"
    assert "data_id" not in asked


def test_no_two_names_are_the_same_table():
    tables = _tables._TABLES.values()
    assert len({str(table.where()) for table in tables}) == len(tables)


def test_frames_keep_their_names(openml):
    stand_in = openml("airfoil")
    table = load_table("airfoil", as_frame=True)
    pd.testing.assert_frame_equal(table.data, stand_in.data)
    assert isinstance(table.target, pd.Series)
    assert table.feature_names == ["a", "b", "c"]
    assert table.target_names == ["sound_pressure"]
    assert table.url == "https://openml/d/1"
    openml("energy")
    table = load_table("energy", as_frame=True)
    assert list(table.target.columns) == ["heating_load", "cooling_load"]


def test_columns_of_text_come_only_in_a_frame(openml):
    stand_in = openml("bike")
    stand_in.data["b"] = pd.Categorical(["spring"] * len(stand_in.data))
    with pytest.raises(ValueError, match=r"'bike' has columns .* \(b\); pass as_frame"):
        load_table("bike")
    assert load_table("bike", as_frame=True).data["b"].iloc[0] == "spring"


def test_columns_that_give_the_answer_away_are_left_out(openml):
    stand_in = openml("bike")
    stand_in.data["casual"] = stand_in.data["registered"] = 0.0
    assert load_table("bike").feature_names == ["a", "b", "c"]


@pytest.mark.parametrize(
    "error",
    [
        URLError("no route"),
        HTTPError("https://openml", 503, "busy", None, None),
        TimeoutError("slow"),
        ConnectionResetError("cut"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_without_network_and_cache_the_error_says_what_to_do(error, openml, tmp_path):
    openml("airfoil", error=error)
    with pytest.raises(ConnectionError) as caught:
        load_table("airfoil", data_home=tmp_path)
    message = str(caught.value)
    for part in (
        "'airfoil'",
        str(tmp_path),
        "data_home",
        "airfoil.npz",
        "pass it as folder",
    ):
        assert part in message
    assert caught.value.__cause__ is error


def test_errors_of_openml_pass_through(openml):
    openml("airfoil", error=KeyError("Could not find target_column='sound_pressure'"))
    with pytest.raises(KeyError, match="sound_pressure"):
        load_table("airfoil")


def test_another_table_under_the_same_id_is_refused(openml):
    openml("airfoil", n_rows=12)
    with pytest.raises(ValueError, match=r"'airfoil' has 1503 rows; .* has 12"):
        load_table("airfoil")


def test_an_unknown_name_is_answered_with_a_near_one():
    with pytest.raises(ValueError, match=r"'airfol'; did you mean 'airfoil'\?"):
        load_table("airfol")
    with pytest.raises(ValueError, match=r"OpenML has airfoil, .*folder=DIR reads zzz"):
        load_table("zzz")


def test_a_folder_needs_no_network(folder, monkeypatch):
    monkeypatch.delattr(_tables, "fetch_openml")
    with np.load(folder / "one.npz") as arrays:
        X, y = arrays["X"], arrays["y"]
    table = load_table("one", folder=folder)
    assert table.data.dtype == np.float64
    assert_array_equal(table.data, X)
    assert_array_equal(table.target, y)
    assert table.feature_names == ["x1", "x2", "x3"]
    assert table.target_names == ["y"]
    assert table.url == str(folder / "one.npz")


def test_a_folder_may_hold_several_targets_or_classes(folder):
    X, y = load_table("two", folder=str(folder), return_X_y=True, as_frame=True)
    assert X.shape == (9, 3)
    assert list(y.columns) == ["y1", "y2"]
    assert load_table("two", folder=folder).target.shape == (9, 2)
    _, names = load_table("names", folder=folder, return_X_y=True)
    assert list(names) == list("abcabcabc")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": np.zeros((3, 2))}, "has no array y"),
        ({"a": np.zeros(3)}, "no array X and no array y"),
        ({"X": np.zeros((3, 2, 2)), "y": np.zeros(3)}, r"X has shape \(3, 2, 2\)"),
        ({"X": np.zeros((3, 2)), "y": np.zeros(4)}, r"y \(4,\)"),
    ],
)
def test_a_file_that_is_no_table_is_refused(arrays, message, tmp_path):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        load_table("bad", folder=tmp_path)


def test_a_file_that_is_not_there_is_named(folder):
    with pytest.raises(FileNotFoundError, match=r"no airfoil.npz; put the table there"):
        load_table("airfoil", folder=folder)
