"""``skactive simulate``."""

from __future__ import annotations

import warnings
from contextlib import contextmanager

from sklearn.exceptions import ConvergenceWarning

from skactive import strategies
from skactive.cli._errors import UserError, near
from skactive.cli._folder import make_folder, save_result
from skactive.cli._output import check_file, check_report, show
from skactive.cli._plan import plan_table
from skactive.cli._setting import plan_setting
from skactive.exceptions import MissingCapability
from skactive.simulation import simulate
from skactive.utils import draw_seed

# Options that mean nothing elsewhere, and their defaults.
_OPTIONS_OF = {
    "table": {"target": None, "drop": "", "header": None, "sep": None},
    "setting": {"scale": 1, "device": "cpu", "data_home": None},
}
_OWN_SCORES = {"classification": "accuracy", "regression": "r2"}


def run(args):
    """Measure, print, and write what was asked for."""
    if args.n_jobs == 0:
        raise UserError("--n-jobs 0; use 1 or more, or -1 for all processors")
    args.strategies = _strategies(args.strategies)
    scoring = _scoring(args.scoring)
    _check_output(args)
    seed = draw_seed(args.random_state)
    plan = _plan(args)(args, seed)
    options = {
        # The estimator's own score, by its name.
        "scoring": scoring or _OWN_SCORES[plan.task],
        "random_state": seed,
        "n_jobs": args.n_jobs,
        "verbose": 0 if args.quiet else 1,
        "checkpoint": args.checkpoint,
    }
    with _without_news(args.estimator), _remedies_of_options(args):
        result = simulate(**plan.params, **options)
    result.setting = {**plan.facts, **result.setting, **plan.facts}
    if plan.rows is not None:
        result.picks["row"] = plan.rows[result.picks["row"]]
    if args.csv is not None:
        result.to_frame().to_csv(args.csv, index=False)
    if args.out is not None:
        save_result(result, args.out)
    return show(result, args)


def _plan(args):
    """Return what loads the one thing that the arguments name."""
    if [args.table, args.data, args.setting].count(None) != 2:
        raise UserError("name one thing: a file, --data NAME or --setting NAME")
    for source, options in _OPTIONS_OF.items():
        for option, default in options.items():
            if getattr(args, source) is None and getattr(args, option) != default:
                what = "a file" if source == "table" else f"--{source}"
                raise UserError(f"--{option.replace('_', '-')} is for {what}")
    return plan_table if args.setting is None else plan_setting


@contextmanager
def _without_news(estimator):
    """Keep a Gaussian process from telling that few labels leave a bound open."""
    with warnings.catch_warnings():
        if estimator == "gp":
            warnings.simplefilter("ignore", ConvergenceWarning)
        yield


@contextmanager
def _remedies_of_options(args):
    """Name the option where an error names a class that does the same."""
    try:
        yield
    except MissingCapability as error:
        wrap = "wrap it in skactive.Committee"
        if args.setting is not None or wrap not in str(error):
            raise
        remedy = f"use --estimator forest or mlp, or {wrap}"
        raise UserError(str(error).replace(wrap, remedy)) from error


def _strategies(names):
    if names is None:
        return None
    names = _split(names, "--strategies")
    for name in names:
        strategies.get(name)  # raises with near names
    return names


def _scoring(names):
    if names is None:
        return None
    from sklearn.metrics import get_scorer_names

    known = get_scorer_names()
    names = _split(names, "--scoring")
    for name in names:
        if name not in known:
            raise UserError(
                f"there is no scorer {name!r}; {near(name, known)}scikit-learn has "
                f"{', '.join(known)}"
            )
    return names


def _split(names, option):
    parts = [name.strip() for name in names.split(",") if name.strip()]
    if not parts:
        raise UserError(f"{option} {names!r} holds no name")
    for name in parts:
        if parts.count(name) > 1:
            raise UserError(f"{option} names {name!r} more than once")
    return parts


def _check_output(args):
    """Refuse what could not be written in the end."""
    check_report(args)
    if args.csv is not None:
        check_file("--csv", args.csv)
    if args.out is not None:
        make_folder("--out", args.out)
