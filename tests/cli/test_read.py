"""Tables as people have them: separators, headers, missing values."""

import gzip
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from skactive.cli._errors import UserError
from skactive.cli._read import find_column, read_table

TABLE = pd.DataFrame(
    {
        "age": [31.5, np.nan, 44.0, 27.25],
        "town": ["Bern, BE", "Genf", None, "Chur"],
        "price": [12.5, 11.0, 3.75, 8.0],
    }
)


@pytest.fixture
def write(tmp_path):
    def write(text, name="table.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return str(path)

    return write


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_the_separator_is_found(write, sep):
    path = write(TABLE.to_csv(index=False, sep=sep))
    assert_frame_equal(read_table(path), TABLE)


def test_decimal_commas_are_found_and_told(write, capsys):
    path = write(TABLE.to_csv(index=False, sep=";", decimal=","))
    assert_frame_equal(read_table(path), TABLE)
    assert "decimal comma" in capsys.readouterr().err


def test_a_separator_of_ones_own(write):
    path = write(TABLE.to_csv(index=False, sep="|"))
    assert_frame_equal(read_table(path, sep="|"), TABLE)
    with pytest.raises(UserError, match=r"one column only.*--sep"):
        read_table(write("a|b\n1|2\n3|4\n", "other.csv"))


def test_compressed_text_is_read(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(TABLE.to_csv(index=False).encode()))
    assert_frame_equal(read_table(str(path)), TABLE)


@pytest.mark.parametrize("size", [1 << 18, 20])  # of the sample
@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:-8] + bytes(8),
        lambda packed: packed[:10] + b"\xff" * 9 + packed[19:],
        gzip.decompress,
    ],
    ids=["cut", "sum", "blocks", "plain"],
)
def test_what_cannot_be_unpacked_is_refused(tmp_path, monkeypatch, damage, size):
    monkeypatch.setattr("skactive.cli._read._SAMPLE", size)
    path = tmp_path / "table.csv.gz"
    path.write_bytes(damage(gzip.compress(TABLE.to_csv(index=False).encode() * 9)))
    with pytest.raises(UserError, match=r"cannot be unpacked .*take .gz off its name"):
        read_table(str(path))


@pytest.mark.parametrize("suffix", [".zip", ".XLSX"])
def test_what_is_packed_otherwise_is_refused_with_the_remedy(tmp_path, suffix):
    path = tmp_path / f"table.csv{suffix}"
    path.write_bytes(b"PK\x03\x04\xa4")
    with pytest.raises(UserError, match=f"is a {suffix} file; write the table as CSV"):
        read_table(str(path))


def test_a_cut_line_at_the_end_of_the_sample_does_no_harm(write, monkeypatch):
    monkeypatch.setattr("skactive.cli._read._SAMPLE", 30)
    path = write("first;second;third\n" + "1;2;3\n" * 50)
    assert read_table(path).shape == (50, 3)


def test_question_marks_and_blanks_are_missing(write):
    path = write("a, b, c\n1, ?, x\n2, 5, ?\n3, , y\n")
    frame = read_table(path)
    assert frame.columns.tolist() == ["a", "b", "c"]
    assert frame.isna().to_numpy().tolist() == [
        [False, True, False],
        [False, False, True],
        [False, True, False],
    ]


def test_blanks_around_names_are_no_part_of_them(write):
    frame = read_table(write('x , y ," z "\n1,2,u\n3,4,v\n'))
    assert frame.columns.tolist() == ["x", "y", "z"]
    path = write("x , x\n1,2\n3,4\n")
    with pytest.raises(UserError, match="'x' more than once"):
        read_table(path)
    assert read_table(path, header=True).columns.is_unique


