"""QueryStrategy and Score: what every strategy is, and all that its author writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import Tags

from skactive.exceptions import NotEnoughCandidates
from skactive.geometry import sum_is_finite, top_k
from skactive.utils import make_rng
from skactive.utils._sklearn import HasMethods, InvalidParameterError
from skactive.view import as_view

__all__ = ["Facts", "QueryStrategy", "Score", "StrategyTags"]


@dataclass(frozen=True)
class Facts:
    """What a strategy declares about itself.

    Parameters
    ----------
    task : {'both', 'classification', 'regression'}, default='both'
        What kind of model it works for.
    needs : tuple of str, default=()
        Outputs of the view that it needs, all of them; ``"proba|decision"`` means
        either.
    stochastic : bool, default=False
        Whether it draws at random, beyond breaking ties.
    diverse : bool, default=False
        Whether it never takes a copy of a picked sample while another one gains.
    cold_start : bool, default=False
        Whether it works before there is a model.
    quadratic : bool, default=False
        Whether its time grows with the square of the pool.
    cold_needs : tuple of str, default=None
        What of `needs` it needs before there is a model; None means all of it.
    """

    task: str = "both"
    needs: tuple = ()
    stochastic: bool = False
    diverse: bool = False
    cold_start: bool = False
    quadratic: bool = False
    cold_needs: tuple | None = None

    def __post_init__(self):
        if not isinstance(self.needs, tuple) or not all(
            isinstance(need, str) for need in self.needs
        ):
            raise TypeError(
                f"needs={self.needs!r} is not a tuple of names; write "
                'needs=("proba",), with the comma.'
            )

    def including(self, *parts):
        """Merge these facts with those of the parts a composite relies on.

        Parameters
        ----------
        *parts : Facts
            Facts of the parts.

        Returns
        -------
        facts : Facts

        Raises
        ------
        ValueError
            If one is for classification and another for regression.
        """
        tasks = {f.task for f in (self, *parts)} - {"both"}
        if len(tasks) > 1:
            raise ValueError(
                "One part is for classification and another for regression, and no "
                "model does both; take parts for one task."
            )
        cold_needs = None
        if any(f.cold_needs is not None for f in (self, *parts)):
            cold = [n for f in (self, *parts) for n in f.before_fit().needs]
            cold_needs = tuple(dict.fromkeys(cold))
        return Facts(
            task=tasks.pop() if len(tasks) == 1 else self.task,
            needs=tuple(dict.fromkeys(n for f in (self, *parts) for n in f.needs)),
            stochastic=any(f.stochastic for f in (self, *parts)),
            diverse=self.diverse,
            cold_start=all(f.cold_start for f in (self, *parts)),
            quadratic=any(f.quadratic for f in (self, *parts)),
            cold_needs=cold_needs,
        )

    def before_fit(self):
        """Take the facts as they are before there is a model.

        Returns
        -------
        facts : Facts
        """
        return self if self.cold_needs is None else replace(self, needs=self.cold_needs)


@dataclass
class StrategyTags(Tags):
    """scikit-learn's tags, and the facts of a strategy."""

    strategy: Facts = field(default_factory=Facts)


