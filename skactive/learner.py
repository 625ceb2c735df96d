"""ActiveLearner: fit, query, teach."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from inspect import isfunction
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skactive import strategies
from skactive.adapters import align_columns, class_names
from skactive.base import (
    QueryStrategy,
    check_capabilities,
    check_n_queries,
    check_row_numbers,
)
from skactive.utils import (
    SampleMetadata,
    check_same_kind,
    copy_rows,
    count_rows,
    derive_seed,
    draw_seed,
    hash_rows,
    route_params,
    seed_nested,
    stack_rows,
)
from skactive.utils._sklearn import available_if
from skactive.view import ModelView

__all__ = ["ActiveLearner", "QueryRecord"]


@dataclass(frozen=True)
class QueryRecord:
    """What the last query asked, and how.

    Attributes
    ----------
    rows : ndarray of shape (n_queries,), int64
        Rows of the X that was queried, most wanted first.
    scores : ndarray of shape (n_queries,) or None
        Their scores, where the strategy scores samples one by one.
    seed : int
        Everything random in the query follows from it.
    strategy : QueryStrategy
        The fitted strategy.
    digests : frozenset of bytes
        Content of the rows, by which `teach` knows them again.
    """

    rows: np.ndarray
    scores: np.ndarray | None
    seed: int
    strategy: QueryStrategy
    digests: frozenset


def _inner_has(method):
    def check(self):
        inner = self.estimator_ if hasattr(self, "estimator_") else self._inner()
        getattr(inner, method)  # raises AttributeError if there is none
        return True

    return check


def _decides_for_all_classes(self):
    _inner_has("decision_function")(self)
    if not hasattr(self, "estimator_"):
        return True
    if not np.array_equal(self.estimator_.classes_, self.classes_):
        raise AttributeError(
            "decision_function needs a label of each class in classes_; so far the "
            f"estimator has seen {self.estimator_.classes_.tolist()}."
        )
    return True


class ActiveLearner(MetaEstimatorMixin, BaseEstimator):
    """A model that asks for the labels it wants.

    ``fit`` trains a clone of the estimator on the labels at hand, ``query`` says which
    samples to label next, ``teach`` adds their labels and trains again. It predicts
    like the estimator.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn classifier or regressor, also inside a Pipeline or a search, or
        a skorch net. A bare torch module has no task: wrap it with
        ``skactive.nets.as_estimator(module, task=...)``.
    strategy : str or QueryStrategy, default=None
        How to choose: a registered name (``skactive.strategies.names()``) or an object.
        None: for a classifier ``"badge"``, or ``"margin"`` on the decision function
        where there are no probabilities, or ``"coreset"``; for a regressor
        ``"coreset"``.
    classes : array-like of shape (n_classes,), default=None
        Labels that will turn up, where they are known beforehand. The labels seen are
        added.
    random_state : int, RandomState instance or None, default=None
        Seed of strategy and estimator. It is drawn once, in ``fit``; parameters
        ``random_state`` of the estimator that are None are filled from it.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone.
    classes_ : ndarray of shape (n_classes,)
        Sorted union of `classes` and the labels seen; classifiers only.
    seed_ : int
        The seed drawn in ``fit``.
    X_labeled_, y_labeled_ : same containers as given to fit, ndarray
        All labeled samples and their labels, in the order they were taught.
    n_labeled_ : int
        How many there are.
    last_query_ : QueryRecord or None
        What the last query asked.
    strategy_ : QueryStrategy or None
        The fitted strategy whose answers were taught last.

    See Also
    --------
    simulate : Replay the loop on labeled data and see whether it pays.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(LogisticRegression(max_iter=1000), "margin")
    >>> rows = learner.fit(X[::50], y[::50]).query(X, n_queries=5)
    >>> learner.teach(X[rows], y[rows]).n_labeled_
    8
    """

    def __init__(self, estimator, strategy=None, *, classes=None, random_state=None):
        self.estimator = estimator
        self.strategy = strategy
        self.classes = classes
        self.random_state = random_state

    def fit(self, X, y, **params):
        """Train on labeled samples, forgetting all that was taught before.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The labeled samples, in whatever form the estimator takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        **params
            Passed to the estimator's ``fit``. Entries with one value per sample, such
            as ``sample_weight``, are kept with the labels.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        ValueError
            If X and y differ in length, y has missing values or several outputs of
            classes, or the strategy is unknown.
        """
        self._check_strategy()
        y = self._check_labels(X, y)
        params = SampleMetadata.split(params, len(y))
        state = self._train(
            copy_rows(X), y, params, seed=draw_seed(self.random_state), previous=None
        )
        self._accept(state, last_query_=None, strategy_=None)
        return self

    def teach(self, X, y, *, refit=True, **params):
        """Add labels, then train again on all of them.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The newly labeled samples, in the same form as those given to ``fit``. They
            need not be those that were asked for, nor all of them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        refit : bool, default=True
            False keeps the labels for the next ``teach`` and leaves the model alone.
        **params
            As for ``fit``; entries with one value per sample that ``fit`` got are
            needed here too.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        NotFittedError
            Before ``fit``.
        ValueError
            As ``fit``, and if X has other columns than the labeled samples. A call that
            raises leaves the learner as it was.
        """
        check_is_fitted(self)
        y = self._check_labels(X, y)
        if len(y) == 0:
            raise ValueError("X has 0 samples; teach at least one.")
        stacked_X = stack_rows(self.X_labeled_, copy_rows(X))
        if y.ndim != self.y_labeled_.ndim or y.shape[1:] != self.y_labeled_.shape[1:]:
            raise ValueError(
                f"y has shape {y.shape}, but the labels so far have shape "
                f"{self.y_labeled_.shape}; pass the same targets as to fit."
            )
        _check_same_type(y, self.y_labeled_, "the labels so far are")
        stacked_y = np.concatenate([self.y_labeled_, y])
        params = self._metadata.extended(params, len(y))
        promoted = self._strategy_asked_for(X)
        if refit:
            state = self._train(
                stacked_X, stacked_y, params, seed=self.seed_, previous=self
            )
        else:
            state = self._labels(stacked_X, stacked_y, params)
        self._accept(state, strategy_=promoted)
        return self

    def query(self, X, n_queries=1, *, candidates=None, pending=None):
        """Choose the samples to label next.

        Asking twice gives the same rows. Before ``fit`` only strategies that need no
        model can answer; ``skactive.strategies.names()`` and the error name them.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...) or \
