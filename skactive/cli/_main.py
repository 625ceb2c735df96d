"""From the arguments to an exit code."""

from __future__ import annotations

import os
import sys

from skactive.cli._arguments import make_parser
from skactive.cli._errors import UserError, say
from skactive.exceptions import MissingCapability, NotEnoughCandidates

# What only some commands need, and a broken installation may lack.
_OPTIONAL = {"matplotlib", "pyarrow", "skorch", "torch"}


def main(argv=None):
    """Run a command line.

    Parameters
    ----------
    argv : list of str, default=None
        The arguments. None: those of the process.

    Returns
    -------
    code : int
        0; 1 if campaigns failed; 2 for an error that another command line would mend,
        which is told on stderr in one line; or 130 for Ctrl-C. Other exceptions pass
        through.

    Examples
    --------
    >>> from skactive.cli import main
    >>> main(["simulate", "no_such_file.csv"])
    2
    """
    try:
        arguments = make_parser().parse_args(argv)
        code = _command(arguments.command)(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        say("skactive: interrupted; with --checkpoint, a run can be taken up again")
        return 130
    except BrokenPipeError:
        # The reader has seen enough, as `head` has; nothing more is written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not _is_the_users(error):
            raise
        say(f"skactive: error: {' '.join(str(error).split())}")
        return 2


def _command(name):
    # Imported when asked for: help and errors come at once.
    if name == "simulate":
        from skactive.cli._simulate import run
    elif name == "report":
        from skactive.cli._report import run
    else:
        from skactive.cli._strategies import run
    return run


def _is_the_users(error):
    """Whether the message says it all: it is one of ours, or a package is missing."""
    if isinstance(error, UserError | MissingCapability | NotEnoughCandidates):
        return True
    if isinstance(error, ModuleNotFoundError):
        return error.name in _OPTIONAL
    if isinstance(error, OSError) and error.filename is not None:
        return True  # a file that must not be read or written
    ours = OSError | ValueError | TypeError
    return isinstance(error, ours) and _raised_here(error)


def _raised_here(error):
    """Whether the package itself raised it, and not what it calls."""
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_globals["__name__"].partition(".")[0] == "skactive"
