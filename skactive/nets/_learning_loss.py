"""Multilayer perceptrons that predict their own losses."""

from numbers import Integral, Real

from skactive.nets._forward import forward
from skactive.nets._loss_prediction import (
    DetachHead,
    LossPredictingMLP,
    RankedCrossEntropy,
    RankedMSE,
)
from skactive.nets._mlp import TorchMLPClassifier, TorchMLPRegressor
from skactive.utils._sklearn import Interval

_CONSTRAINTS = {
    "loss_weight": [Interval(Real, 0, None, closed="left")],
    "joint_share": [Interval(Real, 0, 1, closed="both")],
    "head_size": [Interval(Integral, 1, None, closed="left")],
}


class _PredictsLoss:
    """Adds the head, its loss and its detachment to the net of an MLP."""

    def _make_net(self, X):
        net = super()._make_net(X)
        if not net.module__hidden_sizes:
            raise ValueError(
                "hidden_sizes is empty, and losses are predicted from hidden layers; "
                "pass at least one width."
            )
        return net.set_params(
            module=LossPredictingMLP,
            module__head_size=self.head_size,
            criterion=self._ranked,
            criterion__loss_weight=self.loss_weight,
            callbacks=[
                *net.callbacks,
                DetachHead(round(self.joint_share * self.max_epochs)),
            ],
        )

    def predict_loss(self, X):
        """Predicted losses, in one pass over `X`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        loss : ndarray of shape (n_samples,)
            In no unit and of any sign: the larger, the larger the expected loss.

        Raises
        ------
        ValueError
            If the outputs of the module are not finite.
        """
        return forward(self, X, predicted_loss=True).predicted_loss


class LearningLossClassifier(_PredictsLoss, TorchMLPClassifier):
    """Multilayer perceptron that learns to predict its own losses, for classification.

    A `TorchMLPClassifier` with a second head, which reads all hidden layers and learns
    which of two samples has the larger cross-entropy [1]_. The strategy
    ``learning_loss`` asks for the samples with the largest predicted loss.

    Parameters
    ----------
    hidden_sizes : array-like of int, default=(64, 64)
        Width of each hidden layer; at least one.
    dropout : float, default=0.2
        Probability of dropping a hidden unit while training, and in posterior draws.
        Without dropout there are no such draws.
    max_epochs : int, default=100
        Passes over the training data, at most.
    batch_size : int, default=64
        Rows of a training batch.
    lr : float, default=0.003
        Learning rate.
    optimizer : {'adam', 'adamw', 'sgd'} or class, default='adam'
        Stochastic gradient descent has a momentum of 0.9. A class is a
        `torch.optim.Optimizer` that takes ``lr`` and ``weight_decay``.
    weight_decay : float, default=0.0
        Weight decay of the optimizer.
    target_score : float or None, default=0.99
        Training stops once the accuracy on the training batches, averaged over ten
        epochs, reaches this. None trains for `max_epochs`.
    start : {'reset', 'warm', 'shrink_perturb'}, default='reset'
        Where the training of a later `fit` starts: from new weights; from the trained
        ones; or from `shrink` times the trained ones plus `perturb` times new ones.
        With another set of classes, or weights of another shape, it starts anew.
    shrink, perturb : float, default=0.4 and 0.1
        For ``start="shrink_perturb"``; shrink 1 and perturb 0 is ``"warm"``, shrink 0
        and perturb 1 is ``"reset"``.
    loss_weight : float, default=1.0
        Weight of the ranking of losses, beside the loss of the task.
    joint_share : float, default=0.6
        Share of `max_epochs` in which the ranking trains the hidden layers too.
        Afterwards it trains its own head alone.
    head_size : int, default=128
        Units of the loss head for each hidden layer.
    classes : array-like of shape (n_classes,), default=None
        All classes there are, the ones without a label yet included: they fix the width
        of the head. By default, the labels that `fit` sees.
    device : str or torch.device, default='cpu'
        Where to train and predict.
    random_state : int, RandomState instance or None, default=None
        Determines initialization, order of the batches and dropout. None draws fresh
        entropy. The global generators of NumPy and torch are neither read nor moved.

    Attributes
    ----------
    net_ : skorch.NeuralNetClassifier
        The trained net. Its module returns logits and predicted losses.
    classes_ : ndarray of shape (n_classes,)
        The sorted classes.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns seen during `fit`, if they are all strings.

    See Also
    --------
    LearningLossRegressor : The same for regression; its notes hold here too.
    skactive.strategies.learning_loss : The strategy.

    References
    ----------
    .. [1] D. Yoo, I. S. Kweon. Learning loss for active learning. CVPR 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skactive import ActiveLearner
    >>> from skactive.nets import LearningLossClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> clf = LearningLossClassifier(max_epochs=20)
    >>> learner = ActiveLearner(clf, "learning_loss", random_state=0)
    >>> len(learner.fit(X[::9], y[::9]).query(X, 5))
    5
    """

    _ranked = RankedCrossEntropy
    _parameter_constraints = {
        **TorchMLPClassifier._parameter_constraints,
        **_CONSTRAINTS,
    }

    def __init__(
        self,
        hidden_sizes=(64, 64),
        *,
        dropout=0.2,
        max_epochs=100,
        batch_size=64,
        lr=0.003,
        optimizer="adam",
        weight_decay=0.0,
        target_score=0.99,
        start="reset",
        shrink=0.4,
        perturb=0.1,
        loss_weight=1.0,
        joint_share=0.6,
        head_size=128,
        classes=None,
        device="cpu",
        random_state=None,
    ):
        super().__init__(
            hidden_sizes,
            dropout=dropout,
            max_epochs=max_epochs,
            batch_size=batch_size,
            lr=lr,
            optimizer=optimizer,
            weight_decay=weight_decay,
            target_score=target_score,
            start=start,
            shrink=shrink,
            perturb=perturb,
            classes=classes,
            device=device,
            random_state=random_state,
        )
        self.loss_weight = loss_weight
        self.joint_share = joint_share
        self.head_size = head_size