class QueryStrategy(BaseEstimator):
    """Base class of all strategies: choose rows of a pool.

    A subclass writes `_select`, and `_fit` if it looks at the labeled samples. Both
    get a checked `ModelView`; what `_select` returns is checked too. A parameter that
    is a strategy itself, `part` say, is left as it is: `fit` makes and fits a clone,
    ``part_``, and `_select` asks ``self._part("part")``. A list of (name, strategy)
    pairs is treated likewise: ``self._part("parts")`` is such a list too.

    Attributes
    ----------
    facts : Facts
        Class attribute: what the strategy declares. A composite overrides the method
        `_facts` instead.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive import QueryStrategy
    >>> class LongestFirst(QueryStrategy):
    ...     def _select(self, X, n_queries, given):
    ...         norms = np.linalg.norm(X.inputs(), axis=1)
    ...         norms[given] = -1
    ...         return np.argsort(-norms)[:n_queries]
    >>> LongestFirst().select([[1.0], [5.0], [3.0]], 2)
    array([1, 2])
    """

    facts = Facts()
    _parameter_constraints: dict = {}

    def fit(self, X, y=None):
        """Look at the labeled samples.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_labeled, ...)
            The labeled samples.
        y : array-like of shape (n_labeled,) or (n_labeled, n_targets), default=None
            Their labels.

        Returns
        -------
        self : QueryStrategy
        """
        self._validate_params()
        if not self.__dict__.pop("_resumed", False):
            self._make_parts(None)
        X = self._announce(as_view(X))
        y = None if y is None else np.asarray(y)
        for name in self._part_names():
            for part in _strategies_in(self._part(name)):
                part.fit(X, y)
        self._fit(X, y)
        self._table = X.table
        return self

    def select(self, X, n_queries=1, *, given=None):
        """Choose rows of the pool.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_candidates, ...)
            The pool.
        n_queries : int, default=1
            How many rows.
        given : array-like of int, default=None
            Rows of the pool that count as picked already; they are not chosen again.

        Returns
        -------
        rows : ndarray of shape (n_queries,), int64
            Distinct rows of X, most wanted first.

        Raises
        ------
        ValueError
            If ``n_queries < 1`` or `given` holds no rows of X.
        NotEnoughCandidates
            If there are fewer candidates than `n_queries`.
        MissingCapability
            If the model cannot tell what the strategy needs.
        """
        self._validate_params()
        X = self._pool(X)
        given = _check_given(given, len(X))
        check_n_queries(n_queries, len(X) - len(given))
        rows = np.asarray(self._select(X, n_queries, given))
        self._check_rows(rows, X, n_queries, given)
        return rows.astype(np.int64, copy=False)

    def resume(self, previous):
        """Take over what the strategy whose answers were taught last remembers.

        Called before `fit`. A strategy with a memory overrides it and copies arrays,
        keyed by the content of rows; nested strategies are walked here.

        Parameters
        ----------
        previous : QueryStrategy or None
            The fitted strategy of an earlier round.

        Returns
        -------
        self : QueryStrategy
        """
        self._make_parts(previous if type(previous) is type(self) else None)
        self._resumed = True
        return self

    def _validate_params(self):
        for name, constraints in self._parameter_constraints.items():
            value = getattr(self, name)
            strategy_wanted = any(
                isinstance(c, type) and issubclass(c, QueryStrategy)
                for c in constraints
            )
            if isinstance(value, type) and any(
                isinstance(c, HasMethods) for c in constraints
            ):
                raise InvalidParameterError(
                    f"{name}={value.__name__} of {type(self).__name__} is a class; "
                    f"pass an object, {value.__name__}()."
                )
            if strategy_wanted and (isinstance(value, str) or callable(value)):
                raise InvalidParameterError(
                    f"{name}={value!r} of {type(self).__name__} is no strategy object; "
                    "pass one, such as skactive.strategies.margin() with its brackets."
                )
        super()._validate_params()
        for name in self._part_names():
            for part in _strategies_in(getattr(self, name)):
                part._validate_params()
        self._facts()  # of parts that fit together

    def _part_names(self):
        params = self.get_params(deep=False)
        return [name for name, value in params.items() if _strategies_in(value)]

    def _make_parts(self, previous):
        for name in self._part_names():
            fresh = clone(getattr(self, name), safe=False)
            setattr(self, f"{name}_", fresh)
            old = _strategies_in(getattr(previous, f"{name}_", None))
            for part, before in zip_longest(_strategies_in(fresh), old):
                if part is not None:
                    part.resume(before)

    def _part(self, name):
        """The fitted clone of a parameter that holds strategies; a new one before."""
        fitted = getattr(self, f"{name}_", None)
        return clone(getattr(self, name), safe=False) if fitted is None else fitted

    def _fit(self, X, y):
        """Look at the labeled view `X` and the labels `y`; by default nothing is."""

    def _select(self, X, n_queries, given):
        raise TypeError(
            f"{type(self).__name__} does not say how to choose rows; write its method "
            "_select(self, X, n_queries, given)."
        )

    def _facts(self):
        return self.facts

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags = StrategyTags(**{f: getattr(tags, f) for f in tags.__dataclass_fields__})
        tags.strategy = self._facts()
        return tags

    def _rng(self, X, role="select"):
        """The generator of one use: from random_state, or from the view without one."""
        if "random_state" not in self.get_params(deep=False):
            return make_rng(X.seed, role)
        return make_rng(self.random_state, role)

    def _pool(self, X):
        """The pool as a view that gives what is needed, in the labeled coordinates."""
        X = as_view(X).sharing(getattr(self, "_table", None))
        check_capabilities(self._present_facts(), X, type(self).__name__)
        return self._announce(X)

    def _present_facts(self):
        facts = self._facts()
        return facts if hasattr(self, "_table") else facts.before_fit()

    def _announce(self, X):
        """Tell the view what will be asked for, so that one pass gives it all."""
        needs = self._present_facts().needs
        return X.expect(*(name for need in needs for name in need.split("|")))

    def _check_rows(self, rows, X, n_queries, given):
        name = type(self).__name__
        if rows.shape != (n_queries,) or rows.dtype.kind not in "iu":
            raise ValueError(
                f"{name}._select must return {n_queries} row numbers; it returned an "
                f"array of shape {rows.shape} and type {rows.dtype}."
            )
        if rows.min() < 0 or rows.max() >= len(X):
            raise ValueError(
                f"{name}._select returned rows outside of 0 to {len(X) - 1}."
            )
        if len(np.unique(np.concatenate([rows, given]))) != n_queries + len(given):
            raise ValueError(
                f"{name}._select returned a row twice, or one of the given rows."
            )


