"""What `NetClassifier` and `NetRegressor` share: checking rows and training a net."""

from contextlib import ExitStack

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted
from skorch import NeuralNet

from skactive.nets._criterion import checked_outputs
from skactive.nets._prepare import drop_default_split, set_defaults, set_sizes
from skactive.nets._seeding import seeded_torch
from skactive.nets._weights import weighted_losses
from skactive.utils import draw_seed
from skactive.utils._sklearn import _check_sample_weight, validate_data


class BaseNet(BaseEstimator):
    """Base of the estimators around a skorch net.

    A subclass says in `_task` and `_other_task` what it is, gets its unfitted skorch
    net from `_make_net`, and turns the output of the module into its own in `_decode`.
    """

    _allow_nd = True

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

    def _train(self, net, X, y, weight, n_outputs):
        """Train the fresh `net` on checked rows and encoded targets."""
        set_sizes(net, X.shape[1], n_outputs)
        set_defaults(net, X)
        with seeded_torch(draw_seed(self.random_state), net.device):
            net.initialize()
            drop_default_split(net)
            with ExitStack() as hooks:
                data = X
                if weight is not None:
                    data = net.get_dataset(X, (y, weight))
                    hooks.enter_context(weighted_losses(net))
                hooks.enter_context(checked_outputs(net, n_outputs, task=self._task))
                net.partial_fit(data, y)
        return net

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = self._allow_nd
        return tags


def _own(X):
    """Rows that torch takes as they are: it warns about arrays it may not write to."""
    return X if sparse.issparse(X) else np.require(X, requirements=["C", "W"])
