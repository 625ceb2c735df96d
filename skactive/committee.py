"""Committee: several copies of any estimator, each trained a little differently."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import (
    BaseEstimator,
    MetaEstimatorMixin,
    clone,
    is_classifier,
)
from sklearn.utils import assert_all_finite, get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from skactive.utils import (
    continues_training,
    count_rows,
    derive_seed,
    draw_seed,
    n_processes,
    reseed_nested,
    resume_fitted,
    route_params,
    take_metadata,
    take_rows,
)
from skactive.utils._sklearn import HasMethods, Interval, _fit_context, available_if

__all__ = ["Committee"]


def _members_have(method):
    def check(self):
        getattr(
            self.estimators_[0] if hasattr(self, "estimators_") else self.estimator,
            method,
        )
        return True

    return check


class Committee(MetaEstimatorMixin, BaseEstimator):
    """Members trained on resampled labels or from different seeds.

    A committee gives any estimator what many strategies ask for: draws that disagree
    where the data leave room for doubt. It predicts with the mean of its members.

    Parameters
    ----------
    estimator : estimator
        A classifier or regressor, Pipelines and nets included; cloned for each member.
    n_members : int, default=10
        Number of members.
    bootstrap : bool, default=True
        Whether each member sees a resample of the samples, drawn with replacement. A
        classifier's samples are drawn class by class, so that no member lacks a class.
        False: members differ by their seeds alone, which does nothing to an estimator
        without randomness.
    n_jobs : int, default=None
        Members trained at once, as in joblib. Estimators that train members together
        need no such help.
    random_state : int, RandomState instance or None, default=None
        Seed of resamples and members.

    Attributes
    ----------
    estimators_ : list of estimators
        The fitted members.
    classes_ : ndarray of shape (n_classes,)
        Labels that a member knows; classifiers only.

    Notes
    -----
    An estimator may have a method ``fit_members(X, y, rows, seeds)`` that trains all
    members in one go, where that is quicker: it gets the row numbers and the seed of
    each member and returns the list of fitted members, or NotImplemented for data or
    parameters with which it cannot. Nets have one. It is not asked
    where ``fit`` gets further parameters.

    Members go on from what they have learned where the estimator says so, by a `start`
    of "warm" or "shrink_perturb" or by ``warm_start=True``: a later `fit` draws new
    resamples and continues each member, unless there are other classes than before.
    ``fit_members`` then gets the former members as ``previous=``.

    References
    ----------
    Seung, Opper and Sompolinsky (1992), "Query by Committee"; Burbidge, Rowland and
    King (2007), "Active Learning for Regression Based on Query by Committee".

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skactive import Committee
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 4.0, 9.0]
    >>> committee = Committee(DecisionTreeRegressor(), n_members=5, random_state=0)
    >>> committee.fit(X, y).predict(X).shape, len(committee.estimators_)
    ((4,), 5)
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "predict"])],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "bootstrap": ["boolean"],
        "n_jobs": [None, Integral],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        n_members=10,
        bootstrap=True,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.n_members = n_members
        self.bootstrap = bootstrap
        self.n_jobs = n_jobs
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, **params):
        """Train the members.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples, in whatever form the estimator takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        **params
            Passed to the members' ``fit``; entries with one value per sample are
            resampled along.

        Returns
        -------
        self : Committee
        """
        if y is None:
            raise ValueError(
                "requires y to be passed, but the target y is None; pass the labels."
            )
        if is_classifier(self.estimator):
            y = column_or_1d(y, warn=True)
            assert_all_finite(y, input_name="y")
            check_classification_targets(y)
        check_consistent_length(X, y)
        fit_params = route_params(self, "fit", params)
        seed = draw_seed(self.random_state)
        n = count_rows(X)
        seeds, rows = [], []
        for number in range(self.n_members):
            seeds.append(derive_seed(seed, "member", number))
            rng = np.random.default_rng(derive_seed(seed, "bootstrap", number))
            resamples = self.bootstrap and n
            rows.append(self._resample(y, n, rng) if resamples else np.arange(n))
        previous = self._members_to_continue(y)
        members = NotImplemented
        if hasattr(self.estimator, "fit_members") and not fit_params:
            options = {"previous": previous} if previous else {}
            members = clone(self.estimator).fit_members(X, y, rows, seeds, **options)
        if members is NotImplemented:
            members = Parallel(n_jobs=n_processes(self.n_jobs))(
                delayed(_fit_member)(
                    self._make_member(number, seeds[number], previous),
                    X, y, rows[number], fit_params,
                )
                for number in range(self.n_members)
            )  # fmt: skip
        self.estimators_ = members
        if is_classifier(self.estimator):
            # Members may know more labels than they have seen, as nets do.
            known = [m.classes_ for m in self.estimators_ if hasattr(m, "classes_")]
            self.classes_ = np.unique(np.concatenate([y, *known]))
        return self

    def predict(self, X):
        """Predict with the mean of the members, or the vote of classifiers.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        prediction : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Labels of the largest mean probability, the most frequent votes where there
            are no probabilities, or means.
        """
        check_is_fitted(self)
        if not is_classifier(self):
            return np.mean([member.predict(X) for member in self.estimators_], axis=0)
        if hasattr(self, "predict_proba"):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        votes = np.array([member.predict(X) for member in self.estimators_])
        counts = np.array([(votes == label).sum(axis=0) for label in self.classes_])
        return self.classes_[counts.argmax(axis=0)]

    @available_if(_members_have("predict_proba"))
    def predict_proba(self, X):
        """Mean of the members' class probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        total = 0
        for member in self.estimators_:
            proba = np.zeros((count_rows(X), len(self.classes_)))
            columns = np.searchsorted(self.classes_, member.classes_)
            proba[:, columns] = member.predict_proba(X)
            total = total + proba
        return total / len(self.estimators_)

    def score(self, X, y, sample_weight=None):
        """Accuracy of a classifier, R² of a regressor.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            The samples.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
        """
        from sklearn.metrics import accuracy_score, r2_score

        metric = accuracy_score if is_classifier(self) else r2_score
        return metric(y, self.predict(X), sample_weight=sample_weight)

    @property
    def n_features_in_(self):
        """Number of features seen by the members."""
        return self._fitted_member().n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features seen by the members."""
        return self._fitted_member().feature_names_in_

    def get_metadata_routing(self):
        """Route what `fit` gets to the members' ``fit``.

        Returns
        -------
        routing : MetadataRouter
        """
        return MetadataRouter(owner=type(self).__name__).add(
            estimator=self.estimator,
            method_mapping=MethodMapping().add(caller="fit", callee="fit"),
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        if tags.classifier_tags is not None:  # one label per sample
            tags.classifier_tags.multi_label = False
            tags.target_tags.multi_output = False
        return tags

    def _fitted_member(self):
        if not hasattr(self, "estimators_"):
            raise AttributeError(
                f"This {type(self).__name__} is not fitted yet; call fit first."
            )
        return self.estimators_[0]

    def _members_to_continue(self, y):
        """The members that training goes on from; none where it starts afresh."""
        members = getattr(self, "estimators_", [])
        if not continues_training(self.estimator):
            return []
        if members and is_classifier(self.estimator):
            same_type = self.classes_.dtype.kind == y.dtype.kind
            if not same_type or not np.isin(y, self.classes_).all():
                return []
        return members[: self.n_members]

    def _make_member(self, number, seed, previous):
        member = reseed_nested(clone(self.estimator), seed)
        if number < len(previous):
            resume_fitted(member, previous[number])
        return member

    def _resample(self, y, n, rng):
        if not is_classifier(self.estimator):
            return rng.integers(n, size=n)
        positions = np.unique(np.asarray(y), return_inverse=True)[1].ravel()
        rows = np.arange(n)
        return np.concatenate(
            [
                rng.choice(rows[positions == c], size=(positions == c).sum())
                for c in range(positions.max() + 1)
            ]
        )


def _fit_member(member, X, y, rows, fit_params):
    own = take_metadata(fit_params, rows, count_rows(X))
    return member.fit(take_rows(X, rows), take_rows(np.asarray(y), rows), **own)