class LearningLossRegressor(_PredictsLoss, TorchMLPRegressor):
    """Multilayer perceptron that learns to predict its own losses, for regression.

    A `TorchMLPRegressor` with a second head, which reads all hidden layers and learns
    which of two samples has the larger squared error [1]_. The strategy
    ``learning_loss`` asks for the samples with the largest predicted loss.

    Parameters
    ----------
    hidden_sizes : array-like of int, default=(64, 64)
        Width of each hidden layer; at least one.
    dropout : float, default=0.2
        Probability of dropping a hidden unit while training, and in posterior draws.
        Without dropout there are no such draws.
    max_epochs : int, default=100
        Passes over the training data, at most.
    batch_size : int, default=64
        Rows of a training batch.
    lr : float, default=0.003
        Learning rate.
    optimizer : {'adam', 'adamw', 'sgd'} or class, default='adam'
        Stochastic gradient descent has a momentum of 0.9. A class is a
        `torch.optim.Optimizer` that takes ``lr`` and ``weight_decay``.
    weight_decay : float, default=0.0
        Weight decay of the optimizer.
    target_score : float or None, default=0.99
        Training stops once R² on the training batches (pooled over targets), averaged
        over ten epochs, reaches this. None trains for `max_epochs`.
    start : {'reset', 'warm', 'shrink_perturb'}, default='reset'
        Where the training of a later `fit` starts: from new weights; from the trained
        ones; or from `shrink` times the trained ones plus `perturb` times new ones.
        With weights of another shape, it starts anew.
    shrink, perturb : float, default=0.4 and 0.1
        For ``start="shrink_perturb"``; shrink 1 and perturb 0 is ``"warm"``, shrink 0
        and perturb 1 is ``"reset"``.
    loss_weight : float, default=1.0
        Weight of the ranking of losses, beside the loss of the task.
    joint_share : float, default=0.6
        Share of `max_epochs` in which the ranking trains the hidden layers too.
        Afterwards it trains its own head alone.
    head_size : int, default=128
        Units of the loss head for each hidden layer.
    device : str or torch.device, default='cpu'
        Where to train and predict.
    random_state : int, RandomState instance or None, default=None
        Determines initialization, order of the batches and dropout. None draws fresh
        entropy. The global generators of NumPy and torch are neither read nor moved.

    Attributes
    ----------
    net_ : skorch.NeuralNetRegressor
        The trained net. Its module returns standardized values and predicted losses.
    y_mean_, y_scale_ : ndarray of shape (n_targets,)
        Mean and standard deviation of each target; the scale of a constant one is 1.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns seen during `fit`, if they are all strings.

    See Also
    --------
    LearningLossClassifier : The same for classification.
    skactive.strategies.learning_loss : The strategy.

    Notes
    -----
    The losses are those of the training samples, with dropout on. Once the net knows
    these by heart, they say little, so a net that is to pick well should not be
    overfitted. A stop by `target_score` may come before the loss head is on its own.
    Committees train such nets one by one.

    References
    ----------
    .. [1] D. Yoo, I. S. Kweon. Learning loss for active learning. CVPR 2019.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman2
    >>> from skactive import ActiveLearner
    >>> from skactive.nets import LearningLossRegressor
    >>> X, y = make_friedman2(200, random_state=0)
    >>> reg = LearningLossRegressor(max_epochs=20)
    >>> learner = ActiveLearner(reg, "learning_loss", random_state=0)
    >>> len(learner.fit(X[:40], y[:40]).query(X[40:], 5))
    5
    """

    _ranked = RankedMSE
    _parameter_constraints = {
        **TorchMLPRegressor._parameter_constraints,
        **_CONSTRAINTS,
    }

    def __init__(
        self,
        hidden_sizes=(64, 64),
        *,
        dropout=0.2,
        max_epochs=100,
        batch_size=64,
        lr=0.003,
        optimizer="adam",
        weight_decay=0.0,
        target_score=0.99,
        start="reset",
        shrink=0.4,
        perturb=0.1,
        loss_weight=1.0,
        joint_share=0.6,
        head_size=128,
        device="cpu",
        random_state=None,
    ):
        super().__init__(
            hidden_sizes,
            dropout=dropout,
            max_epochs=max_epochs,
            batch_size=batch_size,
            lr=lr,
            optimizer=optimizer,
            weight_decay=weight_decay,
            target_score=target_score,
            start=start,
            shrink=shrink,
            perturb=perturb,
            device=device,
            random_state=random_state,
        )
        self.loss_weight = loss_weight
        self.joint_share = joint_share
        self.head_size = head_size
