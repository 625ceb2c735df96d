"""What a labeling curve says, as pure functions of the long table.

The table has one row per strategy, repeat and round, with the columns ``strategy``,
``repeat``, ``round``, ``n_labeled`` and ``score``. The order of its rows plays no part.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

from skactive.simulation._paired_test import differences_of

KEYS = ["strategy", "repeat", "round"]
_N_TARGETS = 50


class PairedCurves(NamedTuple):
    """The long table as arrays; scores are signed so that higher is better."""

    n_labeled: np.ndarray  # (n_repeats, n_rounds)
    scores: dict[str, np.ndarray]  # label -> (n_repeats, n_rounds)


class Curve(NamedTuple):
    """One monotone labeling curve."""

    n_labeled: np.ndarray  # (n_rounds,)
    score: np.ndarray  # (n_rounds,)


def paired_curves(frame, greater_is_better=True):
    """Check the long table and turn it into arrays.

    Parameters
    ----------
    frame : DataFrame
        The long table.
    greater_is_better : bool, default=True
        If False, scores are losses; they are negated.

    Returns
    -------
    curves : PairedCurves

    Raises
    ------
    ValueError
        If a column or a round is missing, a round is there twice, strategies of one
        repeat hold different numbers of labels, or a score is not finite.
    """
    frame = _checked(frame)
    grid = frame.set_index(KEYS)
    labels = list(frame["strategy"].unique())
    scores = {label: grid["score"].loc[label].unstack() for label in labels}
    n_labeled = {label: grid["n_labeled"].loc[label].unstack() for label in labels}
    repeats, rounds = sorted(frame["repeat"].unique()), range(frame["round"].max() + 1)
    for label in labels:
        scores[label] = scores[label].reindex(index=repeats, columns=rounds)
        n_labeled[label] = n_labeled[label].reindex(index=repeats, columns=rounds)
        holes = np.argwhere(scores[label].isna().to_numpy())
        if len(holes):
            repeat, missing = repeats[holes[0, 0]], rounds[holes[0, 1]]
            raise ValueError(
                f"The table lacks {len(holes)} rounds of strategy {label!r}, first "
                f"round {missing} of repeat {repeat}; every strategy needs all rounds "
                "of all repeats."
            )
        if not n_labeled[label].equals(n_labeled[labels[0]]):
            raise ValueError(
                f"n_labeled of {label!r} and {labels[0]!r} differ in the same repeat "
                "and round; strategies are compared at equal numbers of labels."
            )
    sign = 1 if greater_is_better else -1
    return PairedCurves(
        n_labeled[labels[0]].to_numpy(dtype=float),
        {label: sign * scores[label].to_numpy(dtype=float) for label in labels},
    )


def without_rounding(curves, baseline):
    """Take the baseline's score where a strategy's differs by rounding alone.

    Parameters
    ----------
    curves : PairedCurves
    baseline : str

    Returns
    -------
    curves : PairedCurves
    """
    reference = curves.scores[baseline]
    scores = {
        label: np.where(differences_of(own, reference) == 0, reference, own)
        for label, own in curves.scores.items()
    }
    return curves._replace(scores=scores)


def check_columns(frame):
    """Refuse a table that lacks columns."""
    missing = [name for name in [*KEYS, "n_labeled", "score"] if name not in frame]
    if missing:
        raise ValueError(
            f"The table lacks the columns {missing}; it has {list(frame.columns)}."
        )


def _checked(frame):
    check_columns(frame)
    if not len(frame):
        raise ValueError("The table is empty; it needs at least one round.")
    lost = frame[KEYS].isna().any()
    if lost.any():
        raise ValueError(
            f"The columns {list(lost.index[lost])} have missing values; every row "
            "needs its strategy, repeat and round."
        )
    rounds = frame["round"].unique()
    if not all(isinstance(number, Integral) and number >= 0 for number in rounds):
        raise ValueError(
            f"round has the values {list(rounds)[:3]} and more, but rounds are "
            "integers from 0 on; convert them, such as by astype(int)."
        )
    repeats = frame["repeat"].unique()
    if len({isinstance(repeat, str) for repeat in repeats}) > 1:
        raise ValueError(
            f"repeat has the values {list(repeats)[:3]} and more; number the repeats, "
            "from 0 on."
        )
    twice = frame[frame.duplicated(KEYS)]
    if len(twice):
        raise ValueError(
            f"The table has {len(twice)} rounds twice, first "
            f"{twice.iloc[0][KEYS].to_dict()}; pass one metric at a time."
        )
    bad = frame[~np.isfinite(_numbers(frame, "score"))]
    if len(bad):
        raise ValueError(
            f"{len(bad)} scores are not finite, first {bad.iloc[0][KEYS].to_dict()}; "
            "choose a scoring that is defined in every round."
        )
    n_labeled = _numbers(frame, "n_labeled")
    bad = frame[~((n_labeled > 0) & np.isfinite(n_labeled))]
    if len(bad):
        raise ValueError(
            f"n_labeled={bad.iloc[0]['n_labeled']} in {bad.iloc[0][KEYS].to_dict()} "
            "must be above 0; leave out what was scored without labels."
        )
    by_round = frame.assign(n_labeled=n_labeled).sort_values("round")
    bad = by_round[by_round.groupby(KEYS[:2])["n_labeled"].diff() < 0]
    if len(bad):
        raise ValueError(
            f"n_labeled falls to {bad.iloc[0]['n_labeled']} in "
            f"{bad.iloc[0][KEYS].to_dict()}; it counts all labels held so far."
        )
    return frame


def _numbers(frame, name):
    try:
        return frame[name].to_numpy(dtype=float)
    except (ValueError, TypeError) as error:
        raise ValueError(f"The column {name} is not all numbers: {error}.") from error


def mean_curve(n_labeled, scores, envelope="isotonic"):
    """Mean over repeats, round by round, then the closest curve that never falls.

    Where the repeats' seed sets differ in size, the labels of a round are averaged like
    its scores.

    Parameters
    ----------
    n_labeled, scores : ndarray of shape (n_repeats, n_rounds)
    envelope : {'isotonic', 'cummax'}, default='isotonic'
        Isotonic regression, or the running maximum, which noise lifts.

    Returns
    -------
    curve : Curve
    """
    return Curve(n_labeled.mean(axis=0), monotone(scores.mean(axis=0), envelope))


def monotone(scores, envelope):
    """Lift or pool the scores of successive rounds so that they never fall."""
    if envelope == "isotonic":
        return isotonic_regression(scores).x
    if envelope == "cummax":
        return np.maximum.accumulate(scores)
    raise ValueError(f"envelope={envelope!r} is not known; use 'isotonic' or 'cummax'.")


def labels_to_reach(curve, target):
    """Labels at which the curve first reaches the target score.

    Between two rounds the logarithm of the number of labels is taken to grow linearly
    with the score.

    Parameters
    ----------
    curve : Curve
        Never falls.
    target : float

    Returns
    -------
    n_labeled : float
        NaN if the curve stays below; nothing is extrapolated.
    """
    n, score = curve
    # Means of the same scores in another order are the same.
    missed = differences_of(target, score)
    reached = np.flatnonzero(missed <= 0)
    if not len(reached):
        return np.nan
    r = reached[0]
    if r == 0:
        return float(n[0])
    share = missed[r - 1] / (missed[r - 1] - missed[r])
    return float(n[r - 1] ** (1 - share) * n[r] ** share)


def labeling_efficiency(
    frame, baseline, *, target=None, envelope="isotonic", greater_is_better=True
):
    """Labels the baseline needs, divided by the labels the strategy needs.

    Parameters
    ----------
    frame : DataFrame
        The long table.
    baseline : str
        A strategy of the table.
    target : float, 'grid' or None, default=None
        The score to reach. None: the last value of the baseline's curve. 'grid': 50
        scores that both curves pass.
    envelope : {'isotonic', 'cummax'}, default='isotonic'
        How mean curves are made monotone.
    greater_is_better : bool, default=True
        False for losses.

    Returns
    -------
    efficiency : Series or DataFrame
        One value per strategy: above 1, the strategy needs fewer labels; NaN, it never
        reaches the target. With 'grid', a row per strategy and target; no rows for a
        strategy whose curve passes no score that the baseline's passes.
    """
    import pandas as pd

    curves = without_rounding(paired_curves(frame, greater_is_better), baseline)
    sign = 1 if greater_is_better else -1
    means = {
        label: mean_curve(curves.n_labeled, scores, envelope)
        for label, scores in curves.scores.items()
    }
    reference = means[baseline]
    if isinstance(target, str):
        if target != "grid":
            raise ValueError(f"target={target!r}; pass a score, 'grid' or None.")
        rows = [
            (label, sign * a, efficiency_at(reference, curve, a))
            for label, curve in means.items()
            for a in _common_targets(reference, curve)
        ]
        return pd.DataFrame(rows, columns=["strategy", "target", "efficiency"])
    if target is not None and not isinstance(target, Real):
        raise ValueError(f"target={target!r}; pass one score, 'grid' or None.")
    a = reference.score[-1] if target is None else sign * target
    return pd.Series(
        {label: efficiency_at(reference, curve, a) for label, curve in means.items()},
        name="efficiency",
    ).rename_axis("strategy")


def efficiency_at(reference, curve, target):
    """Divide the labels two curves need for one target; NaN if one never gets there."""
    return labels_to_reach(reference, target) / labels_to_reach(curve, target)


def _common_targets(first, second):
    low = max(first.score[0], second.score[0])
    high = min(first.score[-1], second.score[-1])
    return np.linspace(low, high, _N_TARGETS) if low <= high else []


def average_performance_improvement(frame, baseline, *, greater_is_better=True):
    """Mean over repeats and rounds of the strategy's score minus the baseline's.

    Parameters
    ----------
    frame : DataFrame
        The long table.
    baseline : str
        A strategy of the table.
    greater_is_better : bool, default=True
        False for losses: then the baseline's loss minus the strategy's.

    Returns
    -------
    improvement : Series
        One value per strategy, in units of the score; above 0 is better. The seed
        set's round is included.
    """
    import pandas as pd

    curves = paired_curves(frame, greater_is_better)
    reference = curves.scores[baseline]
    return pd.Series(
        {label: (s - reference).mean() for label, s in curves.scores.items()},
        name="improvement",
    ).rename_axis("strategy")


def area_ratios(frame, baseline, *, scale="linear", greater_is_better=True):
    """Area under each strategy's curve, divided by that under the baseline's.

    Parameters
    ----------
    frame : DataFrame
        The long table.
    baseline : str
        A strategy of the table.
    scale : {'linear', 'log'}, default='linear'
        The axis of the labels.
    greater_is_better : bool, default=True
        False for losses.

    Returns
    -------
    ratios : dict of str -> ndarray of shape (n_repeats,)
        One ratio per repeat; NaN where the baseline's area is zero. All strategies of a
        repeat hold the same numbers of labels, so that both areas have one base.
    less_is_better : bool
        Whether a ratio below 1 is the better one.

    Raises
    ------
    ValueError
        If scores have both signs: the ratio of their areas says nothing.
    """
    curves = paired_curves(frame)
    less_is_better = _is_error(frame, greater_is_better)
    n_labeled = _on_scale(curves.n_labeled, scale)
    areas = {
        label: np.abs(np.trapezoid(scores, n_labeled, axis=1))
        for label, scores in curves.scores.items()
    }
    reference = np.where(areas[baseline] > 0, areas[baseline], np.nan)
    return {label: area / reference for label, area in areas.items()}, less_is_better


def _on_scale(n_labeled, scale):
    if scale not in ("linear", "log"):
        raise ValueError(f"scale={scale!r} is not known; use 'linear' or 'log'.")
    return n_labeled if scale == "linear" else np.log(n_labeled)


def _is_error(frame, greater_is_better):
    """Whether scores are errors, also such as were negated to be scores."""
    scores = frame["score"].to_numpy(dtype=float)
    if (scores >= 0).all():
        return not greater_is_better
    if (scores <= 0).all() and greater_is_better:
        return True
    raise ValueError(
        f"Scores from {scores.min():.3g} to {scores.max():.3g} have no nAUC, a ratio "
        "of areas; score by an error, such as 'neg_mean_squared_error', or by "
        "something that is never negative, such as 'accuracy'."
    )
