"""Finished rounds in a folder, so that a run can be killed and taken up again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

from skactive.simulation._campaign import OtherWriter, PlayedRound
from skactive.utils import draw_seed

_SETTING = "setting.json"
_AROUND = 60  # letters that a difference is shown with
_MOST_LETTERS = 150  # of a label, beside which there is more in the name of a file


class Checkpoint:
    """A folder with the setting of a run and a file per campaign, a line per round.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    """

    def __init__(self, folder):
        if not isinstance(folder, str | os.PathLike):
            raise ValueError(f"checkpoint={folder!r}; name a folder, as a str or Path.")
        if not str(folder):
            raise ValueError("checkpoint='' names no folder.")
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"checkpoint={str(folder)!r} is a file; name a folder.")
        self.folder.mkdir(parents=True, exist_ok=True)

    def seed(self, random_state):
        """Draw the seed of the run; None takes that of the rounds in the folder."""
        if random_state is None:
            random_state = self.setting().get("random_state")
        return draw_seed(random_state)

    def log(self, key, totals):
        """Return the file of a campaign with these numbers of labels."""
        return CampaignLog(self.folder / _file_name(key), totals)

    def setting(self):
        """Return what `agree` wrote, or an empty dict where there are no rounds."""
        # In this order, for another process may begin the same run.
        has_rounds = any(self.folder.glob("*.jsonl"))
        path = self.folder / _SETTING
        if path.exists():
            return _read_setting(path)
        if has_rounds:
            raise ValueError(
                f"{self.folder} has rounds, but no {_SETTING} that says of which run "
                "they are. Put it back, or delete the rounds, or pass another folder."
            )
        return {}

    def agree(self, setting, parts):
        """Check that the rounds here are of the same run; write its setting.

        Parameters
        ----------
        setting : dict of str -> number, str, list or None
            What all rounds share.
        parts : dict of (kind, label) -> str
            The strategies, or what else makes up this run, such as
            ``("strategy", "margin")``. Others may be there, or may be added.

        Raises
        ------
        ValueError
            If something differs.
        """
        parts = {f"{kind} {str(label)!r}": parts[kind, label] for kind, label in parts}
        # As it will be read again: tuples are lists then.
        setting = json.loads(json.dumps(setting))
        old = self.setting()
        known = old.pop("parts", {})
        if old:
            self._compare(
                (name, old.get(name), setting.get(name)) for name in {**old, **setting}
            )
        self._compare((n, known[n], text) for n, text in parts.items() if n in known)
        self._write(_SETTING, {**setting, "parts": {**known, **parts}})

    def _compare(self, entries):
        for name, old, new in entries:
            if old != new:
                if isinstance(old, str) and isinstance(new, str):
                    old, new = _where_they_differ(old, new)
                raise ValueError(
                    f"{name} is {new!r}, but the rounds in {self.folder} were played "
                    f"with {old!r}; pass the same or another folder."
                )

    def _write(self, name, content):
        with NamedTemporaryFile(
            "w", dir=self.folder, suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            json.dump(content, file, indent=1)
        os.replace(file.name, self.folder / name)


def _where_they_differ(*texts):
    """Cut both to what they do not share, and a little around it."""
    start = _count_shared(texts)
    end = _count_shared([text[start:][::-1] for text in texts])
    cut = []
    for text in texts:
        first, last = max(start - _AROUND, 0), len(text) - max(end - _AROUND, 0)
        dots = "..." if first else "", "..." if last < len(text) else ""
        cut.append(text[first:last].join(dots))
    return cut


def _count_shared(texts):
    """Count the letters that both begin with."""
    pairs = enumerate(zip(*texts, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(map(len, texts)))


def _read_setting(path):
    try:
        setting = json.loads(path.read_text(encoding="utf-8"))
        damaged = not isinstance(setting["parts"], dict)
    except (ValueError, TypeError, KeyError):
        damaged = True
    if damaged:
        raise ValueError(
            f"{path} is damaged, so that nothing says of which run the rounds beside "
            "it are. Put it back, or delete its folder, or pass another one."
        )
    return setting


class CampaignLog:
    """The rounds of a campaign, one JSON object per line.

    A line counts once its end is there: a process may be killed while it writes. A
    process that outlived a killed run may play the same campaign meanwhile, and so may
    the same call, made twice. All of them play the same rounds, so each is written by
    the first to have it, and one that stands twice is read once.

    Parameters
    ----------
    path : Path
    totals : list of int
        As of the Campaign.
    """

    def __init__(self, path, totals):
        self.path = path
        self.totals = totals
        self._there = []  # the rounds in the file
        self._size = 0  # of the file with them
        self._n_read = 0  # bytes, of which the last may be half a line
        self._n_played = 0  # by the one who uses this log

    def rounds(self):
        """Return what is there, and cut off what was not written to its end."""
        self._read()
        # Not by the size it has by now: what was added since is another's.
        if self._size < self._n_read:
            os.truncate(self.path, self._size)
            self._n_read = self._size
        self._n_played = len(self._there)
        return list(self._there)

    def append(self, done):
        """Write the next round, or find that it is there."""
        number = self._n_played
        self._n_played += 1
        while self._size_now() != self._n_read:
            self._read()
        if number < len(self._there) and _is_same(self._there[number], done):
            return
        if number != len(self._there) or self._size < self._n_read:
            raise OtherWriter(
                f"{self.path} was changed while its campaign was played, and not to "
                "the rounds of this run; end what else writes to that folder, such as "
                "processes that a killed run left behind, and run again."
            )
        line = json.dumps(done._asdict()).encode() + b"\n"
        # In one piece, for another process may write as well.
        with self.path.open("ab", buffering=0) as file:
            n_written = file.write(line)
        if n_written < len(line):
            raise OSError(f"{self.path}: the disk took half of a line; is it full?")
        self._size = self._n_read = self._size + n_written
        self._there.append(done)

    def _size_now(self):
        return self.path.stat().st_size if self.path.exists() else 0

    def _read(self):
        """Read the lines that are whole."""
        content = self.path.read_bytes() if self.path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        self._there, self._size, self._n_read = [], len(whole), len(content)
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
            try:
                done = PlayedRound(**json.loads(line))
                known = not _follows(self._there, done, self.totals)
                damaged = known and not any(_is_same(o, done) for o in self._there)
            except (ValueError, TypeError, AttributeError):
                damaged = True
            if damaged:
                raise ValueError(
                    f"{self.path} is damaged: line {number} is no round that follows "
                    "on those before it. Delete this file, and run again: its campaign "
                    "is played anew, and no other."
                )
            if not known:
                self._there.append(done)


def _follows(rounds, done, totals):
    """Whether it is the next round of a campaign."""
    # Raises a TypeError or AttributeError where a number or a list is something else.
    sum([done.fit_time, done.query_time, *done.scores.values()])
    if len(rounds) == len(totals) or len(done.places) != len(done.rows):
        return False
    n_labeled = sum(len(each.rows) for each in [*rounds, done])
    # The seed set may be more than the first totals.
    n_first = rounds[0].n_labeled if rounds else done.n_labeled
    return done.n_labeled == n_labeled == max(n_first, totals[len(rounds)])


def _is_same(done, other):
    """Whether two rounds are equal but for their times."""
    return (done.rows, done.n_labeled, done.scores) == (
        other.rows,
        other.n_labeled,
        other.scores,
    )


def _file_name(key):
    # A hyphen in a label is not one between two parts.
    parts = (quote(str(part), safe="").replace("-", "%2D") for part in key)
    return "-".join(parts) + ".jsonl"


def check_file_labels(kind, labels):
    """Refuse labels that do not tell files apart."""
    # Some file systems do not tell capitals from small letters.
    if len({str(label).casefold() for label in labels}) < len(labels):
        raise ValueError(
            f"{kind}={list(labels)} have labels that read the same, which cannot be "
            "told apart in a folder; pass other labels."
        )
    long = [label for label in labels if len(quote(str(label))) > _MOST_LETTERS]
    if long:
        raise ValueError(
            f"{kind} has a label that is too long for a file, {long[0]!r}; pass a dict "
            "with shorter labels."
        )
