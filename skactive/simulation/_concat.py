"""Join what several machines, or several calls, have measured."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np

_KEY = ["strategy", "repeat"]
_OWN = "own_models"  # in a setting
_ROUNDING = 1e-6  # relative; processors differ in the last digits


class Campaign(NamedTuple):
    """What one strategy did in one repeat: a part of each table of a result."""

    frame: object
    picks: object
    failures: object


def join_results(results):
    """Join simulations of one setting.

    Parameters
    ----------
    results : list of SimulationResult
        Not empty.

    Returns
    -------
    parts : dict
        Arguments of ``SimulationResult.from_frame`` for all of them.

    Raises
    ------
    ValueError
        If the settings differ, or results contradict each other.
    """
    import pandas as pd

    _check_settings(results)
    firsts = _first_repeats(results)
    campaigns, labels = {}, {}
    for result in results:
        for key, campaign in _campaigns(result, firsts[_seeds(result)]).items():
            if key in campaigns:
                _check_same(key, campaigns[key], campaign)
            campaigns.setdefault(key, campaign)
            labels.setdefault(key[0], len(labels))
    in_order = sorted(campaigns, key=lambda key: (labels[key[0]], key[1]))
    frame, picks, failures = (
        pd.concat([t for t in kind if len(t)] or [kind[0]], ignore_index=True)
        for kind in zip(*(campaigns[key] for key in in_order), strict=True)
    )
    first = results[0]
    setting = first.setting
    if setting is not None:
        if "round" in picks:  # not where no result has picks
            _check_seed_sets(picks)
        _check_first_scores(results)
        seeds = [seed for group in firsts for seed in group]
        if len(seeds) > 1:
            setting = {**setting, "random_state": seeds}
        own = [label for result in results for label in _own_models(result)]
        if own:
            setting = {**setting, _OWN: list(dict.fromkeys(own))}
    same_baseline = all(result.baseline == first.baseline for result in results)
    return {
        "frame": frame,
        "picks": None if any(result.picks is None for result in results) else picks,
        "failures": failures,
        "greater_is_better": first.greater_is_better,
        "baseline": first.baseline if same_baseline else None,
        "setting": setting,
    }


def _check_settings(results):
    facts = [
        {
            **{
                name: repr(value)
                for name, value in (result.setting or {}).items()
                if name != _OWN
            },
            "random_state": "known" if result.setting else "unknown",
            "greater_is_better": str(result.greater_is_better),
            "metrics": str(sorted(result.metrics)),
        }
        for result in results
    ]
    for number, other in enumerate(facts):
        for name in {**facts[0], **other}:
            one, another = facts[0].get(name), other.get(name)
            if one != another:
                raise ValueError(
                    f"{name} is {one} in results[0] and {another} in "
                    f"results[{number}]; only simulations of one setting can be joined."
                )


def _seeds(result):
    """The seed of a result, or those that were joined in it."""
    seeds = (result.setting or {}).get("random_state")
    return tuple(seeds) if isinstance(seeds, list) else (seeds,)


def _first_repeats(results):
    """Number of the first repeat, in the joined result, for each kind of seeds."""
    n_repeats = {}
    for result in results:
        tables = result._frame, result.failures
        last = max(table["repeat"].max() for table in tables if len(table))
        seeds = _seeds(result)
        n_repeats[seeds] = max(n_repeats.get(seeds, 0), last + 1)
    every = [seed for seeds in n_repeats for seed in seeds]
    twice = sorted({seed for seed in every if every.count(seed) > 1})
    if twice:
        raise ValueError(
            f"Repeats of random_state={twice[0]} are in a joined result and in another "
            "one, and would count twice; join all results at once."
        )
    firsts, n_before = {}, 0
    for seeds, n in n_repeats.items():
        firsts[seeds] = n_before
        n_before += n
    return firsts


def _campaigns(result, n_before):
    """A dict of (strategy, repeat) -> Campaign, its repeats renumbered."""
    tables = result._frame, result.picks, result.failures
    tables = [result._frame[:0][_KEY] if table is None else table for table in tables]
    tables = [table.assign(repeat=table["repeat"] + n_before) for table in tables]
    groups = [dict(list(table.groupby(_KEY, sort=False))) for table in tables]
    return {
        key: Campaign(
            *(
                group.get(key, table[:0])
                for group, table in zip(groups, tables, strict=True)
            )
        )
        for key in {**groups[0], **groups[2]}
    }


def _check_same(key, one, other):
    """Refuse two campaigns of one name that differ in more than their times."""
    from pandas.testing import assert_frame_equal

    try:
        for a, b in zip(map(_untimed, one), map(_untimed, other), strict=True):
            assert_frame_equal(a, b, check_dtype=False, rtol=_ROUNDING)
    except AssertionError as error:
        strategy, repeat = key
        raise ValueError(
            f"strategy {strategy!r}, repeat {repeat}, is in two results and differs "
            "between them: they were measured on other data or by other code."
        ) from error


def _untimed(table):
    table = table.drop(columns=["fit_time", "query_time", "traceback"], errors="ignore")
    if "metric" in table:
        table = table.sort_values(["round", "metric"])
    return table.reset_index(drop=True)


def _check_first_scores(results):
    """Refuse results of one seed whose model scores differently on one seed set."""
    firsts = [_first_scores(result) for result in results]
    for (i, one), (j, other) in combinations(enumerate(firsts), 2):
        if _seeds(results[i]) != _seeds(results[j]):
            continue
        for repeat, metric in sorted(one.keys() & other.keys()):
            a, b = one[repeat, metric], other[repeat, metric]
            pairs = a.to_numpy()[:, None], b.to_numpy()
            # What fits exactly has an error of rounding alone.
            if not np.isclose(*pairs, rtol=_ROUNDING, atol=1e-12).any():
                raise ValueError(
                    f"{a.index[0]!r} in results[{i}] and {b.index[0]!r} in "
                    f"results[{j}] begin repeat {repeat} with {metric}={a.iloc[0]:.6g} "
                    f"and {b.iloc[0]:.6g}, though with one seed and one model: they "
                    "were measured on other data, by another scorer or by other code, "
                    "and are not paired."
                )


def _first_scores(result):
    """Scores of the common model on the seed set, for each repeat and metric."""
    first = result._frame[result._frame["round"] == 0]
    first = first[~first["strategy"].isin(_own_models(result))].set_index("strategy")
    return dict(list(first.groupby(["repeat", "metric"])["score"]))


def _own_models(result):
    """Labels of learners that brought a model of their own."""
    return (result.setting or {}).get(_OWN, [])


def _check_seed_sets(picks):
    """Refuse strategies that did not begin with the same samples."""
    first = picks[picks["round"] == 0]
    for repeat, part in first.groupby("repeat"):
        seed_sets = {
            strategy: rows.drop(columns=_KEY).to_numpy().tolist()
            for strategy, rows in part.groupby("strategy", sort=False)
        }
        label, *others = seed_sets
        for other in others:
            if seed_sets[other] != seed_sets[label]:
                raise ValueError(
                    f"{label!r} and {other!r} have other seed sets in repeat {repeat}: "
                    "they were measured on other data, and are not paired."
                )
