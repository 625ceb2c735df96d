"""What a strategy costs in computing time, as a function of the long table."""

from __future__ import annotations

import numpy as np

from skactive.simulation._metrics import KEYS

TIMES = ["query_time", "fit_time"]


def normalized_cost(frame, baseline):
    """Seconds of query and training per round, and their ratio to the baseline's.

    Parameters
    ----------
    frame : DataFrame
        The long table, with the columns ``query_time`` and ``fit_time``. Rows that
        differ only in metric and score count once.
    baseline : str
        A strategy of the table.

    Returns
    -------
    cost : DataFrame
        A row per strategy, with ``query_time``, ``fit_time`` and ``cost``.

    Raises
    ------
    ValueError
        If the times are missing, negative or not finite.
    """
    missing = [name for name in TIMES if name not in frame]
    if missing:
        raise ValueError(
            f"The table lacks the columns {missing}; costs are computed from the "
            "seconds of every round."
        )
    # Every scoring repeats the times of its round.
    frame = frame.drop_duplicates(KEYS)
    times = frame[TIMES].to_numpy(dtype=float)
    bad = frame[~(np.isfinite(times) & (times >= 0)).all(axis=1)]
    if len(bad):
        raise ValueError(
            f"{len(bad)} rounds have times that are no seconds, first "
            f"{bad.iloc[0][[*KEYS, *TIMES]].to_dict()}."
        )
    cost = frame.groupby("strategy", sort=False)[TIMES].mean()
    seconds = cost.sum(axis=1)
    reference = seconds[baseline]
    cost["cost"] = seconds / (reference if reference > 0 else np.nan)
    return cost