ModelView
            The pool; a view from `view` saves a forward pass.
        n_queries : int, default=1
            How many to choose.
        candidates : array-like of bool or int, default=None
            Mask or row numbers of the samples to choose from; all of them by default.
        pending : array-like of bool or int, default=None
            Mask or row numbers of samples asked for elsewhere and not answered yet:
            they are left out, and diverse strategies keep away from them.

        Returns
        -------
        rows : ndarray of shape (n_queries,), int64
            Distinct rows of X, most wanted first.

        Raises
        ------
        NotEnoughCandidates
            If fewer candidates than `n_queries` are left.
        MissingCapability
            If the estimator cannot tell what the strategy needs.
        NotFittedError
            Before ``fit``, if the strategy needs a model.
        """
        rows, given = self._rows_in_question(X, candidates, pending)
        check_n_queries(n_queries, len(rows) - len(given))
        pool, labeled, seed = self._views(X, rows)
        strategy = self._make_strategy(pool, seed)
        if labeled is not None:
            strategy.resume(self.strategy_).fit(labeled, self.y_labeled_)
        picked = strategy.select(pool, n_queries, given=given)
        self.last_query_ = QueryRecord(
            rows=rows[picked],
            scores=getattr(strategy, "selected_scores_", None),
            seed=seed,
            strategy=strategy,
            digests=frozenset(hash_rows(pool[picked].X)),
        )
        return rows[picked]

    def view(self, X):
        """Samples as the fitted model sees them: one forward pass to share.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        view : ModelView
            For strategies, plots and notebooks; `query` takes it in place of X.
        """
        check_is_fitted(self)
        self._check_samples(X)
        seed = derive_seed(self.seed_, self.n_labeled_, "query")
        return self._see(X, seed).beside(self._see(self.X_labeled_, seed))

    def predict(self, X, **params):
        """Predict with the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.
        **params
            Passed to the estimator's ``predict``.

        Returns
        -------
        prediction : ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        return self.estimator_.predict(X, **params)

    @available_if(_inner_has("predict_proba"))
    def predict_proba(self, X):
        """Class probabilities of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Columns follow ``classes_``; zero for a class without a label so far.
        """
        check_is_fitted(self)
        proba = self.estimator_.predict_proba(X)
        return align_columns(proba, self.estimator_.classes_, self.classes_)

    @available_if(_decides_for_all_classes)
    def decision_function(self, X):
        """Decision function of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @available_if(_inner_has("score"))
    def score(self, X, y, **params):
        """Score of the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        **params
            Passed to the estimator's ``score``.

        Returns
        -------
        score : float
        """
        check_is_fitted(self)
        return self.estimator_.score(X, y, **route_params(self, "score", params))

    @property
    def n_features_in_(self):
        """Number of features the estimator has seen."""
        return self._fitted_estimator().n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features the estimator has seen."""
        return self._fitted_estimator().feature_names_in_

    def get_metadata_routing(self):
        """Route what ``fit``, ``teach`` and ``score`` get to the estimator.

        ``teach`` routes as ``fit``.

        Returns
        -------
        routing : MetadataRouter
        """
        return MetadataRouter(owner=type(self).__name__).add(
            estimator=self._inner(),
            method_mapping=MethodMapping()
            .add(caller="fit", callee="fit")
            .add(caller="score", callee="score"),
        )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self._inner())
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        if tags.classifier_tags is not None:  # one label per sample
            tags.classifier_tags.multi_label = False
            tags.target_tags.multi_output = False
        return tags

    def _inner(self):
        """The estimator as scikit-learn can use it: raw nets get their skin."""
        if any(
            c.__module__.startswith("skorch.") for c in type(self.estimator).__mro__
        ):
            from skactive.nets import as_estimator

            return as_estimator(self.estimator)
        if not (
            hasattr(self.estimator, "fit") and hasattr(self.estimator, "get_params")
        ):
            raise TypeError(
                f"estimator={self.estimator!r} is not a scikit-learn estimator; wrap a "
                "torch module as skactive.nets.as_estimator(module, "
                'task="classification").'
            )
        return self.estimator

    def _fitted_estimator(self):
        if not hasattr(self, "estimator_"):
            raise AttributeError(
                "This ActiveLearner is not fitted yet; call fit first."
            )
        return self.estimator_

    def _check_labels(self, X, y):
        """Labels as an array of the estimator's task, with one entry per sample."""
        if y is None:
            raise ValueError(
                "requires y to be passed, but the target y is None; fit and teach need "
                "labels."
            )
        classifies = is_classifier(self._inner())
        y = np.array(y)
        bad = _is_missing(y)
        if np.any(bad):
            raise ValueError(
                f"y holds {int(np.sum(bad))} missing or infinite values (Input y "
                f"contains NaN or infinity), first in row {np.argwhere(bad)[0, 0]}; "
                "leave samples without a label out."
            )
        if classifies:
            if (y.ndim == 2 and y.shape[1] > 1) or type_of_target(y).startswith(
                "multil"
            ):
                raise ValueError(
                    f"y has shape {y.shape}: multi-label and multi-output "
                    "classification are not supported; train one learner per output."
                )
            y = column_or_1d(y, warn=True)
        n_samples = count_rows(X)
        if len(y) != n_samples:
            raise ValueError(
                f"X has {n_samples} samples but y has {len(y)}: Found input variables "
                "with inconsistent numbers of samples; pass one label per sample."
            )
        if classifies:
            check_classification_targets(y)
        return y

    def _labels(self, X, y, params):
        state = {
            "X_labeled_": X,
            "y_labeled_": y,
            "n_labeled_": len(y),
            "_metadata": params,
        }
        if is_classifier(self._inner()):
            classes = y[:0] if self.classes is None else np.asarray(self.classes)
            _check_same_type(y, classes, "classes are")
            state["classes_"] = np.union1d(classes, y)
        elif self.classes is not None:
            raise ValueError(
                f"classes={self.classes!r} is for classifiers, and "
                f"{type(self.estimator).__name__} is none; leave classes=None."
            )
        return state

    def _train(self, X, y, params, *, seed, previous):
        """The state after training on all labels; self stays as it is."""
        state = self._labels(X, y, params)
        if previous is not None and self._continues(state):
            estimator = deepcopy(self.estimator_)
        else:
            estimator = seed_nested(
                clone(self._inner()), derive_seed(seed, len(y), "estimator")
            )
            if self.classes is not None:
                _declare_classes(estimator, state["classes_"])
        estimator.fit(X, y, **route_params(self, "fit", params.values))
        return {**state, "estimator_": estimator, "seed_": seed}

    def _continues(self, state):
        """Whether training goes on from the fitted estimator; not with a new class."""
        params = self._inner().get_params(deep=True)
        goes_on = any(
            value is True if name.split("__")[-1] == "warm_start" else value != "reset"
            for name, value in params.items()
            if name.split("__")[-1] == "warm_start"
            or (name.split("__")[-1] == "start" and isinstance(value, str))
        )
        same = np.array_equal(getattr(self, "classes_", ()), state.get("classes_", ()))
        return goes_on and same

    def _accept(self, state, **more):
        for name, value in {**state, **more}.items():
            setattr(self, name, value)

    def _strategy_asked_for(self, X):
        """The strategy of the last query if its rows are what is taught now."""
        asked = getattr(self, "last_query_", None)
        if asked is not None and asked.digests.issuperset(hash_rows(X)):
            return asked.strategy
        return self.strategy_

    def _rows_in_question(self, X, candidates, pending):
        """Rows the strategy sees, and which of them (by position) are pending."""
        n_samples = len(X) if isinstance(X, ModelView) else count_rows(X)
        rows = np.arange(n_samples)
        if candidates is not None:
            rows = check_row_numbers(candidates, n_samples, "candidates")
        if pending is None:
            return rows, np.empty(0, dtype=np.int64)
        pending = check_row_numbers(pending, n_samples, "pending")
        rows = np.union1d(rows, pending)
        return rows, np.searchsorted(rows, pending)

    def _views(self, X, rows):
        """Pool, labeled samples (None before fit) and the seed of the query."""
        fitted = hasattr(self, "estimator_")
        if isinstance(X, ModelView):
            if X.model is not getattr(self, "estimator_", None):
                raise ValueError(
                    f"X={X!r} is not a view of this learner's present model; make it "
                    "with learner.view(X), again after each teach."
                )
            view = X
        elif fitted:
            view = self.view(X)
        else:
            view = ModelView(X, seed=derive_seed(self._seed_before_fit(), 0, "query"))
        pool = view if len(rows) == len(view) else view[rows]
        if not fitted:
            return pool, None, view.seed
        labeled = self._see(self.X_labeled_, pool.seed)
        if view is X:  # it has its encoding and scale already, and keeps them
            labeled.table = view.table
        else:
            ModelView.join(labeled, pool)
        return pool, labeled, pool.seed

    def _see(self, X, seed):
        classes = getattr(self, "classes_", None)
        return ModelView(X, self.estimator_, classes=classes, seed=seed)

    def _seed_before_fit(self):
        if isinstance(self.random_state, Integral):
            return draw_seed(self.random_state)
        # Kept, so that asking twice gives the same rows.
        if not hasattr(self, "_cold_seed"):
            self._cold_seed = draw_seed(self.random_state)
        return self._cold_seed

    def _check_samples(self, X):
        if count_rows(X):
            check_same_kind(X, self.X_labeled_)

    def _check_strategy(self):
        """Refuse what cannot be a strategy, before any training."""
        if isinstance(self.strategy, str):
            strategies.get(self.strategy)
        elif isinstance(self.strategy, type) or isfunction(self.strategy):
            raise TypeError(
                f"strategy={self.strategy.__name__} is not called; pass "
                f"{self.strategy.__name__}(...) or a name such as 'margin'."
            )
        elif self.strategy is not None and not isinstance(self.strategy, QueryStrategy):
            raise TypeError(
                f"strategy={self.strategy!r} is not a strategy; pass a name such as "
                "'margin' or an object such as skactive.strategies.margin()."
            )

    def _make_strategy(self, pool, seed):
        """A seeded clone of the strategy, if this pool's model can serve it."""
        self._check_strategy()
        name = self.strategy
        if name is None:
            name = _default_strategy(pool, is_classifier(self._inner()))
        if isinstance(name, str):
            strategy, who = strategies.get(name), repr(name)
        else:
            strategy, who = clone(name), type(name).__name__
        facts = get_tags(strategy).strategy
        if pool.model is None and not facts.cold_start:
            able = [n for n in strategies.names() if _is_cold(n)]
            raise NotFittedError(
                f"{who} needs a fitted model; call fit first, or use a strategy that "
                f"needs none: {', '.join(able)}."
            )
        check_capabilities(facts, pool, who)
        return seed_nested(strategy, seed, mix=getattr(self, "n_labeled_", 0))


