"""Target and inputs: what they are taken for, and what is left out."""

import numpy as np
import pandas as pd
import pytest

from skactive.cli._columns import clean
from skactive.cli._errors import UserError
from skactive.cli._target import split_target

N = 40


def _with(values):
    return pd.DataFrame({"x": np.arange(len(values)) / 7, "y": values})


@pytest.mark.parametrize(
    ("values", "task", "kind"),
    [
        (["yes", "no"] * 20, "classification", "U"),
        ([True, False] * 20, "classification", "U"),
        ([1, 2, 3, 4] * 10, "classification", "i"),
        ([0.0, 1.0] * 20, "classification", "i"),
        ([0.5, 1.5] * 20, "regression", "f"),
        (list(range(N)), "regression", "f"),
        (np.linspace(0, 1, N), "regression", "f"),
        ([5, 6, 7, 8], "regression", "f"),
    ],
)
def test_the_task_is_told_by_the_values(values, task, kind, capsys):
    frame, y, found = split_target(_with(values), "y", "auto")
    assert (found, y.dtype.kind, list(frame)) == (task, kind, ["x"])
    assert f"Task: {task} of 'y'" in capsys.readouterr().err


def test_the_task_can_be_said(capsys):
    _, y, _ = split_target(_with([1, 2] * 20), "y", "regression")
    assert y.dtype == np.float64
    _, y, _ = split_target(_with([0.5, 1.5] * 20), "y", "classification")
    assert set(y) == {"0.5", "1.5"}


def test_rows_without_a_target_are_left_out_and_counted(capsys):
    values = [1.5, np.nan, np.inf, *np.linspace(0, 1, 20)]
    frame, y, _ = split_target(_with(values), "y", "auto")
    told = capsys.readouterr().err
    assert "Left out 1 of 23 rows, which have no 'y'." in told
    assert "Left out 1 of 23 rows, where 'y' is infinite." in told
    assert len(y) == 21
    assert frame.index.tolist() == [0, *range(3, 23)]


@pytest.mark.parametrize(
    ("values", "task", "message"),
    [
        (["a"] * N, "auto", "is a in all rows"),
        ([None] * N, "auto", "has no values"),
        ([f"u{i}" for i in range(N)], "auto", "40 classes in 40 rows"),
        (["yes", "no"] * 20, "regression", "needs numbers"),
        (pd.date_range("2024-01-01", periods=N), "auto", "holds dates"),
        ([np.arange(2)] * N, "auto", "holds lists"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(values, task, message):
    with pytest.raises(UserError, match=message):
        split_target(_with(values), "y", task)


def test_columns_fall_into_kinds_and_the_useless_ones_are_named(capsys):
    frame = pd.DataFrame(
        {
            "name": [f"u{i}" for i in range(N)],
            "size": [*range(N - 2), np.nan, np.inf],
            "town": ["Bern", "Genf", None, "Chur"] * 10,
            "late": [True, False] * 20,
            "flag": [True, False, None, True] * 10,
            "same": 7,
            "none": np.nan,
            "tags": [[1], None] * 20,
            "place": [{"x": 1, "y": 2}] * N,
            "bought": pd.date_range("2024-01-01", periods=N),
            "sold": [f"{i % 28 + 1}.3.2024 12:30" for i in range(N)],
            "grade": pd.Categorical([1, 2] * 20),
            "count": pd.array([1, None, 3, 4] * 10, dtype="Int64"),
        }
    )
    before = frame.copy()
    cleaned, columns = clean(frame)
    assert columns.numbers == ["size", "late", "count"]
    assert columns.categories == ["town", "flag", "grade"]
    assert list(cleaned) == ["size", "town", "late", "flag", "grade", "count"]
    assert {str(cleaned[name].dtype) for name in columns.numbers} == {"float64"}
    assert cleaned["size"].isna().sum() == 2
    assert cleaned["town"].isna().sum() == cleaned["flag"].isna().sum() == 10
    assert set(cleaned["flag"].dropna()) == {"True", "False"}
    told = capsys.readouterr().err
    assert "'size' is infinite in 1 row:" in told
    for names in ("'same', 'none'", "'tags', 'place'", "'name'", "'bought', 'sold'"):
        assert names in told
    pd.testing.assert_frame_equal(frame, before)


def test_no_column_left_is_an_error(capsys):
    with pytest.raises(UserError, match="no column is left"):
        clean(pd.DataFrame({"same": [1, 1, 1]}))
