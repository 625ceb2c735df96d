"""Pseudo-labels: a model's own answers on unlabeled samples, as far as they help."""

from __future__ import annotations

import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, clone
from sklearn.model_selection import check_cv
from sklearn.utils import get_tags
from sklearn.utils.validation import assert_all_finite, check_consistent_length

from skactive.committee import Committee
from skactive.geometry import top_k
from skactive.semisupervised._fitting import fit_weighted, weight_parameter
from skactive.semisupervised._folds import make_folds, usable_folds
from skactive.semisupervised._minus_one import (
    Delegating,
    as_rows,
    check_class_labels,
)
from skactive.utils import (
    check_same_kind,
    count_rows,
    derive_seed,
    draw_seed,
    seed_nested,
    stack_rows,
    take_rows,
)
from skactive.utils._sklearn import (
    HasMethods,
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)

_CONSTRAINTS = {
    "estimator": [HasMethods(["fit", "predict"])],
    "fraction": [Interval(Real, 0, 1, closed="right")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "max_ratio": [None, Interval(Real, 0, None, closed="neither")],
    "cv": ["cv_object"],
    "random_state": ["random_state"],
}


class _Track:
    """Some of the labels, and what comes of them round by round.

    Attributes
    ----------
    guesses : (rows, labels, weights)
        Pseudo-labeled rows of the unlabeled samples.
    model : estimator
        Trained on the labels and the guesses.
    """

    def __init__(self, estimator, X, y, weight, unlabeled, rng):
        self.estimator = estimator
        self.X = X
        self.y = y
        self.weight = weight
        self.unlabeled = unlabeled
        self.rng = rng
        self.guesses = (np.empty(0, dtype=np.int64), y[:0], np.empty(0))
        self.model = self.train(estimator)

    def train(self, estimator):
        """Fit a clone of an estimator to the labels and the guesses."""
        rows, labels, weights = self.guesses
        X, y, weight = self.X, self.y, self.weight
        if len(rows):
            X = stack_rows(X, take_rows(self.unlabeled, rows))
            y = np.concatenate([y, labels])
            weight = np.append(weight, weights)
        weight = None if (weight == 1).all() else weight
        return fit_weighted(clone(estimator), X, y, weight, self.rng)

    def advance(self, guesses):
        """Train on other guesses."""
        self.guesses = guesses
        self.model = self.train(self.estimator)


class _PseudoLabels(Delegating):
    """Rounds of guessing and training, judged on labels that are left out.

    A subclass writes ``_guess(track, share)`` and ``_losses(model, X, y)``.
    """

    def _check_estimator(self, other, wrapper):
        """Refuse an estimator of the other type, which a wrapper is for."""
        # An estimator without tags says nothing of its type.
        has_tags = hasattr(self.estimator, "__sklearn_tags__")
        if has_tags and get_tags(self.estimator).estimator_type == other:
            raise TypeError(
                f"estimator={self.estimator!r} is a {other}; wrap it in "
                f"skactive.semisupervised.{wrapper}."
            )

    def _fit(self, X, y, sample_weight, X_unlabeled):
        seed = draw_seed(self.random_state)
        estimator = seed_nested(clone(self.estimator), derive_seed(seed, "estimator"))
        name = weight_parameter(estimator)
        if sample_weight is not None and name is None:
            raise TypeError(
                f"{type(estimator).__name__} takes no sample_weight; leave it out."
            )
        weight = _check_sample_weight(sample_weight, y, dtype=np.float64)
        if (weight < 0).any() or not weight.any():
            raise ValueError(
                "sample_weight has negative entries or no positive one; pass weights "
                ">= 0 with at least one above 0."
            )
        if X_unlabeled is None or count_rows(X_unlabeled) == 0:
            params = {} if sample_weight is None else {name: sample_weight}
            self.estimator_ = estimator.fit(X, y, **params)
            none = np.empty(0, dtype=np.int64), y[:0], np.empty(0)
            return self._report(0, none, [])
        X, unlabeled = as_rows(X), as_rows(X_unlabeled)
        check_same_kind(unlabeled, X)

        def track(rows, *role):
            rng = np.random.default_rng(derive_seed(seed, *role))
            part = take_rows(X, rows), y[rows], weight[rows]
            return _Track(estimator, *part, unlabeled, rng)

        whole = track(np.arange(len(y)), "all")
        folds = [
            (track(rows, "fold", number), take_rows(X, rest), y[rest], weight[rest])
            for number, (rows, rest) in enumerate(self._folds(y, weight, seed))
        ]
        n_rounds = self.max_iter
        if self.cv is not None and not folds:
            n_rounds = 0
            warnings.warn(
                "The labels are too few to leave some out and judge pseudo-labels by "
                "them, so none were used. Label more samples, two of a class at least, "
                "or pass cv=None to run all rounds unjudged.",
                UserWarning,
                stacklevel=4,  # whoever called fit
            )
        tracks = [whole, *(fold for fold, *_ in folds)]
        losses = self._left_out(folds)
        kept = whole.model, 0, whole.guesses
        for number in range(1, n_rounds + 1):
            for each in tracks:
                each.advance(self._guess(each, number / self.max_iter))
            losses = losses + self._left_out(folds)
            worse = len(losses) > 1 and losses[-1] > losses[-2]
            if worse or not len(whole.guesses[0]):
                break
            kept = whole.model, number, whole.guesses
        self.estimator_, number, guesses = kept
        return self._report(number, guesses, losses)

    def _folds(self, y, weight, seed):
        """Rows to train on and rows left out; those that weigh nothing are in none."""
        if self.cv is None:
            return []
        codes = self._codes(y)

        def own(part):
            rows = np.arange(len(y))[part]
            return rows[weight[rows] > 0]

        if isinstance(self.cv, Integral):
            # scikit-learn's folds refuse classes with fewer labels than folds.
            rng = np.random.default_rng(derive_seed(seed, "folds"))
            weighty = np.flatnonzero(weight)
            pairs = make_folds(codes[weighty], self.cv, rng)
            pairs = [(weighty[rows], weighty[rest]) for rows, rest in pairs]
        else:
            pairs = [(own(rows), own(rest)) for rows, rest in self._split(codes)]
        return usable_folds(pairs, codes)

    def _split(self, codes):
        """The pairs of a splitter or an iterable."""
        try:
            return list(check_cv(self.cv).split(np.zeros(len(codes)), codes))
        except ValueError as error:
            raise ValueError(
                f"cv={self.cv!r} cannot split the labels: {error} A list of pairs of "
                "row numbers, (those to train on, those left out), always does; that "
                "of a splitter by groups is list(cv.split(X, y, groups))."
            ) from error

    def _left_out(self, folds):
        """The mean loss on rows left out, in a list that is empty without folds."""
        if not folds:
            return []
        losses = [self._losses(fold.model, X, y) for fold, X, y, _ in folds]
        losses = np.concatenate(losses)
        weight = np.concatenate([each for *_, each in folds])
        if (weight == 1).all():
            return [float(losses.mean())]
        return [float(np.average(losses, weights=weight))]

    def _capped(self, weights, mass):
        """Weights whose sum is at most `max_ratio` times the mass of the labels."""
        total = weights.sum()
        if self.max_ratio is None or total <= self.max_ratio * mass:
            return weights
        return weights * (self.max_ratio * mass / total)

    def _report(self, n_iter, guesses, losses):
        self.pseudo_rows_, self.pseudo_labels_, self.pseudo_weights_ = guesses
        self.n_iter_ = n_iter + 1
        self.losses_ = losses
        return self


class PseudoLabelClassifier(ClassifierMixin, _PseudoLabels):
    """Classifier that trains on its own surest answers beside the labels.

    In each round the estimator is trained on the labels and on pseudo-labels, which are
    its answers of the round before for the unlabeled samples it is surest of. They are
    chosen anew each time, count for more from round to round, and never change a label.
    Rounds end when models trained without a fifth of the labels get worse on these.

    Parameters
    ----------
    estimator : classifier
        Anything with ``predict_proba``, Pipelines included; cloned. One that takes no
        sample weights gets pseudo-labels with their weight for a chance.
    threshold : float, default=None
        Take the answers with at least this probability, however many; above 1 none.
        Probabilities are taken as they come: calibrate them where that matters.
    fraction : float, default=0.2
        Without a threshold: share of the unlabeled samples of each predicted class that
        is taken, the surest first.
    max_iter : int, default=5
        Rounds, at most. In round i of these the weight of a pseudo-label is its
        probability times i / `max_iter`.
    weighting : {'probability', 'uniform'}, default='probability'
        'uniform' leaves the probability out of the weight.
    max_ratio : float or None, default=1.0
        The weights of the pseudo-labels of a class are scaled down to sum to at most so
        many times the weights of its labels; None leaves them.
    cv : int, splitter, iterable or None, default=5
        Number of folds of the labels that judge the rounds by log-loss, or what splits
        them; each costs as many trainings as the whole. Folds that leave a single class
        to train on are skipped; if no other is left, or no label left out is of a class
        trained on, there are no rounds. None runs all rounds unjudged.
    random_state : int, RandomState instance or None, default=None
        Seed of folds, ties and of what is random in the estimator and not seeded.

    Attributes
    ----------
    estimator_ : classifier
        Trained on labels and pseudo-labels.
    classes_ : ndarray of shape (n_classes,)
        The sorted classes.
    n_iter_ : int
        Trainings that led to the estimator: the one on labels alone, and the rounds
        that counted.
    losses_ : list of float
        Log-loss on labels left out, weighted as they are, before the first round and
        after each; empty if there was nothing to judge by.
    pseudo_rows_ : ndarray of shape (n_pseudo,), int64
        Rows of `X_unlabeled` that were pseudo-labeled. The doubt of the model about
        them confirms itself.
    pseudo_labels_, pseudo_weights_ : ndarray of shape (n_pseudo,)
        Their labels and weights.

    See Also
    --------
    MixMatchClassifier : For nets.
    sklearn.semi_supervised.SelfTrainingClassifier : Never takes a label back.

    References
    ----------
    D.-H. Lee (2013), "Pseudo-Label: The Simple and Efficient Semi-Supervised Learning
    Method for Deep Neural Networks", without the folds.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.semisupervised import PseudoLabelClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> clf = PseudoLabelClassifier(GaussianNB(), random_state=0)
    >>> clf = clf.fit(X[::9], y[::9], X_unlabeled=X[1::2])
    >>> clf.score(X, y) > 0.9
    True
    """

    _parameter_constraints: dict = {
        **_CONSTRAINTS,
        "threshold": [None, Interval(Real, 0, None, closed="neither")],
        "weighting": [StrOptions({"probability", "uniform"})],
    }

    def __init__(
        self,
        estimator,
        *,
        threshold=None,
        fraction=0.2,
        max_iter=5,
        weighting="probability",
        max_ratio=1.0,
        cv=5,
        random_state=None,
    ):
        self.estimator = estimator
        self.threshold = threshold
        self.fraction = fraction
        self.max_iter = max_iter
        self.weighting = weighting
        self.max_ratio = max_ratio
        self.cv = cv
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, *, X_unlabeled=None):
        """Train on labels and pseudo-labels.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            Labeled samples, in whatever form the estimator takes them.
        y : array-like of shape (n_samples,)
            Their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the labeled samples, >= 0. One of weight 0 has no part in judging
            the rounds.
        X_unlabeled : like X, of shape (n_unlabeled, ...), default=None
            Unlabeled samples. None, or no rows, trains on the labels alone.

        Returns
        -------
        self : PseudoLabelClassifier

        Raises
        ------
        TypeError
            If the estimator is a regressor, or there are unlabeled samples and it has
            no probabilities.
        ValueError
            If a weight is negative or none is positive, or if `cv` cannot split the
            labels.

        Warns
        -----
        UserWarning
            If the labels are too few to judge pseudo-labels; none are used then.
        """
        y = check_class_labels(X, y)
        self._check_estimator("regressor", "PseudoLabelRegressor")
        unlabeled = X_unlabeled is not None and count_rows(X_unlabeled) > 0
        if unlabeled and not hasattr(self.estimator, "predict_proba"):
            raise TypeError(
                f"{type(self.estimator).__name__} has no predict_proba to say which of "
                "its answers are sure; wrap it in CalibratedClassifierCV."
            )
        self._fit(X, y, sample_weight, X_unlabeled)
        self.classes_ = self.estimator_.classes_
        return self

    def _guess(self, track, share):
        proba = np.asarray(track.model.predict_proba(track.unlabeled))
        best, confidence = proba.argmax(axis=1), proba.max(axis=1)
        if self.threshold is not None:
            rows = np.flatnonzero(confidence >= self.threshold)
        else:
            chosen = []
            for number in np.unique(best):
                own = np.flatnonzero(best == number)
                size = max(1, int(self.fraction * len(own)))
                chosen.append(own[top_k(confidence[own], size, rng=track.rng)])
            rows = np.sort(np.concatenate(chosen))
        labels = track.model.classes_[best[rows]]
        weights = np.full(len(rows), float(share))
        if self.weighting == "probability":
            weights = share * confidence[rows]
        for label in np.unique(labels):
            own, mass = labels == label, track.weight[track.y == label].sum()
            weights[own] = self._capped(weights[own], mass)
        return rows, labels, weights

    @staticmethod
    def _losses(model, X, y):
        """Log-loss of each sample; of a class not seen, that of no probability."""
        proba = np.asarray(model.predict_proba(X), dtype=np.float64)
        own = (y[:, None] == model.classes_) * proba
        return -np.log(np.maximum(own.sum(axis=1), np.finfo(np.float32).eps))

    @staticmethod
    def _codes(y):
        return np.unique(y, return_inverse=True)[1]