class Score(TransformerMixin, QueryStrategy):
    """Base class of strategies that score each sample by itself.

    A subclass writes `_score(X)`, which gives each sample of the view a number, higher
    meaning ask first. The batch is the best ones; ties are broken at random, seeded.

    Examples
    --------
    >>> from skactive import ModelView, Score
    >>> class Doubt(Score):
    ...     def _score(self, X):
    ...         return 1 - X.predict_proba().max(axis=1)
    >>> view = ModelView.from_outputs(proba=[[0.9, 0.1], [0.6, 0.4]])
    >>> Doubt().score_samples(view).tolist(), Doubt().select(view).tolist()
    ([0.09999999999999998, 0.4], [1])
    """

    def score_samples(self, X):
        """Score each sample; higher means ask first.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_samples, ...)
            The samples.

        Returns
        -------
        scores : ndarray of shape (n_samples,), float64

        Raises
        ------
        ValueError
            If a score is not finite.
        """
        self._validate_params()
        return self._checked_scores(self._pool(X))

    def transform(self, X):
        """Scores as one column, so that a score is a feature too.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_samples, ...)
            The samples.

        Returns
        -------
        scores : ndarray of shape (n_samples, 1), float64
        """
        return self.score_samples(X)[:, None]

    def get_feature_names_out(self, input_features=None):
        """Name of the one column.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of shape (1,)
        """
        return np.array([type(self).__name__.lower()], dtype=object)

    def _score(self, X):
        raise TypeError(
            f"{type(self).__name__} does not say how to score samples; write its "
            "method _score(self, X)."
        )

    def _checked_scores(self, X):
        scores = np.asarray(self._score(X), dtype=np.float64)
        name = type(self).__name__
        if scores.shape != (len(X),):
            raise ValueError(
                f"{name}._score must return one number per sample, shape ({len(X)},); "
                f"it returned shape {scores.shape}."
            )
        if not sum_is_finite(scores) and not np.isfinite(scores).all():
            bad = np.flatnonzero(~np.isfinite(scores))
            raise ValueError(
                f"{name} gave {len(bad)} scores that are not finite, first in row "
                f"{bad[0]}; check the model's outputs for these samples."
            )
        return scores

    def _select(self, X, n_queries, given):
        scores = self._checked_scores(X)
        rows = top_k(scores, n_queries, rng=self._rng(X, "ties"), exclude=given)
        self.selected_scores_ = scores[rows]
        return rows