def test_the_nameless_column_that_pandas_writes_is_left_out(write, capsys):
    assert_frame_equal(read_table(write(TABLE.to_csv())), TABLE)
    assert "first column" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "39,State-gov,77516\n50,Self-emp,83311\n38,Private,215646\n",
        "red,no\nblue,yes\ngreen,yes\nred,yes\n",
        "1.5,2.5\n2,3\n4,5\n",
        "7,7,1\n8,8,2\n9,6,3\n",
    ],
)
def test_a_missing_header_is_told_with_the_remedy(write, text):
    path = write(text)
    with pytest.raises(UserError, match="--no-header"):
        read_table(path)
    frame = read_table(path, header=False)
    assert len(frame) == text.count("\n")
    assert frame.columns[1] == "column 1"
    assert len(read_table(path, header=True)) == len(frame) - 1


@pytest.mark.parametrize(
    "text",
    [
        "0,1,2,kind\n.5,.2,.1,a\n.4,.2,.7,b\n",
        "town,2019,2020,2021\nBern,1,2,3\nGenf,4,5,6\n",
        "a,b\n1,x\n2,y\n",
        "a,b,c\n1,2\n3,4\n",
    ],
)
def test_numbers_that_are_names_pass_for_a_header(write, text):
    assert len(read_table(write(text))) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n", "one row"),
        ("a,b\n1,2\n1,2,3\n", "not a table separated by ','"),
        ("a,b\n1,2,3\n1,2,3\n", "more cells in its rows"),
        ("a,b,c\na,1\nx,2,3\n1,2,3,4,5\n", "Expected 3 fields in line 4, saw 5"),
    ],
)
def test_what_is_no_table_is_refused(write, text, message):
    with pytest.raises(UserError, match=message):
        read_table(write(text))


def test_a_wrong_encoding_is_refused_with_the_remedy(write):
    path = write("Straße,b\nx,1\ny,2\n", encoding="latin-1")
    with pytest.raises(UserError, match=r"not text in utf-8.*--encoding latin-1"):
        read_table(path)
    assert read_table(path, encoding="latin-1").columns[0] == "Straße"
    with pytest.raises(UserError, match="not text in klingon"):
        read_table(path, encoding="klingon")


def test_the_mark_of_some_editors_is_no_part_of_a_name(write):
    path = write("a,b\n1,x\n2,y\n", encoding="utf-8-sig")
    assert read_table(path).columns[0] == "a"


def test_a_file_that_is_not_there_is_named_with_a_near_one(write, tmp_path):
    write("a,b\n1,x\n2,y\n", "prices.csv")
    with pytest.raises(UserError, match=r"no file .*did you mean 'prices.csv'"):
        read_table(str(tmp_path / "price.csv"))
    with pytest.raises(UserError, match="is a folder"):
        read_table(str(tmp_path))


def test_parquet_goes_through_pandas(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    path.touch()
    monkeypatch.setattr(pd, "read_parquet", lambda path: TABLE)
    assert_frame_equal(read_table(str(path)), TABLE)


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    path.touch()
    for name in ("pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UserError, match="pip install pyarrow"):
        read_table(str(path))


def test_what_is_not_parquet_is_refused(write):
    pytest.importorskip("pyarrow")
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        read_table(write("a,b\n1,2\n3,4\n", "table.parquet"))


def test_decimals_of_parquet_are_numbers(tmp_path):
    pytest.importorskip("pyarrow")
    path = str(tmp_path / "table.parquet")
    prices = [Decimal("12.50"), None, Decimal("3.75"), Decimal("8.00")]
    frame = TABLE.assign(price=prices, none=None)
    frame.to_parquet(path)
    found = read_table(path)
    assert found["price"].dtype == np.float64
    np.testing.assert_array_equal(found["price"], [12.5, np.nan, 3.75, 8.0])
    assert found["none"].isna().all()


def test_columns_are_found_by_name_or_by_position(write):
    named = read_table(write("a,b\n1,2\n3,4\n"))
    assert find_column(named, "b") == "b"
    with pytest.raises(UserError, match=r"no column '1'.*'a', 'b'"):
        find_column(named, "1")
    counted = read_table(write("1,2\n3,4\n"), header=False)
    assert [find_column(counted, n) for n in ("0", "-1", "column 1")] == [
        "column 0",
        "column 1",
        "column 1",
    ]
    with pytest.raises(UserError, match="no column '2'"):
        find_column(counted, "2")
