"""What a page is made of, whatever it is written in."""

from __future__ import annotations

from typing import NamedTuple


class Lead(NamedTuple):
    """The sentences that come first and count most."""

    text: str


class Section(NamedTuple):
    """A heading."""

    title: str


class Text(NamedTuple):
    """A paragraph."""

    text: str


class Bullets(NamedTuple):
    """A list."""

    items: list[str]


class Table(NamedTuple):
    """Cells as text; the columns named in `words` are set to the left."""

    header: list[str]
    rows: list[list[str]]
    words: tuple[int, ...] = (0,)


class Picture(NamedTuple):
    """A PNG, a name for its file, what it shows to who cannot see it, and a caption."""

    png: bytes
    name: str
    alt: str
    caption: str