def _strategies_in(value):
    """The strategies that a parameter consists of."""
    if isinstance(value, QueryStrategy):
        return [value]
    if not isinstance(value, list):
        return []
    parts = [pair[1] for pair in value if isinstance(pair, tuple) and len(pair) == 2]
    return [part for part in parts if isinstance(part, QueryStrategy)]


def has_memory(strategy):
    """Whether a strategy, or one it consists of, remembers earlier rounds.

    Parameters
    ----------
    strategy : QueryStrategy

    Returns
    -------
    has_memory : bool
    """
    parts = [
        part
        for value in strategy.get_params(deep=False).values()
        for part in _strategies_in(value)
    ]
    own = type(strategy).resume is not QueryStrategy.resume
    return own or any(map(has_memory, parts))


def check_capabilities(facts, X, who):
    """Check that a view gives what a strategy needs.

    Raises
    ------
    MissingCapability
        If it does not.
    ValueError
        If the strategy is for another task.
    """
    if X.task is not None:
        check_task(facts, X.task, who)
    for need in facts.needs:
        names = need.split("|")
        if not any(X.provides(name) for name in names):
            raise X.missing(names[0], who)


def check_task(facts, task, who):
    """Check that a strategy is for what the model does.

    Raises
    ------
    ValueError
        If it is not.
    """
    if facts.task not in ("both", task):
        advice = "'margin'" if task == "classification" else "'variance' or 'gsx'"
        raise ValueError(
            f"{who} is for {facts.task}, and the model does {task}; use {advice}."
        )


def check_n_queries(n_queries, n_candidates):
    """Check that so many rows can be chosen.

    Raises
    ------
    ValueError
        If `n_queries` is not a positive whole number.
    NotEnoughCandidates
        If there are fewer candidates.
    """
    if not isinstance(n_queries, Integral) or isinstance(n_queries, bool):
        raise ValueError(f"n_queries={n_queries!r} must be a whole number.")
    if n_queries < 1:
        raise ValueError(
            f"n_queries={n_queries} must be at least 1; {n_candidates} candidates are "
            "left."
        )
    if n_queries > n_candidates:
        raise NotEnoughCandidates(
            f"n_queries={n_queries} but only {n_candidates} candidates are left."
        )


def _check_given(given, n_samples):
    if given is None:
        return np.empty(0, dtype=np.int64)
    return check_row_numbers(given, n_samples, "given")


def check_row_numbers(rows, n_samples, name):
    """Row numbers, or a boolean mask, as sorted distinct int64 row numbers.

    Raises
    ------
    ValueError
        If they are no rows of `n_samples` samples.
    """
    rows = np.asarray(rows)
    if rows.dtype == bool:
        if rows.shape != (n_samples,):
            raise ValueError(
                f"{name} is a mask of shape {rows.shape}, but X has {n_samples} rows."
            )
        return np.flatnonzero(rows)
    if rows.size == 0:
        return np.empty(0, dtype=np.int64)
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must hold row numbers or be a boolean mask; got an array of shape "
            f"{rows.shape} and type {rows.dtype}."
        )
    if len(rows) == n_samples > 2 and set(np.unique(rows)) == {0, 1}:
        raise ValueError(
            f"{name} holds {n_samples} zeros and ones, one for each row of X: pass a "
            "mask as booleans, mask.astype(bool), or each row number once."
        )
    if rows.min() < 0 or rows.max() >= n_samples:
        outside = rows.max() if rows.max() >= n_samples else rows.min()
        raise ValueError(
            f"{name} holds row {outside}, but the rows of X are 0 to {n_samples - 1}."
        )
    return np.unique(rows).astype(np.int64)
