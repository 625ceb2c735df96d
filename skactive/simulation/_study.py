"""Simulations that differ in one thing: where does active learning still pay."""

from __future__ import annotations

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import ShuffleSplit

from skactive.simulation._arguments import (
    check_data,
    check_sizes,
    check_test_size,
    is_problem,
)
from skactive.simulation._conditions import FACTORS, Condition
from skactive.simulation._play import play
from skactive.simulation._study_result import StudyResult


def study(
    estimator,
    X,
    y=None,
    *,
    vary,
    values=None,
    strategies,
    n_initial=None,
    n_queries=None,
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
    checkpoint=None,
    on_error="mark",
    batch_repeats=False,
):
    """Simulate at several values of one thing, all else the same.

    What active learning saves depends on how large the first set is, how many samples
    are asked at a time, how many copies the pool holds and more. One call varies one of
    these. Everything is paired: in a repeat, strategies and values share the seeds of
    split, seed set and model, as far as the value allows.

    Parameters
    ----------
    estimator : estimator
        The model that is taught; may be None where models are varied.
    X : {array-like, sparse matrix, DataFrame, list} of n_samples rows, or Problem
        As for :func:`~skactive.simulate`.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        The labels; None for a Problem.
    vary : str
        What is varied; in brackets the values by default:

        - ``'n_initial'``: labels to begin with (`n_initial`, twice and four times);
        - ``'n_queries'``: labels per round (`n_queries`, twice and four times);
        - ``'initial'``: the seed set (random, kmeans, facility_location);
        - ``'estimator'``: the model, as a dict of label -> estimator;
        - ``'pool_size'``: how many unlabeled samples there are, a share (float) or a
          number (int) of those not held out (0.25, 0.5, 1.0);
        - ``'redundancy'``: how often samples are there: a tenth of the pool is there
          once, the rest are copies, so many of each (1, 2, 5, 10, as far as the
          largest class has room for them);
        - ``'jitter'``: the same with five near copies, so many standard deviations of
          each column apart (0.0, 0.05, 0.2, 0.5);
        - ``'n_per_class'``: samples of each class (three numbers, up to the smallest
          class);
        - ``'imbalance'``: size of the largest class by that of the smallest, with
          those between on a geometric scale (1, 4, 16);
        - ``'label_noise'``: share of the answers that are wrong, for regressors noise
          in standard deviations of the labels (0.0, 0.1, 0.2, 0.4). The test set is
          clean.

        All from ``'pool_size'`` on need a table, and change only what may be asked.
        What the table cannot give is refused before anything is trained: more copies of
        a sample than there is room for, fewer different samples than `n_initial`, a
        class of less than one sample, a pool smaller than the budget.
    values : list, or dict of label -> value, default=None
        The values. Strategies and estimators need labels, in a dict.
    strategies : list, or dict of label -> strategy
        As for :func:`~skactive.simulate`, as are all that follow. An estimator that a
        strategy brings along is not varied.
    n_initial, n_queries : int, default=None
        Labels to begin with, and per round. What is varied may be left out, but for the
        values by default, which are made from it.
    budget : int
        Labels in all.
    initial : str or QueryStrategy, default='random'
        How the seed set is chosen.
    baseline : str, default=None
        Label of the strategy the others are compared with.
    n_repeats : int, default=5
        Number of repeats.
    test_size : float or int, default=None
        Share or number of samples kept for scoring.
    X_test, y_test : default=None
        A fixed test set.
    scoring : str, callable, list, dict or None, default=None
        What is measured.
    random_state : int, RandomState, Generator or None, default=None
        Seed of everything.
    n_jobs : int, default=None
        Number of processes.
    verbose : int, default=0
        Above 0, a progress bar on stderr; with `batch_repeats` one for each process,
        which counts rounds instead of campaigns.
    checkpoint : str or Path, default=None
        A folder for finished rounds; a later call may also add values.
    on_error : {'mark', 'raise'}, default='mark'
        What becomes of an exception.
    batch_repeats : bool, default=False
        Whether nets of several campaigns are trained at once.

    Returns
    -------
    result : StudyResult
        ``result.summary()``, ``result.plot()``; a SimulationResult for each value.

    Raises
    ------
    ValueError
        As for :func:`~skactive.simulate`, or if values do not fit; the message says
        which.

    See Also
    --------
    pool_ratio_study : Size of a pool that is drawn anew in each round.

    References
    ----------
    Beck et al. (2021), "Effective Evaluation of Deep Active Learning on Image
    Classification Tasks", arXiv:2106.15324, for redundancy and examples per class; Li
    et al. (2022), "An Empirical Study on the Efficacy of Deep Active Learning for Image
    Classification", arXiv:2212.03088, for the first set and the unlabeled samples.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.simulation import study
    >>> X, y = load_digits(return_X_y=True)
    >>> result = study(GaussianNB(), X, y, vary="redundancy", values=[1, 10],
    ...                strategies=["random", "entropy"], n_initial=20, n_queries=20,
    ...                budget=100, n_repeats=3, random_state=0)
    >>> result.values
    [1, 10]
    >>> result.summary().index.names
    FrozenList(['redundancy', 'strategy'])
    """
    if vary not in list(FACTORS):
        raise ValueError(f"vary={vary!r}; pass one of {list(FACTORS)}.")
    factor = FACTORS[vary]
    if factor.table_only and is_problem(X):
        raise ValueError(
            f"vary={vary!r} changes a table, and X is a Problem; pass X and y, or see "
            "pool_ratio_study."
        )
    if estimator is None and vary != "estimator":
        raise ValueError("estimator=None is for vary='estimator' only; pass the model.")
    values = _named_values(vary, values)
    if factor.classes_only and not is_classifier(estimator):
        raise ValueError(
            f"vary={vary!r} is about classes, and {type(estimator).__name__} is no "
            "classifier."
        )
    base = Condition(n_initial, n_queries, budget, initial, estimator)
    sizes = base.sizes
    if values is not None and sizes.get(vary, 0) is None:
        del sizes[vary]
    check_sizes(**sizes, n_repeats=n_repeats)
    if values is None:
        if factor.values is None:
            raise ValueError(f"vary={vary!r} needs values, a dict of label -> value.")
        n_train = None if is_problem(X) else _n_train(X, y, X_test, y_test, test_size)
        values = {value: value for value in factor.values(base, y, n_train)}
    played = play(
        "study",
        base,
        X,
        y,
        conditions={
            label: factor.change(base, value) for label, value in values.items()
        },
        factor=vary,
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
        checkpoint=checkpoint,
        on_error=on_error,
        batch_repeats=batch_repeats,
    )
    return StudyResult(**played._asdict(), factor=vary, axis_label=factor.axis)


def _n_train(X, y, X_test, y_test, test_size):
    """Number of samples that a test set leaves."""
    _, y, X_test, _ = check_data(X, y, X_test, y_test)
    if X_test is not None:
        return len(y)
    split = ShuffleSplit(1, test_size=check_test_size(test_size), random_state=0)
    return len(next(split.split(y))[0])


def _named_values(vary, values):
    """A dict of label -> value, or None."""
    if values is None or isinstance(values, dict):
        if values is not None and not values:
            raise ValueError("values={}; pass at least one.")
        return values
    if isinstance(values, str) or not np.iterable(values):
        raise ValueError(
            f"values={values!r}; pass a list, or a dict of label -> value."
        )
    values = list(values)
    plain = all(isinstance(v, str | int | float | np.number) for v in values)
    if not values or not plain or len(set(values)) < len(values):
        raise ValueError(
            f"values={values!r} of {vary}; pass at least one number or name, each "
            "once, or a dict of label -> value."
        )
    return {value: value for value in values}
