"""Experiments of published studies."""

from __future__ import annotations

from skactive.cli._errors import UserError, say
from skactive.cli._plan import Plan


def plan_setting(args, seed):
    """Load a setting, its data too; what the arguments name goes before it."""
    from skactive.simulation import settings

    for option, remedy in {
        "estimator": "it brings its own",
        "max_rows": "use --scale",
    }.items():
        if getattr(args, option) is not None:
            name = option.replace("_", "-")
            raise UserError(f"--{name} does not go with --setting; {remedy}")
    setting = settings.load(args.setting, scale=args.scale, device=args.device)
    params = setting.simulate_params
    named = ("n_initial", "n_queries", "budget", "n_repeats")
    params |= {n: getattr(args, n) for n in named if getattr(args, n) is not None}
    if args.strategies is None:
        for label, why in setting.left_out.items():
            say(f"Left out {label}: {why}.")
    else:
        own = params["strategies"]  # by label; some have a net of their own
        params["strategies"] = {name: own.get(name, name) for name in args.strategies}
        if params["baseline"] not in args.strategies:
            params["baseline"] = None
    params |= setting.load_data(data_home=args.data_home, random_state=seed)
    facts = {
        "setting": args.setting,
        "scale": args.scale,
        "estimator": type(params["estimator"]).__name__,
    }
    return Plan(params, "classification", facts)
