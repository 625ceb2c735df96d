"""The options of every command; nothing heavy is imported here."""

from __future__ import annotations

from argparse import (
    ArgumentParser,
    ArgumentTypeError,
    BooleanOptionalAction,
    RawTextHelpFormatter,
)

from skactive import __version__
from skactive.cli._errors import UserError

BUNDLED = ("breast_cancer", "diabetes", "digits", "iris", "wine")
PROBLEMS = (
    "bessel",
    "damped_oscillator",
    "friedman1",
    "friedman2",
    "friedman3",
    "robot_arm",
    "sine",
    "thin_film_stack",
)
ESTIMATORS = ("mlp", "forest", "gbdt", "logistic", "linear", "gp")
TASKS = ("classification", "regression")


class _Parser(ArgumentParser):
    def error(self, message):
        raise UserError(f"{message}; {self.prog} --help lists what there is")


def make_parser():
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="skactive",
        description="Which samples to label next, and whether it pays.",
        formatter_class=RawTextHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for add in (_add_simulate, _add_strategies, _add_report):
        add(commands)
    return parser


def _add(commands, name, summary, description=""):
    return commands.add_parser(
        name,
        help=summary,
        description="\n\n".join(
            filter(None, [f"{summary[0].upper()}{summary[1:]}.", description])
        ),
        formatter_class=RawTextHelpFormatter,
        allow_abbrev=False,
    )


def _separator(text):
    text = {"\\t": "\t"}.get(text, text)
    if len(text) != 1:
        raise ArgumentTypeError(f"{text!r} is not one character")
    return text


def _add_simulate(commands):
    parser = _add(
        commands,
        "simulate",
        "measure on labels you have whether active learning would have paid",
        "All rows are used, a quarter of them for scoring and the rest as the pool,\n"
        "unless --max-rows is given. The summary goes to stdout, all else to stderr.",
    )
    _add_data(parser)
    _add_campaign(parser)
    _add_output(parser)


def _add_data(parser):
    group = parser.add_argument_group("data, one of these")
    group.add_argument(
        "table",
        nargs="?",
        metavar="TABLE",
        help="CSV (separated by comma, semicolon or tab; .gz too) or Parquet",
    )
    group.add_argument(
        "--data",
        metavar="NAME",
        help=f"bundled table: {', '.join(BUNDLED)};\n"
        f"or problem in closed form:\n  {', '.join(PROBLEMS[:5])},\n"
        f"  {', '.join(PROBLEMS[5:])}",
    )
    group.add_argument(
        "--setting",
        metavar="NAME",
        help="experiment of a published study, such as beck/mnist, with its data,\n"
        "estimator, strategies and sizes; a wrong name lists them",
    )
    group = parser.add_argument_group("how to load a setting")
    group.add_argument(
        "--scale",
        type=float,
        default=1,
        metavar="X",
        help="make it smaller: 0.01 is for a laptop without a GPU (default: 1)",
    )
    group.add_argument("--data-home", metavar="DIR", help="where its images are kept")
    group.add_argument(
        "--device", default="cpu", help="where its nets are trained (default: cpu)"
    )
    group = parser.add_argument_group("how to read a table")
    group.add_argument(
        "--target",
        metavar="COL",
        help="column to learn; without a header its position, from 0\n"
        "(default: the last)",
    )
    group.add_argument(
        "--drop",
        metavar="COL,COL",
        default="",
        help="columns to leave out, such as those that give the answer away",
    )
    group.add_argument(
        "--header",
        action=BooleanOptionalAction,
        help="whether the first line names the columns (default: it has to look so)",
    )
    group.add_argument(
        "--sep",
        type=_separator,
        metavar="CHAR",
        help="separator (default: comma, semicolon or tab, as found)",
    )
    group.add_argument(
        "--encoding", default="utf-8", help="of the text (default: utf-8)"
    )
    group.add_argument(
        "--task",
        choices=["auto", *TASKS],
        default="auto",
        help="auto: text, booleans and few distinct whole numbers are classes",
    )
    group.add_argument(
        "--max-rows", type=int, metavar="N", help="take N rows at random"
    )


def _add_campaign(parser):
    group = parser.add_argument_group("campaign")
    group.add_argument(
        "--strategies",
        metavar="NAME,NAME",
        help="see `skactive strategies` (default: random and badge; for regression\n"
        "random and lcmd)",
    )
    group.add_argument(
        "--estimator",
        metavar="NAME",
        help=f"{', '.join(ESTIMATORS)}, or module:object,\n"
        "an estimator, or a class or function that makes one (default: forest)",
    )
    for option, what in {
        "--budget": "labels in all, the first ones included\n"
        "(default: 200, or half of the pool if that is less)",
        "--n-initial": "labels drawn at random to begin with\n"
        "(default: 20, or two per class, at most half of the budget)",
        "--n-queries": "labels asked per round (default: nine rounds)",
    }.items():
        group.add_argument(option, type=int, metavar="N", help=what)
    group.add_argument("--n-repeats", type=int, metavar="N", help="(default: 5)")
    group.add_argument(
        "--scoring",
        metavar="NAME,NAME",
        help="scorers of scikit-learn (default: accuracy or R²)",
    )
    group.add_argument(
        "--random-state",
        type=int,
        default=0,
        metavar="SEED",
        help="the same seed gives the same table (default: 0)",
    )
    group.add_argument("--n-jobs", type=int, metavar="N", help="processes (default: 1)")
    group.add_argument(
        "--checkpoint",
        metavar="DIR",
        help="keep every round that ends there, and go on from them",
    )


def _add_output(parser):
    group = parser.add_argument_group("output")
    group.add_argument("--csv", metavar="FILE", help="every measured number")
    group.add_argument(
        "--out",
        metavar="DIR",
        help="results.csv, picks.csv and setting.json, for `skactive report DIR`",
    )
    _add_report_options(group)
    group.add_argument("-q", "--quiet", action="store_true", help="no progress bar")


def _add_report_options(parser):
    parser.add_argument("--report", metavar="FILE", help="write a report, .html or .md")
    parser.add_argument(
        "--label-price",
        type=float,
        metavar="PRICE",
        help="what a label costs; the report tells what is saved",
    )
    parser.add_argument(
        "--second-price",
        type=float,
        default=0,
        metavar="PRICE",
        help="what a second of computing costs (default: 0)",
    )


def _add_strategies(commands):
    parser = _add(commands, "strategies", "list the strategies and what they need")
    parser.add_argument("--task", choices=TASKS, help="only those for this task")


def _add_report(commands):
    parser = _add(
        commands, "report", "show once more what `simulate --out DIR` has measured"
    )
    parser.add_argument("folder", metavar="DIR", help="written by simulate --out")
    _add_report_options(parser)