class PseudoLabelRegressor(RegressorMixin, _PseudoLabels):
    """Regressor that trains on a committee's most unanimous answers beside the labels.

    As `PseudoLabelClassifier`; the pseudo-labels are the mean answers of a committee of
    the estimator for the unlabeled samples on which its members agree best.

    Parameters
    ----------
    estimator : regressor
        Pipelines included; cloned. One that takes no sample weights gets pseudo-labels
        with their weight for a chance.
    fraction : float, default=0.2
        Share of the unlabeled samples that is taken.
    n_members : int, default=5
        Members of the committee.
    max_iter : int, default=1
        Rounds, at most. In round i of these a pseudo-label weighs i / `max_iter`.
    max_ratio : float or None, default=1.0
        The weights of the pseudo-labels are scaled down to sum to at most so many times
        the weights of the labels; None leaves them.
    cv : int, splitter, iterable or None, default=5
        Number of folds of the labels that judge the rounds by squared error, or what
        splits them; each costs as many trainings as the whole. With a single label
        there are no rounds. None runs all rounds unjudged.
    random_state : int, RandomState instance or None, default=None
        Seed of folds, ties, committees and of what is random in the estimator and not
        seeded.

    Attributes
    ----------
    estimator_ : regressor
        Trained on labels and pseudo-labels.
    n_iter_ : int
        Trainings that led to the estimator: the one on labels alone, and the rounds
        that counted.
    losses_ : list of float
        Squared error on labels left out, weighted as they are, before the first round
        and after each; empty if there was nothing to judge by.
    pseudo_rows_ : ndarray of shape (n_pseudo,), int64
        Rows of `X_unlabeled` that were pseudo-labeled.
    pseudo_labels_ : ndarray of shape (n_pseudo,) or (n_pseudo, n_targets)
        Their labels.
    pseudo_weights_ : ndarray of shape (n_pseudo,)
        Their weights.

    See Also
    --------
    PseudoLabelClassifier : The same for classification.

    References
    ----------
    After Z.-H. Zhou and M. Li (2005), "Semi-Supervised Regression with Co-Training",
    where two regressors label for each other.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skactive.semisupervised import PseudoLabelRegressor
    >>> X, y = make_friedman1(300, random_state=0)
    >>> reg = PseudoLabelRegressor(DecisionTreeRegressor(), random_state=0)
    >>> reg = reg.fit(X[:40], y[:40], X_unlabeled=X[40:])
    >>> len(reg.losses_), reg.n_iter_ in (1, 2)
    (2, True)
    """

    _parameter_constraints: dict = {
        **_CONSTRAINTS,
        "n_members": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(
        self,
        estimator,
        *,
        fraction=0.2,
        n_members=5,
        max_iter=1,
        max_ratio=1.0,
        cv=5,
        random_state=None,
    ):
        self.estimator = estimator
        self.fraction = fraction
        self.n_members = n_members
        self.max_iter = max_iter
        self.max_ratio = max_ratio
        self.cv = cv
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, *, X_unlabeled=None):
        """Train on labels and pseudo-labels.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
            Labeled samples, in whatever form the estimator takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the labeled samples, >= 0. One of weight 0 has no part in judging
            the rounds.
        X_unlabeled : like X, of shape (n_unlabeled, ...), default=None
            Unlabeled samples. None, or no rows, trains on the labels alone.

        Returns
        -------
        self : PseudoLabelRegressor

        Raises
        ------
        TypeError
            If the estimator is a classifier.
        ValueError
            If a weight is negative or none is positive, or if `cv` cannot split the
            labels.

        Warns
        -----
        UserWarning
            If the labels are too few to judge pseudo-labels; none are used then.
        """
        if y is None:
            raise ValueError(
                "requires y to be passed, but the target y is None; pass the labels."
            )
        y = np.asarray(y)
        assert_all_finite(y, input_name="y")
        check_consistent_length(X, y)
        self._check_estimator("classifier", "PseudoLabelClassifier")
        return self._fit(X, y, sample_weight, X_unlabeled)

    def _guess(self, track, share):
        seed = int(track.rng.integers(2**31))
        committee = Committee(track.estimator, self.n_members, random_state=seed)
        committee = track.train(committee)
        answers = np.stack([m.predict(track.unlabeled) for m in committee.estimators_])
        spread = answers.var(axis=0, dtype=np.float64)
        if spread.ndim > 1:  # targets in a common unit
            variance = track.y.var(axis=0, dtype=np.float64)
            spread = (spread / np.where(variance > 0, variance, 1)).mean(axis=1)
        size = max(1, int(self.fraction * len(spread)))
        rows = np.sort(top_k(-spread, size, rng=track.rng))
        labels = answers[:, rows].mean(axis=0).reshape(-1, *track.y.shape[1:])
        weights = np.full(len(rows), float(share))
        return rows, labels, self._capped(weights, track.weight.sum())

    def _losses(self, model, X, y):
        """Squared error of each sample, the mean over targets."""
        errors = (np.asarray(model.predict(X)).reshape(y.shape) - y) ** 2
        return errors.reshape(len(y), -1).mean(axis=1)

    @staticmethod
    def _codes(y):
        return np.zeros(len(y), dtype=np.intp)
