"""Blocks as Markdown, with the pictures in a folder beside it."""

from __future__ import annotations

import re

from skactive.simulation._blocks import Bullets, Lead, Picture, Section, Table, Text

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def to_markdown(title, blocks, folder):
    """Write a page.

    Parameters
    ----------
    title : str
    blocks : iterable of blocks
    folder : str
        Where the pictures are, from the page.

    Returns
    -------
    page : str
    """
    return "\n\n".join(
        [f"# {_plain(title)}", *(_written(block, folder) for block in blocks), ""]
    )


def _written(block, folder):
    match block:
        case Lead(text):
            return f"> **{_plain(text)}**"
        case Section(title):
            return f"## {_plain(title)}"
        case Text(text):
            return _plain(text)
        case Bullets(items):
            return "\n".join(f"- {_plain(item)}" for item in items)
        case Table(header, rows, words):
            rule = [":--" if i in words else "--:" for i in range(len(header))]
            lines = [map(_plain, header), rule, *(map(_plain, row) for row in rows)]
            return "\n".join(f"| {' | '.join(line)} |" for line in lines)
        case Picture(_, name, alt, caption):
            target = f"{folder}/{name}.png".replace(" ", "%20")
            return f"![{_plain(alt)}]({target})\n\n{_plain(caption)}"


def _plain(text):
    """Text that Markdown takes as it stands."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
