"""The file of a campaign, read and written by several at a time."""

import io
import json

import pytest

from skactive.simulation._campaign import OtherWriter, PlayedRound
from skactive.simulation._checkpoint import CampaignLog

TOTALS = [2, 3, 4, 5]


def played(number):
    rows = [7 + number] if number else [0, 1]
    scores = {"accuracy": 0.1 * number}
    return PlayedRound(rows, [[0]] * len(rows), TOTALS[number], 0.5, 0.1, scores)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "margin-0.jsonl"


def rows_in(path):
    return [json.loads(line)["rows"] for line in path.read_text().splitlines()]


def after_reading(log, act):
    """Let another process act once, as soon as the log has read its file."""
    read = log._read

    def read_and_wait():
        read()
        log._read = read
        act()

    log._read = read_and_wait


def test_half_a_line_is_cut_off(path):
    CampaignLog(path, TOTALS).append(played(0))
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"rows": [')
    assert CampaignLog(path, TOTALS).rounds() == [played(0)]
    assert path.read_bytes() == whole


def test_a_disk_that_takes_half_of_a_line(path):
    class Half(io.FileIO):
        def write(self, line):
            return super().write(line[:9])

    class FullDisk(type(path)):
        def open(self, mode="r", **options):
            return Half(self, "a") if mode == "ab" else super().open(mode, **options)

    log = CampaignLog(FullDisk(path), TOTALS)
    with pytest.raises(OSError, match="the disk took half of a line"):
        log.append(played(0))
    assert CampaignLog(path, TOTALS).rounds() == []


def test_what_another_one_adds_meanwhile_is_kept(path):
    one, other = CampaignLog(path, TOTALS), CampaignLog(path, TOTALS)
    one.append(played(0))
    after_reading(other, lambda: one.append(played(1)))
    assert other.rounds() == [played(0)]
    assert rows_in(path) == [[0, 1], [8]]
    after_reading(other, lambda: one.append(played(2)))
    for number in (1, 2, 3):
        other.append(played(number))
    one.append(played(3))
    assert rows_in(path) == [[0, 1], [8], [9], [10]]


def test_a_file_that_was_deleted_is_another_run(path):
    log = CampaignLog(path, TOTALS)
    log.append(played(0))
    path.unlink()
    with pytest.raises(OtherWriter, match="was changed while its campaign was played"):
        log.append(played(1))
