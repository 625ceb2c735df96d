"""What estimators get besides X and y grows with the labels."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skactive.utils import SampleMetadata, take_metadata


def test_values_with_one_entry_per_sample_are_told_from_the_rest():
    metadata = SampleMetadata.split(
        {
            "weight": [1.0, 2.0],
            "name": "ab",
            "options": {"a": 1, "b": 2},
            "k": 3,
            "n": None,
        },
        2,
    )
    assert metadata.per_sample == ("weight",)
    assert set(metadata.values) == {"weight", "name", "options", "k"}


def test_per_sample_values_are_appended_and_the_rest_replaced():
    first = SampleMetadata.split({"weight": [1.0, 2.0], "k": 3}, 2)
    both = first.extended({"weight": pd.Series([5.0], index=[9]), "k": 4}, 1)
    assert_array_equal(both.values["weight"], [1.0, 2.0, 5.0])
    assert both.values["k"] == 4
    assert first.values["weight"] == [1.0, 2.0]


def test_what_fit_got_as_a_whole_stays_whole_whatever_its_length():
    first = SampleMetadata.split({"classes": [0, 1, 2]}, 5)
    again = first.extended({"classes": [0, 1, 2]}, 3)
    assert again.per_sample == ()
    assert again.values["classes"] == [0, 1, 2]


def test_values_are_safe_from_later_changes():
    weight = np.ones(2)
    metadata = SampleMetadata.split({"weight": weight}, 2)
    weight[:] = 7
    assert_array_equal(metadata.values["weight"], [1, 1])


@pytest.mark.parametrize(
    ("before", "now", "message"),
    [
        ({"weight": [1, 1]}, {}, "weight was given before.*not now"),
        ({}, {"weight": [1]}, "weight was given now.*not before"),
        ({"weight": [1, 1]}, {"weight": [1, 2, 3]}, "weight was given before"),
    ],
)
def test_a_missing_side_is_named(before, now, message):
    with pytest.raises(ValueError, match=message):
        SampleMetadata.split(before, 2).extended(now, 1)


def test_take_picks_rows_of_per_sample_values_alone():
    taken = take_metadata({"weight": np.array([1.0, 2.0, 3.0]), "k": 3}, [2, 0], 3)
    assert_array_equal(taken["weight"], [3, 1])
    assert taken["k"] == 3
