"""What is said of a strategy against the baseline, and when nothing can be."""

from __future__ import annotations

from skactive.simulation._paired_test import differences_of, mean_differs


def end_alike(summary):
    """Whether nothing can be shown, as all end at the baseline's score in every repeat.

    They do where the budget takes the whole pool.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.
    """
    others = summary[summary["verdict"] != "baseline"]
    return len(others) > 0 and bool((others["efficiency_low"] == 1).all())


def contradicted(summary):
    """Strategies whose interval is at 1 or above, and the estimate below the interval.

    The interval aims at the baseline's last mean score, with all its labels. The
    estimate aims at the end of the monotone curve, which is higher where the mean dips
    at the end, and there before the end where the mean levels off.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.

    Returns
    -------
    labels : list
    """
    low, estimate = summary["efficiency_low"], summary["efficiency"].fillna(0)
    missed = (low >= 1) & (estimate <= 1) & (estimate < low)
    return list(summary.index[missed])


def missed_by_intervals(summary):
    """Strategies with fewer labels whose estimate is outside of the interval.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.

    Returns
    -------
    labels : list
    """
    best = summary[summary["verdict"] == "fewer labels"]
    columns = ["efficiency_low", "efficiency", "efficiency_high"]
    low, estimate, high = best[columns].to_numpy().T
    below, above = differences_of(low, estimate) > 0, differences_of(estimate, high) > 0
    return list(best.index[below | above])


def repeats_differ(scores):
    """Whether there are two repeats that differ in the score of some round.

    They do not where they are copies, of one test set, one seed set, and strategies
    and a model without chance, nor where the score is perfect throughout.

    Parameters
    ----------
    scores : dict of str -> ndarray of shape (n_repeats, n_rounds)
    """
    return any(differences_of(own, own[:1]).any() for own in scores.values())


def are_alike(summary, n_repeats):
    """Whether all repeats have one score; then, as for one, nothing has an interval.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.
    n_repeats : int
    """
    return n_repeats > 1 and bool(summary["efficiency_low"].isna().all())


def judge(interval, lead, efficiency):
    """Put the efficiency, its interval and the lead over the baseline into words.

    All must agree. The interval looks at one height of the curves, where a strategy
    may be ahead by chance, or after it was behind all along. The estimate looks at a
    greater height where the baseline's mean dips at the end.

    Parameters
    ----------
    interval : (low, high)
        Of the efficiency; NaN for a single repeat, or several that are alike.
    lead : ndarray of shape (n_repeats, n_rounds)
        Over the baseline.
    efficiency : float
        The estimate; NaN, the target is never reached.
    """
    low, high = interval
    along = lead.mean(axis=1)
    if low > 1 and efficiency > 1 and mean_differs(along) > 0:
        return "fewer labels"
    # The efficiency of what is not reached within the budget is below a bound of 1.
    if high <= 1 and mean_differs(lead[:, -1]) < 0 and mean_differs(along) < 0:
        return "worse"
    return "no difference shown"
