"""What goes to stderr: notes, and errors that the user can mend."""

from __future__ import annotations

import sys
from difflib import get_close_matches


class UserError(Exception):
    """Something that another command would do right; shown without a traceback."""


def say(text):
    """Write a note."""
    print(text, file=sys.stderr)


def listed(names, most=10):
    """Write names side by side, and how many there are beyond the first ones."""
    names = list(map(repr, names))
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def near(name, names):
    """Return a question that names what is spelled alike, and a space; or nothing."""
    found = get_close_matches(str(name), list(map(str, names)), n=3)
    return f"did you mean {' or '.join(map(repr, found))}? " if found else ""
