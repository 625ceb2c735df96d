"""Rows of every container: taken, stacked, counted and hashed by content."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse

from skactive.utils import (
    as_array,
    check_same_kind,
    copy_rows,
    count_rows,
    hash_rows,
    stack_rows,
    take_rows,
)

TABLE = np.arange(12.0).reshape(4, 3)
CONTAINERS = {
    "array": TABLE,
    "float32": TABLE.astype(np.float32),
    "images": np.arange(32.0).reshape(4, 2, 2, 2),
    "csr": sparse.csr_matrix(TABLE),
    "coo": sparse.coo_matrix(TABLE),
    "csr_array": sparse.csr_array(TABLE),
    "frame": pd.DataFrame(TABLE, columns=list("abc"), index=[7, 7, 0, 1]),
    "series": pd.Series(["a", "b", "c", "d"], index=[3, 3, 1, 0]),
    "texts": ["a", "b", "c", "d"],
    "rows": TABLE.tolist(),
    "tokens": [["a"], ["b", "c"], ["d"], []],
    "objects": np.array([["a", 1], ["b", 2], ["c", None], ["d", 4]], dtype=object),
}


def dense(X):
    return X.toarray() if sparse.issparse(X) else as_array(X)


@pytest.fixture(params=CONTAINERS)
def X(request):
    return CONTAINERS[request.param]


def test_take_and_count_go_by_position(X):
    assert count_rows(X) == 4
    assert_array_equal(dense(take_rows(X, [3, 0])), dense(X)[[3, 0]])
    assert count_rows(take_rows(X, np.array([], dtype=np.int64))) == 0


def test_stack_puts_rows_below_each_other(X):
    stacked = stack_rows(take_rows(X, [2, 0]), take_rows(X, [3]))
    assert_array_equal(dense(stacked), dense(X)[[2, 0, 3]])
    if sparse.issparse(X):
        assert stacked.format == "csr"
    else:
        assert type(stacked) is type(X)


def test_hash_knows_rows_by_their_content(X):
    digests = hash_rows(X)
    assert len(set(digests)) == 4
    assert hash_rows(take_rows(X, [3, 1, 1])) == [digests[i] for i in (3, 1, 1)]
    assert hash_rows(stack_rows(X, take_rows(X, [2])))[4] == digests[2]


def test_hash_does_not_depend_on_the_number_type_or_the_container():
    expected = hash_rows(TABLE)
    same = [
        TABLE.astype(np.float32),
        TABLE.astype(int),
        TABLE.tolist(),
        TABLE.T.copy().T,
    ]
    for other in same:
        assert hash_rows(other) == expected
    csr = sparse.csr_matrix(TABLE)
    assert hash_rows(csr.astype(np.float32)) == hash_rows(csr)


def test_hash_of_sparse_rows_ignores_how_they_are_stored():
    tidy = sparse.csr_matrix(np.array([[1.0, 0.0, 2.0]]))
    untidy = sparse.csr_matrix(([1.5, 1.0, 0.5], [2, 0, 2], [0, 3]), shape=(1, 3))
    assert hash_rows(untidy) == hash_rows(tidy)
    assert untidy.nnz == 3, "the samples themselves stay as they are"


@given(arrays(np.int8, st.tuples(st.integers(1, 8), st.integers(1, 2))))
def test_digests_are_equal_exactly_where_rows_are(X):
    digests = hash_rows(X)
    for i in range(len(X)):
        for j in range(len(X)):
            assert (digests[i] == digests[j]) == bool((X[i] == X[j]).all())


@pytest.mark.parametrize("name", ["array", "csr", "frame", "series", "rows", "tokens"])
def test_a_copy_is_safe_from_later_changes(name):
    X = CONTAINERS[name]
    X = [list(row) for row in X] if isinstance(X, list) else X.copy()
    kept = copy_rows(X)
    before = hash_rows(kept)
    if isinstance(X, list):
        X[0][0] = 99
    elif sparse.issparse(X):
        X.data[:] = 99
    elif hasattr(X, "iloc"):
        X.iloc[:] = X.iloc[::-1].to_numpy()
    else:
        X[:] = 99
    assert hash_rows(kept) == before


@pytest.mark.parametrize(
    ("X", "labeled", "message"),
    [
        (TABLE, TABLE[:, :2], r"X has samples of shape \(3,\).*have shape \(2,\)"),
        (TABLE, CONTAINERS["frame"], "X is a ndarray.*are a DataFrame.*same kind"),
        (CONTAINERS["frame"], TABLE, "X is a DataFrame.*are a ndarray.*same kind"),
        (CONTAINERS["csr"], TABLE, "X is a csr_matrix.*are a ndarray.*same kind"),
        (TABLE, CONTAINERS["csr"], "X is a ndarray.*are a csr_matrix.*same kind"),
        (
            CONTAINERS["frame"][["a", "c", "b"]],
            CONTAINERS["frame"],
            r"columns \['a', 'c', 'b'\].*have \['a', 'b', 'c'\].*same order",
        ),
    ],
)
def test_other_kinds_and_columns_are_refused(X, labeled, message):
    with pytest.raises(ValueError, match=message):
        check_same_kind(X, labeled)
    with pytest.raises(ValueError, match=message):
        stack_rows(labeled, X)


def test_stacked_categories_are_the_union():
    first = pd.DataFrame({"c": pd.Categorical(["u", "v"])})
    second = pd.DataFrame({"c": pd.Categorical(["w"])})
    stacked = stack_rows(first, second)["c"]
    assert stacked.tolist() == ["u", "v", "w"]
    assert stacked.cat.categories.tolist() == ["u", "v", "w"]


def test_stacked_categories_keep_their_order():
    size = pd.CategoricalDtype(["s", "m", "l"], ordered=True)
    frame = pd.DataFrame({"c": pd.Series(["l", "s"], dtype=size)})
    assert stack_rows(frame, frame)["c"].dtype == size


def test_stacking_keeps_column_types():
    frame = pd.DataFrame(
        {
            "i": pd.Series([1, None], dtype="Int64"),
            "b": pd.Series([True, None], dtype="boolean"),
            "t": pd.to_datetime(["2020-01-01", None]),
        }
    )
    stacked = stack_rows(frame, frame.iloc[[0]])
    assert stacked.dtypes.tolist() == frame.dtypes.tolist()
    assert len(stacked) == 3


def test_texts_are_stacked_in_the_container_of_the_first():
    texts = ["a", "b", "c", "d"]
    array = np.array(texts)
    # Also str objects that are NumPy's own.
    every = [texts, tuple(texts), array, array.astype(object), list(array)]
    every += [CONTAINERS["series"], CONTAINERS["series"].astype("string")]
    every.append(array.astype(np.dtypes.StringDType()))
    for first in every:
        assert hash_rows(first) == hash_rows(texts)
        for second in every:
            stacked = stack_rows(first, second)
            assert list(stacked) == texts + texts
            if not isinstance(first, tuple):
                assert type(stacked) is type(first)


@pytest.mark.parametrize(
    ("X", "labeled", "message"),
    [
        (["a"], [[1.0]], "X, a list, holds text and .* samples, a list, hold none"),
        (np.array([1.0]), pd.Series(["a"]), "holds no text and .* a Series, hold some"),
        ("a text", ["a"], "X='a text' is a single text; pass a list of texts"),
    ],
)
def test_texts_are_told_from_what_is_none(X, labeled, message):
    with pytest.raises(ValueError, match=message):
        check_same_kind(X, labeled)


def test_the_letters_of_a_text_are_no_samples():
    with pytest.raises(ValueError, match="X='a text' is a single text"):
        count_rows("a text")
