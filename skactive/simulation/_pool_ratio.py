"""How much a strategy's gain depends on the size of its pool."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.base import is_classifier

import skactive
from skactive import strategies as registry
from skactive.simulation._arguments import (
    check_sizes,
    describe_scoring,
    is_problem,
    make_learners,
    make_scorers,
    plan_of_problem,
)
from skactive.simulation._campaign import Campaign
from skactive.simulation._cells import make_tables, run_cells
from skactive.simulation._checkpoint import Checkpoint, check_file_labels
from skactive.simulation._loop import label_totals
from skactive.simulation._pool_ratio_result import BASELINE, PoolRatioResult
from skactive.utils import check_ratio, derive_seed, describe, draw_seed


class _Key(NamedTuple):
    strategy: object  # its label
    ratio: float
    repeat: int


def pool_ratio_study(
    problem,
    estimator,
    strategies,
    ratios=(2, 4, 8, 16, 32, 64),
    *,
    n_initial,
    n_queries,
    budget,
    n_repeats=5,
    scoring="neg_mean_squared_error",
    random_state=None,
    n_jobs=None,
    verbose=0,
    checkpoint=None,
    test_size=1000,
):
    """Measure strategies against random choice for several sizes of the pool.

    The **pool ratio** is the size of the pool divided by the size of the batch that is
    asked from it. Who labels with a simulator chooses it, and cannot try several: that
    would cost the labels that were to be saved. So a strategy should win at any ratio.

    Every round draws a fresh pool, as :func:`~skactive.simulate` does with
    ``pool_ratio``. In one repeat everything is paired: strategies and ratios share the
    seed set, the test set and the seeds of the model, and the pool of a smaller ratio
    is the beginning of that of a larger one.

    Parameters
    ----------
    problem : Problem
        Draws candidates and labels what is asked.
    estimator : estimator
        The model that is taught.
    strategies : list, or dict of label -> strategy
        As for :func:`~skactive.simulate`. Random choice is always added.
    ratios : sequence of float, default=(2, 4, 8, 16, 32, 64)
        The pool ratios, each at least 1.
    n_initial, n_queries, budget : int
        As for :func:`~skactive.simulate`.
    n_repeats : int, default=5
        Number of repeats; a single one has no verdicts.
    scoring : str, callable, list, dict or None, default='neg_mean_squared_error'
        As for :func:`~skactive.simulate`; it must not change its sign.
    random_state : int, RandomState, Generator or None, default=None
        Seed of everything. None: that of the checkpoint, else fresh entropy.
    n_jobs : int, default=None
        Number of processes (:class:`joblib.Parallel`); the table is the same for every
        value, times apart.
    verbose : int, default=0
        Above 0, a progress bar on stderr.
    checkpoint : str or Path, default=None
        A folder for finished rounds: one file for each strategy, ratio and repeat. A
        later call plays only what is missing. It may add strategies, ratios and
        repeats; everything else must be the same.
    test_size : int, default=1000
        Number of test samples, drawn once per repeat.

    Returns
    -------
    result : PoolRatioResult

    Raises
    ------
    ValueError
        As :func:`~skactive.simulate`; or if the cells in the checkpoint were computed
        with another setting.

    Notes
    -----
    Random choice runs once per repeat, at ratio 1, where the pool is the batch, and is
    the reference at every ratio: samples chosen at random from a fresh random pool are
    fresh random samples, however large the pool was. Its samples are the beginning of
    the pools of all ratios.

    References
    ----------
    Ren et al. (2023), "Does Deep Active Learning Work in the Wild?", arXiv:2302.00098.

    Examples
    --------
    >>> from sklearn.kernel_ridge import KernelRidge
    >>> from skactive.datasets import robot_arm
    >>> from skactive.simulation import pool_ratio_study
    >>> model = KernelRidge(kernel="rbf", gamma=0.1, alpha=1e-3)
    >>> result = pool_ratio_study(robot_arm(), model, ["gsx"], ratios=(2, 16),
    ...                           n_initial=20, n_queries=10, budget=80,
    ...                           random_state=0)
    >>> result.nauc()["verdict"].tolist()
    ['no difference shown', 'better']
    """
    check_sizes(
        n_initial=n_initial, n_queries=n_queries, budget=budget, n_repeats=n_repeats
    )
    if not is_problem(problem):
        raise ValueError(
            f"problem={problem!r} is no Problem; a table has no fresh pools."
        )
    plan = plan_of_problem(
        problem, None, None, test_size=test_size, pool_ratio=1, pool_size=None
    )
    ratios = _check_ratios(ratios)
    learners = _with_baseline(estimator, make_learners(estimator, strategies))
    scorers = make_scorers(scoring)
    setting = {
        "problem": problem.name,
        "bounds": problem.bounds.tolist(),
        "estimator": describe(estimator),
        "n_initial": int(n_initial),
        "n_queries": int(n_queries),
        "budget": int(budget),
        "scoring": describe_scoring(scoring),
        "test_size": int(test_size),
        "version": skactive.__version__,
    }
    store = None if checkpoint is None else Checkpoint(checkpoint)
    seed = draw_seed(random_state) if store is None else store.seed(random_state)
    setting["random_state"] = seed
    repeats = [
        plan(
            derive_seed(seed, "repeat", number),
            initial="random",
            n_initial=n_initial,
            budget=budget,
            classifier=any(map(is_classifier, learners.values())),
        )
        for number in range(n_repeats)
    ]
    # A function has no name that tells it from all others; its answers do.
    setting["labels of the first test set"] = describe(repeats[0].test()[1])
    if store is not None:
        check_file_labels("strategies", learners)
        store.agree(setting, {("strategy", n): describe(learners[n]) for n in learners})
    totals = label_totals(n_initial, n_queries, budget)
    cells = {
        _Key(label, ratio, number): Campaign(learner, repeat.with_ratio(ratio), totals)
        for label, learner in learners.items()
        for ratio in (ratios if label != BASELINE else [1])
        for number, repeat in enumerate(repeats)
    }
    outcomes = run_cells(
        cells,
        scorers,
        name="pool_ratio_study",
        n_jobs=n_jobs,
        verbose=verbose,
        checkpoint=store,
    )
    frame, picks, _ = make_tables(outcomes, problem.input_names)
    return PoolRatioResult(frame, picks, setting=setting)


def _check_ratios(ratios):
    if not isinstance(ratios, list | tuple | range | np.ndarray):
        raise ValueError(f"ratios={ratios!r}; pass a list of numbers.")
    for ratio in ratios:
        check_ratio("a ratio of ratios", ratio)
    # 2 and 2.0 are one ratio, also in the names of files.
    ratios = [int(r) if r == int(r) else float(r) for r in ratios]
    if not ratios or len(set(ratios)) < len(ratios):
        raise ValueError(f"ratios={ratios}; pass at least one, and each once.")
    return ratios


def _with_baseline(estimator, learners):
    """The learners, random choice first."""
    chooser = registry.get(BASELINE)
    baseline = learners.pop(BASELINE, None)
    if baseline is None:
        baseline = make_learners(estimator, [BASELINE])[BASELINE]
    if not isinstance(baseline.strategy, type(chooser)):
        raise ValueError(
            f"The label {BASELINE!r} is that of random choice, which the others are "
            "compared with; give this strategy another one."
        )
    if not learners:
        raise ValueError("strategies holds nothing to compare with random choice.")
    return {BASELINE: baseline, **learners}
