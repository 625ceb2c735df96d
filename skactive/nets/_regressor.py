"""A skorch net as a scikit-learn regressor."""

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin

from skactive.nets._base import START_CONSTRAINTS, BaseNet
from skactive.nets._forward import forward
from skactive.nets._outputs import decode_values
from skactive.utils._sklearn import _fit_context


class NetRegressor(RegressorMixin, BaseNet):
    """Regressor around a skorch net.

    Takes what scikit-learn regressors take: float64 or integer arrays, lists,
    DataFrames of numbers, sparse rows, images of any number of dimensions; one target
    or several. The module sees float32 and standardized targets.

    Parameters
    ----------
    net : skorch.NeuralNetRegressor
        Or any other skorch net with a regression criterion. It is cloned and never
        trained itself. A module given as a class is drawn anew by every `fit`; a module
        given as an instance starts every `fit` from the state it was given. Where the
        constructor of the module takes ``n_in`` and ``n_out`` and the net does not set
        them, they become the number of columns (of channels, for images) and of
        targets.
    start : {'reset', 'warm', 'shrink_perturb'}, default='reset'
        Where the training of a later `fit` starts: from new weights; from the trained
        ones; or from `shrink` times the trained ones plus `perturb` times new ones.
        With weights of another shape it starts anew.
    shrink, perturb : float, default=0.4 and 0.1
        For ``start="shrink_perturb"``; shrink 1 and perturb 0 is ``"warm"``, shrink 0
        and perturb 1 is ``"reset"``.
    augment : callable, default=None
        Changes the tensor of a sample at random, each time the net trains on it: a
        transform of `torchvision.transforms.v2`, or a function. Predictions see the
        samples as they are. See the notes.
    random_state : int, RandomState instance or None, default=None
        Determines initialization, order of the batches, augmentation and dropout. None
        draws fresh entropy. The global generators of NumPy and torch are neither read
        nor moved.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained net. Its outputs are standardized; `predict` undoes this.
    y_mean_, y_scale_ : ndarray of shape (n_targets,)
        Mean and standard deviation of each target, weighted if `fit` was; the scale of
        a constant target is 1.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns seen during `fit`, if they are all strings.

    See Also
    --------
    NetClassifier : The same for classification; its notes hold here too.
    as_estimator : The same for a bare torch module.

    Notes
    -----
    The targets are standardized for the net, so a criterion that depends on their scale
    or sign (Huber's threshold, a Poisson likelihood), or a module trained elsewhere on
    raw targets, meets standardized ones.

    Where training goes on (`start`), the targets are standardized by mean and scale of
    the labels at hand, not by those of the fit before.

    Examples
    --------
    >>> import numpy as np
    >>> from skorch import NeuralNetRegressor
    >>> from torch import nn
    >>> from skactive.nets import NetRegressor
    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> net = NeuralNetRegressor(nn.Linear(1, 1), lr=0.1, max_epochs=100)
    >>> reg = NetRegressor(net, random_state=0).fit(X, 1000 + 300 * X[:, 0])
    >>> reg.predict([[0.5]]).round()
    array([1150.])
    """

    _task = "regression"
    _other_task = ClassifierMixin
    _parameter_constraints = {
        "net": "no_validation",  # `fit` has a better error
        **START_CONSTRAINTS,
        "augment": [callable, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        net,
        *,
        start="reset",
        shrink=0.4,
        perturb=0.1,
        augment=None,
        random_state=None,
    ):
        self.net = net
        self.start = start
        self.shrink = shrink
        self.perturb = perturb
        self.augment = augment
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train a net, from new weights or, as `start` says, from the trained ones.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Samples.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the losses; rows of weight 0 are left out. Needs a criterion with
            a ``reduction``, as torch's own have.

        Returns
        -------
        self : object
            The fitted regressor.

        Raises
        ------
        TypeError
            If `net` is no skorch net, or one for classification.
        ValueError
            If the module has not as many outputs as there are targets.
        """
        return self._fit(X, y, sample_weight)

    def _check_fit(self, X, y):
        return self._check_X_y(X, y, multi_output=True, y_numeric=True)

    def _meet_labels(self, y):
        return True  # the number of targets shows in the shape of the weights

    def _prepare(self, X, y, weight):
        self._flat = y.ndim == 1
        columns = y.reshape(len(y), -1).astype(np.float64)
        self.y_mean_ = np.average(columns, axis=0, weights=weight)
        centered = columns - self.y_mean_
        scale = np.sqrt(np.average(centered**2, axis=0, weights=weight))
        self.y_scale_ = np.where(scale > 0, scale, 1.0)
        targets = (centered / self.y_scale_).astype(np.float32)
        return self._make_net(X), targets, targets.shape[1]

    def predict(self, X):
        """Predictions in units of y, in one pass over `X`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features, ...)
            Samples.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_targets)
            In the shape of the targets of `fit`, as float64.

        Raises
        ------
        ValueError
            If the outputs of the module are not finite.
        """
        return self._predict(forward(self, X))

    def _predict(self, result):
        """Predictions from what `forward` returned, in the shape of the targets."""
        return result.output[:, 0] if self._flat else result.output

    def _decode(self, output):
        return decode_values(output, self.y_mean_, self.y_scale_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