def _is_missing(y):
    if y.dtype == object:
        from pandas import isna

        return isna(y)
    return ~np.isfinite(y) if y.dtype.kind == "f" else np.zeros(y.shape, dtype=bool)


def _check_same_type(y, known, whose):
    """NumPy would join text and numbers to text."""
    if len(y) and len(known) and _is_text(y) != _is_text(known):
        raise ValueError(
            f"y holds labels such as {y[:1].tolist()}, but {whose} such as "
            f"{known[:1].tolist()}; pass labels of one type."
        )


def _is_text(labels):
    return isinstance(labels.flat[0], str)


def _declare_classes(estimator, classes):
    """Tell a net of ours which classes there will be, where the user has not.

    Also through wrappers that hand labels on as they are; others encode them.
    """
    names = class_names(estimator)
    params = estimator.get_params(deep=False)
    if "classes" in params and any(name.startswith("skactive.") for name in names):
        if params["classes"] is None:
            estimator.set_params(classes=classes)
    elif "sklearn.Pipeline" in names and hasattr(estimator[-1], "get_params"):
        _declare_classes(estimator[-1], classes)
    elif {"sklearn.BaseSearchCV", "skactive.Committee"}.intersection(names):
        _declare_classes(estimator.estimator, classes)


def _default_strategy(pool, classifies):
    """The name that strategy=None stands for."""
    if classifies and pool.model is not None:
        if pool.provides("proba") and pool.provides("embedding"):
            return "badge"
        if pool.provides("proba") or pool.provides("decision"):
            return "margin"
    return "coreset"


def _is_cold(name):
    return get_tags(strategies.get(name)).strategy.cold_start
