"""Sizes of a campaign that nobody has named."""

from __future__ import annotations

from skactive.cli._errors import say

_N_ROUNDS = 9


def choose_sizes(args, y, task):
    """Fill in `budget`, `n_initial` and `n_queries`.

    Parameters
    ----------
    args : Namespace
    y : ndarray or None
        All labels; a quarter of them is for scoring. None: there is no end of them.
    task : str

    Returns
    -------
    sizes : dict
        Arguments of `simulate`. What the user has named is passed on as it is.
    """
    budget, n_initial, n_queries = args.budget, args.n_initial, args.n_queries
    if budget is None:
        budget = 200 if y is None else min(200, max(1, len(y) * 3 // 8))
        budget = max(budget, n_initial or 1)
    if n_initial is None:
        two_per_class = 2 * len(set(y)) if task == "classification" else 0
        n_initial = max(1, min(max(20, two_per_class), budget // 2))
    if n_queries is None:
        n_queries = max(1, -(-(budget - n_initial) // _N_ROUNDS))
    sizes = {"n_initial": n_initial, "n_queries": n_queries, "budget": budget}
    sizes["n_repeats"] = 5 if args.n_repeats is None else args.n_repeats
    say("Sizes: " + ", ".join(f"{name} {value}" for name, value in sizes.items()) + ".")
    return sizes
