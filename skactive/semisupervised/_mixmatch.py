"""MixMatch: guesses for unlabeled samples, sharpened and mixed with labels."""

from numbers import Integral, Real

import torch

from skactive.semisupervised._net import CONSTRAINTS, SemiSupervisedNet
from skactive.utils._sklearn import Interval


class MixMatchClassifier(SemiSupervisedNet):
    """Net that learns from unlabeled samples by MixMatch.

    In each step the net guesses the labels of some unlabeled samples, as the mean of
    its answers for several augmented copies, and sharpens the guesses. Labeled and
    unlabeled samples are mixed with each other, and so are their labels. The net is
    trained to give the mixed labels, by cross-entropy near labeled samples and by
    squared error near the others, and predicts with an average of its weights over the
    last steps [1]_.

    Parameters
    ----------
    net : skorch.NeuralNetClassifier or skactive.nets.NetClassifier
        As for `~skactive.nets.NetClassifier`; also a
        `~skactive.nets.TorchMLPClassifier`, which sizes itself to the table.
    augment : 'auto', Augmentation, list, callable or None, default='auto'
        What changes a sample and leaves its label alone: `Jitter` and the like,
        a list of them in their order, or a function of one sample as a float32 tensor,
        such as a transform of ``torchvision.transforms.v2``. 'auto' is that of `net`,
        or ``Jitter()`` for tables; None changes nothing.
    n_augmentations : int, default=2
        Augmented copies of each unlabeled sample.
    temperature : float, default=0.5
        Guesses are sharpened to the power of one over this.
    alpha : float, default=0.75
        Shares are drawn from Beta(alpha, alpha), one for each sample; 0 mixes nothing.
    unlabeled_weight : float, default=25.0
        Weight of the squared error at the end; it grows from zero in proportion to the
        steps. The original has 75, for images.
    n_steps : int, default=1500
        Number of steps.
    batch_size : int, default=64
        Labeled samples, and unlabeled ones, in a step.
    ema_decay : float, default=0.999
        Share that a step leaves of the average of the weights.
    check_strength : bool, default=True
        Whether to halve the strength of the augmentation until nets on a part of the
        labels lose at most 5 points of accuracy by it on the others.
    classes : array-like of shape (n_classes,), default=None
        All classes there are, the ones without a label yet included. By default, the
        labels that `fit` sees.
    start : {'reset', 'warm', 'shrink_perturb'}, default='reset'
        Where the training of a later `fit` starts, as for
        `~skactive.nets.NetClassifier`.
    shrink, perturb : float, default=0.4 and 0.1
        For ``start="shrink_perturb"``.
    random_state : int, RandomState instance or None, default=None
        Determines all that is random. The global generators of NumPy and torch are
        neither read nor moved.

    Attributes
    ----------
    net_ : skorch.NeuralNetClassifier
        The trained net; its weights are the average.
    classes_ : ndarray of shape (n_classes,)
        The sorted classes.
    augmentation_ : Augmentation or None
        As it was used, ``augmentation_.strength`` after the check. Only after training
        with unlabeled samples.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns seen during `fit`, if they are all strings.

    See Also
    --------
    PseudoLabelClassifier : For any estimator.
    ConsistencyClassifier : Without guesses, sharpening and mixing.

    Notes
    -----
    Without unlabeled samples it trains as `~skactive.nets.NetClassifier` does, without
    augmentation. With them, optimizer, learning rate and weight decay are those of
    `net`; its epochs, batches, callbacks, split and seed play no part. The statistics
    of BatchNorm are those of batches that hold a part of each kind of samples.

    Sharpened guesses pull the boundary between classes to where samples are rare. Where
    classes overlap there is no such place, and the net may do much worse than on the
    labels alone.

    References
    ----------
    .. [1] D. Berthelot, N. Carlini, I. Goodfellow, N. Papernot, A. Oliver, C. Raffel.
       MixMatch: a holistic approach to semi-supervised learning. NeurIPS 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skactive.nets import TorchMLPClassifier
    >>> from skactive.semisupervised import MixMatchClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> clf = MixMatchClassifier(TorchMLPClassifier(), n_steps=100, random_state=0)
    >>> clf = clf.fit(X[::9], y[::9], X_unlabeled=X[1::2])
    >>> clf.score(X, y) > 0.9
    True
    """

    _parameter_constraints = {
        **CONSTRAINTS,
        "n_augmentations": [Interval(Integral, 1, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "alpha": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        net,
        *,
        augment="auto",
        n_augmentations=2,
        temperature=0.5,
        alpha=0.75,
        unlabeled_weight=25.0,
        n_steps=1500,
        batch_size=64,
        ema_decay=0.999,
        check_strength=True,
        classes=None,
        start="reset",
        shrink=0.4,
        perturb=0.1,
        random_state=None,
    ):
        super().__init__(
            net,
            classes=classes,
            start=start,
            shrink=shrink,
            perturb=perturb,
            random_state=random_state,
        )
        self.augment = augment
        self.n_augmentations = n_augmentations
        self.temperature = temperature
        self.alpha = alpha
        self.unlabeled_weight = unlabeled_weight
        self.n_steps = n_steps
        self.batch_size = batch_size
        self.ema_decay = ema_decay
        self.check_strength = check_strength

    def _loss(self, trainer, augmented, X, targets, U, weight, rng):
        device = targets.device
        X = augmented(X).to(device)
        copies = [augmented(U).to(device) for _ in range(self.n_augmentations)]
        guesses = trainer.guess(torch.cat(copies)).unflatten(0, (len(copies), -1))
        guesses = sharpen(guesses.mean(0), self.temperature)
        inputs = torch.cat([X, *copies])
        targets = torch.cat([targets, guesses.repeat(len(copies), 1)])
        inputs, targets = mix_rows(inputs, targets, self.alpha, rng)
        logits = trainer.logits_interleaved(list(inputs.split(len(X))))
        logits, rest = logits[0], torch.cat(list(logits[1:]))
        known, guessed = targets[: len(X)], targets[len(X) :]
        cross_entropy = -(known * logits.log_softmax(1)).sum(1).mean()
        return cross_entropy + weight * ((rest.softmax(1) - guessed) ** 2).mean()


def sharpen(proba, temperature):
    """Probabilities to the power of 1 / temperature, summing to 1 again.

    Parameters
    ----------
    proba : Tensor of shape (n, n_classes)
    temperature : float
    """
    # By logarithms: at a low temperature all powers may be zero.
    return torch.softmax(proba.log() / temperature, 1)


def mix_rows(inputs, targets, alpha, rng):
    """Mix each row with another one, of which it gets the smaller share.

    Parameters
    ----------
    inputs : Tensor of shape (n, ...)
    targets : Tensor of shape (n, n_classes)
    alpha : float
        A share is drawn for each row from Beta(alpha, alpha); 0 mixes nothing.
    rng : numpy.random.Generator

    Returns
    -------
    inputs, targets : Tensor
    """
    if alpha == 0:
        return inputs, targets
    share = torch.as_tensor(rng.beta(alpha, alpha, size=len(inputs))).to(inputs)
    share = torch.maximum(share, 1 - share)
    other = torch.as_tensor(rng.permutation(len(inputs)), device=inputs.device)

    def mixed(rows):
        own = share.reshape(-1, *[1] * (rows.ndim - 1))
        return own * rows + (1 - own) * rows[other]

    return mixed(inputs), mixed(targets)
