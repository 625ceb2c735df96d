"""What `NetClassifier` and `NetRegressor` share: checking rows and training a net."""

from contextlib import ExitStack
from copy import copy, deepcopy
from numbers import Real

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted
from skorch import NeuralNet

from skactive.nets._augment import augment_training
from skactive.nets._criterion import check_reduction, checked_outputs
from skactive.nets._interrupts import train
from skactive.nets._members import fit_members
from skactive.nets._prepare import drop_default_split, set_defaults, set_sizes
from skactive.nets._seeding import seeded_torch
from skactive.nets._start import continue_from
from skactive.nets._untrained import collect
from skactive.nets._weights import weighted_losses
from skactive.utils import draw_seed, unchanged_by_errors
from skactive.utils._sklearn import (
    Interval,
    StrOptions,
    _check_sample_weight,
    validate_data,
)

START_CONSTRAINTS = {
    "start": [StrOptions({"reset", "warm", "shrink_perturb"})],
    "shrink": [Interval(Real, 0, 1, closed="both")],
    "perturb": [Interval(Real, 0, None, closed="left")],
}


class BaseNet(BaseEstimator):
    """Base of the estimators around a skorch net.

    A subclass says in `_task` and `_other_task` what it is, gets its unfitted skorch
    net from `_make_net`, and turns the output of the module into its own in `_decode`.
    What `fit` does in steps, so that members of a committee can take them together:
    `_check_fit` the data, `_meet_labels` and say whether the trained net knows them,
    `_prepare` the net and its targets.
    """

    _allow_nd = True
    augment = None  # of estimators without the parameter

    # Some transforms of torchvision have a `get_params` of their own, which takes an
    # image; scikit-learn would take them for estimators.
    def get_params(self, deep=True):
        """Parameters of the estimator and, if `deep`, of the net.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the parameters of the net.

        Returns
        -------
        params : dict
            Names and values.
        """
        if self.augment is None:
            return super().get_params(deep)
        params = _without_augment(self).get_params(deep)
        return {**params, "augment": self.augment}

    def __sklearn_clone__(self):
        if self.augment is None:
            return super().__sklearn_clone__()
        twin = clone(_without_augment(self))
        twin.augment = deepcopy(self.augment)
        return twin

    def _make_net(self, X):
        """Give the unfitted skorch net that `fit` trains on the checked rows `X`."""
        if not isinstance(self.net, NeuralNet):
            raise TypeError(
                f"net={self.net!r} is not a skorch net; for a torch module use "
                f"skactive.nets.as_estimator(module, task={self._task!r})."
            )
        if isinstance(self.net, self._other_task):
            raise TypeError(
                f"net is a {type(self.net).__name__}, which is not for {self._task}; "
                "skactive.nets.as_estimator(net) picks the right estimator."
            )
        return clone(self.net)

    def _batch_augment(self):
        """What changes the samples of each batch that is trained on, if anything."""
        return self.augment

    def _check_X(self, X):
        check_is_fitted(self)
        return _own(validate_data(self, X, reset=False, **self._x_options()))

    def _check_X_y(self, X, y, **options):
        X, y = validate_data(self, X, y, **self._x_options(), **options)
        return _own(X), y

    def _x_options(self):
        return {
            "dtype": np.float32,
            "accept_sparse": "csr",
            "allow_nd": self._allow_nd,
            "order": "C",
        }

    def _weighted(self, X, y, sample_weight):
        """Rows of positive weight, and their weights scaled to mean 1, if any."""
        if sample_weight is None:
            return X, y, None
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if (weight < 0).any() or not weight.any():
            raise ValueError(
                "sample_weight has negative entries or no positive one; pass weights "
                ">= 0 with at least one above 0."
            )
        kept = np.flatnonzero(weight)
        weight = weight[kept] / weight[kept].mean()
        return X[kept], y[kept], weight.astype(np.float32)

    def _fit(self, X, y, sample_weight):
        with unchanged_by_errors(self):
            X, y = self._check_fit(X, y)
            former = self._former(self._meet_labels(y))
            X, y, weight = self._weighted(X, y, sample_weight)
            prepared = net, targets, n_outputs = self._prepare(X, y, weight)
            if weight is None and collect(self, X, prepared, former):
                self.net_ = net  # to be trained at once with others
            else:
                self.net_ = self._train(net, X, targets, weight, n_outputs, former)
        return self

    def _former(self, same_targets):
        """The net to go on from, if there is one and its outputs still mean the same.

        `same_targets` says the latter.
        """
        goes_on = self.start != "reset" and same_targets
        return getattr(self, "net_", None) if goes_on else None

    def _initialize(self, net, X, n_outputs, former):
        """Give `net` its sizes, defaults and first weights; inside `seeded_torch`."""
        set_sizes(net, X.shape[1], n_outputs)
        set_defaults(net, X)
        augment = self._batch_augment()
        if augment is not None:
            augment_training(net, augment)
        net.initialize()
        drop_default_split(net)
        if former is not None:
            warm = self.start == "warm"
            shrink, perturb = (1, 0) if warm else (self.shrink, self.perturb)
            continue_from(net, former, X, shrink=shrink, perturb=perturb)

    def _train(self, net, X, y, weight, n_outputs, former):
        """Train `net` on checked rows and encoded targets."""
        with seeded_torch(draw_seed(self.random_state), net.device):
            self._initialize(net, X, n_outputs, former)
            with ExitStack() as hooks:
                data = X
                if weight is None:
                    check_reduction(net)
                else:
                    data = net.get_dataset(X, (y, weight))
                    hooks.enter_context(weighted_losses(net))
                hooks.enter_context(checked_outputs(net, n_outputs, task=self._task))
                train(net, data, y)
        return net

    def fit_members(self, X, y, rows, seeds, *, previous=()):
        """Train copies of this estimator at once, each on rows of its own.

        Each member gets the weights, the order of batches, the scaling and the stop
        that its own ``fit`` would give it; results agree up to rounding. This estimator
        stays as it is. `skactive.Committee` calls this.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Samples.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their labels.
        rows : list of array-like of shape (n_rows,)
            Row numbers of the samples of each member.
        seeds : list of int
            Seed of each member; it replaces `random_state`.
        previous : list of fitted estimators, default=()
            Members to go on from, where `start` says so; the first ones, if they are
            fewer.

        Returns
        -------
        members : list of estimators or NotImplemented
            Fitted, ordinary estimators. NotImplemented where the members have to be
            trained apart: with dropout in more than a chain of layers, or on a GPU,
            statistics of BatchNorm, a net, callback, optimizer or data set of the
            user's own, a module that `torch.vmap` cannot follow, or members whose rows
            differ in number or whose classes differ.
        """
        self._validate_params()
        return fit_members(self, X, y, rows, seeds, previous)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = self._allow_nd
        return tags


def _without_augment(estimator):
    bare = copy(estimator)
    bare.augment = None
    return bare


def _own(X):
    """Rows that torch takes as they are: it warns about arrays it may not write to."""
    return X if sparse.issparse(X) else np.require(X, requirements=["C", "W"])
