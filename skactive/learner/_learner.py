"""ActiveLearner: fit, query, teach."""

from __future__ import annotations

from copy import deepcopy
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.validation import check_is_fitted

from skactive.adapters import align_columns
from skactive.base import check_n_queries, check_row_numbers
from skactive.learner._inner import check_estimator_object, knows_all
from skactive.learner._labels import (
    check_labels,
    check_same_type,
    declare_classes,
    declared_classes,
)
from skactive.learner._record import QueryRecord
from skactive.learner._strategy import check_strategy, make_strategy
from skactive.semisupervised import fit_with_unlabeled
from skactive.semisupervised._skin import needs_skin, put_into_skin
from skactive.utils import (
    SampleMetadata,
    check_classes,
    check_same_kind,
    continues_training,
    copy_rows,
    copy_seeds,
    count_rows,
    derive_seed,
    draw_seed,
    hash_rows,
    route_params,
    seed_nested,
    stack_rows,
    take_rows,
)
from skactive.utils._sklearn import available_if
from skactive.view import ModelView


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
        ``skactive.nets.as_estimator(module, task=...)``. A search over a skorch net
        calls its parameters ``net__lr`` and so on in ``best_params_``.
    strategy : str or QueryStrategy, default=None
        How to choose: a registered name (``skactive.strategies.names()``) or an object.
        None: for a classifier ``"badge"``, or ``"margin"`` on the decision function
        where there are no probabilities, or ``"coreset"``; for a regressor
        ``"lcmd"``. Before there is a model: ``"coreset"``.
    classes : array-like of shape (n_classes,), default=None
        Labels that will turn up, where they are known beforehand. The labels seen are
        added. None: those of the `classes` of a net of skactive, if it has them.
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

    def fit(self, X, y, *, X_unlabeled=None, **params):
        """Train on labeled samples, forgetting all that was taught before.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The labeled samples, in whatever form the estimator takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        X_unlabeled : {array-like, sparse matrix, DataFrame, list} of shape \
(n_unlabeled, ...), default=None
            Samples without a label, such as the rest of the pool, for an estimator that
            learns from these too; see `skactive.semisupervised`. They pass through the
            preprocessing of a Pipeline, which is fitted on the labeled samples, and are
            not kept.
        **params
            Passed to the estimator's ``fit``. Entries with one value per sample, such
            as ``sample_weight``, are kept with the labels.

        Returns
        -------
        self : ActiveLearner

        Raises
        ------
        TypeError
            If there is `X_unlabeled`, and the estimator does not learn from it.
        ValueError
            If X and y differ in length, y has missing values or several outputs of
            classes, or the strategy is unknown.
        """
        check_strategy(self.strategy, classifies=self._classifies())
        y = check_labels(X, y, classifies=self._classifies())
        params = SampleMetadata.split(params, len(y))
        seed = draw_seed(self.random_state)
        state = self._train(
            copy_rows(X), y, params, X_unlabeled, seed=seed, previous=None
        )
        self._accept(state, last_query_=None, strategy_=None)
        return self

    def teach(self, X, y, *, refit=True, X_unlabeled=None, **params):
        """Add labels, then train again on all of them.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The newly labeled samples, in the same form as those given to ``fit``, but
            that texts may be in a list, a Series or an array. They need not be those
            that were asked for, nor all of them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        refit : bool, default=True
            False keeps the labels for the next ``teach`` and leaves the model alone.
        X_unlabeled : {array-like, sparse matrix, DataFrame, list} of shape \
(n_unlabeled, ...), default=None
            Samples without a label, such as the rest of the pool, for an estimator that
            learns from these too; see `skactive.semisupervised`. Not kept: without it
            this training is on labels alone. Only where the model is trained.
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
            As ``fit``, if X has other columns than the labeled samples, and if there is
            `X_unlabeled` with ``refit=False``. A call that raises leaves the learner as
            it was.

        Notes
        -----
        Training starts afresh, but for estimators with ``warm_start=True`` and nets
        with a `start` of "warm" or "shrink_perturb", also inside a Pipeline or a
        `Committee`: a copy goes on from what it has learned, unless a new class turned
        up. Ensembles, where that would only add members, start afresh as well.
        """
        check_is_fitted(self)
        if X_unlabeled is not None and not refit:
            raise ValueError(
                "X_unlabeled is given with refit=False, but is used in training alone "
                "and not kept; leave it out here and pass it to the teach that trains, "
                "or leave refit=True."
            )
        y = check_labels(X, y, classifies=self._classifies())
        if len(y) == 0:
            raise ValueError("X has 0 samples; teach at least one.")
        stacked_X = stack_rows(self.X_labeled_, copy_rows(X))
        if y.ndim != self.y_labeled_.ndim or y.shape[1:] != self.y_labeled_.shape[1:]:
            raise ValueError(
                f"y has shape {y.shape}, but the labels so far have shape "
                f"{self.y_labeled_.shape}; pass the same targets as to fit."
            )
        check_same_type(y, self.y_labeled_, "the labels so far are")
        stacked_y = np.concatenate([self.y_labeled_, y])
        params = self._metadata.extended(params, len(y))
        promoted = self._strategy_asked_for(X)
        if refit:
            state = self._train(
                stacked_X,
                stacked_y,
                params,
                X_unlabeled,
                seed=self.seed_,
                previous=self,
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
        pool, labeled = self._views(X, rows)
        strategy = make_strategy(
            self.strategy,
            pool,
            classifies=self._classifies(),
            n_labeled=getattr(self, "n_labeled_", 0),
        )
        if labeled is not None:
            strategy.resume(self.strategy_).fit(labeled, self.y_labeled_)
        picked = strategy.select(pool, n_queries, given=given)
        notes = getattr(strategy, "notes_", {})
        self.last_query_ = QueryRecord(
            rows=rows[picked],
            scores=getattr(strategy, "selected_scores_", None),
            seed=pool.seed,
            strategy=strategy,
            digests=frozenset(hash_rows(take_rows(pool.X, picked))),
            notes={name: rows[noted] for name, noted in notes.items()},
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
        check_estimator_object(self.estimator)
        if needs_skin(self.estimator):
            return put_into_skin(clone(self.estimator))
        return self.estimator

    def _classifies(self):
        inner = self._inner()
        if get_tags(inner).estimator_type is None and hasattr(inner, "predict_proba"):
            raise TypeError(
                f"{type(inner).__name__} has predict_proba and does not say that it is "
                "a classifier; let it inherit from sklearn.base.ClassifierMixin."
            )
        return is_classifier(inner)

    def _fitted_estimator(self):
        if not hasattr(self, "estimator_"):
            raise AttributeError(
                "This ActiveLearner is not fitted yet; call fit first."
            )
        return self.estimator_

    def _labels(self, X, y, params):
        state = {
            "X_labeled_": X,
            "y_labeled_": y,
            "n_labeled_": len(y),
            "_metadata": params,
        }
        if self._classifies():
            known = self.classes
            if known is None:
                known = declared_classes(self.estimator)
            classes = y[:0] if known is None else check_classes(known)
            check_same_type(y, classes, "classes are")
            state["classes_"] = np.union1d(classes, y)
        elif self.classes is not None:
            raise ValueError(
                f"classes={self.classes!r} is for classifiers, and "
                f"{type(self.estimator).__name__} is none; leave classes=None."
            )
        return state

    def _train(self, X, y, params, X_unlabeled, *, seed, previous):
        """The state after training on all labels; self stays as it is."""
        state = self._labels(X, y, params)
        estimator = put_into_skin(clone(self.estimator))
        seed_nested(estimator, derive_seed(seed, len(y), "estimator"))
        if previous is not None and self._continues(state):
            # The seeds of this round: new weights to mix in are not the last round's.
            estimator = copy_seeds(deepcopy(self.estimator_), estimator)
        elif self.classes is not None:
            declare_classes(estimator, state["classes_"])
        params = route_params(self, "fit", params.values)
        if X_unlabeled is None:
            estimator.fit(X, y, **params)
        else:
            check_same_kind(X_unlabeled, X, "X_unlabeled")
            fit_with_unlabeled(estimator, X, y, X_unlabeled, **params)
        if "classes_" in state and not hasattr(estimator, "classes_"):
            raise TypeError(
                f"{type(estimator).__name__} is a classifier without classes_ after "
                "fit; set self.classes_ = numpy.unique(y) in its fit."
            )
        return {**state, "estimator_": estimator, "seed_": seed}

    def _continues(self, state):
        """Whether training goes on from the fitted estimator; not with a new class."""
        if not continues_training(self._inner()):
            return False
        if "classes_" not in state:
            return True
        same = np.array_equal(self.classes_, state["classes_"])
        return same and knows_all(self.estimator_, state["y_labeled_"])

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
        """Pool and labeled samples (None before fit) as the model sees them."""
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
        # Part of a view gets an encoding and a scale of its own, so that the answer is
        # the same as for these samples alone.
        pool = view if len(rows) == len(view) else view[rows].apart()
        if not fitted:
            if pool is not view:
                ModelView.join(pool)  # with nothing but itself
            return pool, None
        labeled = self._see(self.X_labeled_, pool.seed)
        if pool is X:  # it has its encoding and scale already, and keeps them
            labeled.table = pool.table
        else:
            ModelView.join(labeled, pool)
        return pool, labeled

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
