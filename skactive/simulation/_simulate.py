"""Replay active learning on labels that are known already."""

from __future__ import annotations

from skactive.simulation._conditions import Condition
from skactive.simulation._play import play
from skactive.simulation._result import SimulationResult


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
    checkpoint=None,
    on_error="mark",
    batch_repeats=False,
):
    """Measure what query strategies would have saved on labels that are known.

    The comparison is paired: in one repeat, all strategies share the split, the seed
    set and the seeds of the model. Every repeat draws its own. A learner sees the
    labels it asked for and no others, not even which classes there are.

    An estimator whose ``fit`` takes `X_unlabeled`, such as those of
    `skactive.semisupervised`, gets the samples of the pool that were not asked so far;
    with `pool_ratio`, whose pools are thrown away, none.

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
        Size of the seed set. For a classifier, a seed set of one class is
        extended, sample by sample, until it has two. The extra labels count: the next
        rounds of that repeat ask less, or nothing, until the others have caught up.
    n_queries : int
        Samples asked per round; the last batch is cut to fit the budget.
    budget : int
        Labels spent in total, the seed set included.
    initial : str or QueryStrategy, default='random'
        How the seed set is chosen: ``'random'``; a strategy that needs no model, or the
        name of one, such as ``'kmeans'``; or ``'stratified'``, in proportion to the
        classes, which nobody can do who has no labels yet. For a Problem, a strategy
        chooses from ten times the seed set, but at least 1000 samples.
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
        are not supported; within ``joblib.parallel_config(backend="dask")``, campaigns
        run on a cluster.
    verbose : int, default=0
        Above 0, a progress bar on stderr; with `batch_repeats` one for each process,
        which counts rounds instead of campaigns.
    pool_ratio : float, default=None
        For a Problem: every round draws a fresh pool of ``pool_ratio * n_queries``
        samples (rounded up), and what is not asked is thrown away. In the same round of
        a repeat, all strategies get the same pool; the pool of a smaller ratio is the
        beginning of that of a larger one. None: one pool of `pool_size` samples for the
        whole campaign.
    pool_size : int, default=None
        For a Problem: size of the pool that is drawn once per repeat, beside the seed
        set. None: 1000, or ten times what is asked from it if that is more.
    checkpoint : str or Path, default=None
        A folder for finished rounds: a file for each strategy and repeat, a line for
        each round. A call that was killed goes on where it stopped and gives the same
        table. A later call may add strategies and repeats; everything else must be the
        same. Folders that several machines have filled with one `random_state` may be
        copied into one. Every process that plays writes there.
    on_error : {'mark', 'raise'}, default='mark'
        What becomes of an exception in a fit, a query or a score. 'mark': it ends its
        campaign, the others go on, a warning names it, and ``result.failures`` has it
        with its traceback; its strategy is not compared. If it was the baseline's, it
        is raised at last. 'raise': it is raised at once, as a MissingCapability always
        is.
    batch_repeats : bool, default=False
        Train the nets of all campaigns that hold equally many labels at once, in as
        many groups as `n_jobs` says: several times faster where nets are small. Scores
        and picks are those of training apart as far as rounding lets them: the seeds
        are the same, sums are taken in another order. The estimator is a net of
        :mod:`skactive.nets` or skorch's own, or a Pipeline that ends in one, and its
        training the loop over batches and no more; what does not qualify is refused
        before anything is trained. A fit takes its share of the time of all.

    Returns
    -------
    result : SimulationResult
        The curves, who asked what, and what it shows: ``print(result)``.

    Raises
    ------
    ValueError
        If sizes do not fit together, a name is unknown, or a label is there twice;
        before anything is fitted; if nets cannot be trained at once as `batch_repeats`
        wants it; or if the rounds in the checkpoint were played with another setting.

    Warns
    -----
    FitFailedWarning
        If campaigns failed.

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
    played = play(
        "simulate",
        Condition(n_initial, n_queries, budget, initial, estimator),
        X,
        y,
        strategies=strategies,
        baseline=baseline,
        n_repeats=n_repeats,
        test_size=test_size,
        X_test=X_test,
        y_test=y_test,
        scoring=scoring,
        random_state=random_state,
        n_jobs=n_jobs,
        verbose=verbose,
        pool_ratio=pool_ratio,
        pool_size=pool_size,
        checkpoint=checkpoint,
        on_error=on_error,
        batch_repeats=batch_repeats,
    )
    return SimulationResult.from_frame(**played._asdict())
