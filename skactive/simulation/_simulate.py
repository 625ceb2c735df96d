"""Replay active learning on labels that are known already."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from sklearn.base import is_classifier

from skactive.simulation._arguments import (
    check_sizes,
    make_learners,
    make_plan,
    make_scorers,
)
from skactive.simulation._cells import make_tables, run_cells
from skactive.simulation._loop import label_totals
from skactive.simulation._result import SimulationResult
from skactive.utils import derive_seed, draw_seed


class _Key(NamedTuple):
    strategy: object  # its label
    repeat: int


def simulate(
    estimator,
    X,
    y=None,
    *,
    strategies,
    n_initial,
    n_queries,
    budget,
    initial="random",
    baseline=None,
    n_repeats=5,
    test_size=None,
    X_test=None,
    y_test=None,
    scoring=None,
    random_state=None,
    n_jobs=None,
    verbose=0,
    pool_ratio=None,
    pool_size=None,
):
    """Measure what query strategies would have saved on labels that are known.

    The comparison is paired: in one repeat, all strategies share the split, the seed
    set and the seeds of the model. Every repeat draws its own. A learner sees the
    labels it asked for and no others, not even which classes there are.

    The labels are those of a table, or a :class:`~skactive.datasets.Problem` computes
    them when they are asked for. Then the seed set, the test set and the pool are drawn
    from the problem's sampler, the same for all strategies of a repeat.

    Parameters
    ----------
    estimator : estimator
        The model that is taught. In each repeat every ``random_state`` of a clone of it
        (and of the strategies) is replaced by one of that repeat, set or not.
    X : {array-like, sparse matrix, DataFrame, list} of n_samples rows, or Problem
        All samples, with their labels known; or what draws and labels them.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        The labels. None for a Problem.
    strategies : list, or dict of label -> strategy
        Registered names or strategy objects (labeled with their class's name). Values
        of a dict may also be None, the learner's default, or an
        :class:`~skactive.ActiveLearner`, which brings its own estimator.
    n_initial : int
        Size of the random seed set. For a classifier, a seed set of one class is
        extended, sample by sample, until it has two. The extra labels count: the next
        rounds of that repeat ask less, or nothing, until the others have caught up.
    n_queries : int
        Samples asked per round; the last batch is cut to fit the budget.
    budget : int
        Labels spent in total, the seed set included.
    initial : {'random'}, default='random'
        How the seed set is drawn.
    baseline : str, default=None
        Label of the strategy the others are compared with. None: 'random' if it is
        there, else the first.
    n_repeats : int, default=5
        Number of repeats. One shows nothing, five are few.
    test_size : float or int, default=None
        Share or number of samples kept for scoring; stratified for classifiers where
        every class has enough samples. For a Problem, a number of samples. None: 0.25,
        or 1000 for a Problem. Unused if a test set is passed.
    X_test, y_test : default=None
        A fixed test set; all of `X` is then the pool.
    scoring : str, callable, list, dict or None, default=None
        Name of a scorer of scikit-learn or a callable ``scorer(estimator, X, y)`` that
        returns one number; a list of names or a dict of label -> either for several.
        None is the estimator's own ``score``. Higher is better.
    random_state : int, RandomState, Generator or None, default=None
        Seed of everything. None: fresh entropy; ``result.setting`` tells the seed.
    n_jobs : int, default=None
        Number of processes (:class:`joblib.Parallel`). The table is the same for every
        value, times apart: each task runs on one thread. Threads as a joblib back-end
        are not supported.
    verbose : int, default=0
        Above 0, a progress bar on stderr.
    pool_ratio : float, default=None
        For a Problem: every round draws a fresh pool of ``pool_ratio * n_queries``
        samples (rounded up), and what is not asked is thrown away. In the same round of
        a repeat, all strategies get the same pool; the pool of a smaller ratio is the
        beginning of that of a larger one. None: one pool of `pool_size` samples for the
        whole campaign.
    pool_size : int, default=None
        For a Problem: size of the pool that is drawn once per repeat, beside the seed
        set. None: 1000, or ten times what is asked from it if that is more.

    Returns
    -------
    result : SimulationResult
        The curves, who asked what, and what it shows: ``print(result)``.

    Raises
    ------
    ValueError
        If sizes do not fit together, a name is unknown, or a label is there twice;
        before anything is fitted. Exceptions of the estimator pass through.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import simulate
    >>> X, y = load_iris(return_X_y=True)
    >>> result = simulate(GaussianNB(), X, y, strategies=["random", "margin"],
    ...                   n_initial=10, n_queries=5, budget=22, random_state=0)
    >>> frame = result.to_frame()
    >>> frame.loc[frame["repeat"].eq(0), "n_labeled"].tolist()
    [10, 15, 20, 22, 10, 15, 20, 22]

    A problem in closed form, with a fresh pool of 80 points in every round:

    >>> from sklearn.kernel_ridge import KernelRidge
    >>> from skactive.datasets import robot_arm
    >>> result = simulate(KernelRidge(kernel="rbf"), robot_arm(), pool_ratio=8,
    ...                   strategies=["random", "gsx"], n_initial=20, n_queries=10,
    ...                   budget=50, random_state=0)
    >>> result.picks.columns[3:].tolist()
    ['base', 'angle_1', 'angle_2', 'angle_3']
    """
    check_sizes(
        n_initial=n_initial, n_queries=n_queries, budget=budget, n_repeats=n_repeats
    )
    plan, facts = make_plan(
        X,
        y,
        X_test,
        y_test,
        test_size=test_size,
        pool_ratio=pool_ratio,
        pool_size=pool_size,
        n_to_ask=budget - n_initial,
    )
    if initial != "random":
        raise ValueError(f"initial={initial!r} is not known; use 'random'.")
    learners = make_learners(estimator, strategies)
    if baseline is not None and baseline not in learners:
        raise ValueError(f"baseline={baseline!r} is not among {list(learners)}.")
    scorers = make_scorers(scoring)
    seed = draw_seed(random_state)
    repeats = [
        plan(
            derive_seed(seed, "repeat", number),
            n_initial=n_initial,
            budget=budget,
            classifier=any(map(is_classifier, learners.values())),
        )
        for number in range(n_repeats)
    ]
    cells = {
        _Key(label, number): (learners[label], repeats[number])
        for label, number in product(learners, range(n_repeats))
    }
    outcomes = dict(
        run_cells(
            cells,
            label_totals(n_initial, n_queries, budget),
            scorers,
            name="simulate",
            n_jobs=n_jobs,
            verbose=verbose,
        )
    )
    frame, picks = make_tables(
        {key: outcomes[key] for key in cells}, repeats[0].columns
    )
    setting = {
        "estimator": repr(estimator),
        **facts,
        "n_initial": n_initial,
        "n_queries": n_queries,
        "budget": budget,
        "random_state": seed,
    }
    return SimulationResult.from_frame(frame, picks, baseline=baseline, setting=setting)
