"""Consistency: augmented copies of a sample should get one answer."""

from skactive.semisupervised._net import CONSTRAINTS, SemiSupervisedNet


class ConsistencyClassifier(SemiSupervisedNet):
    """Net that learns to answer alike for augmented copies of a sample.

    Beside the cross-entropy of the labels, each step makes the answers for augmented
    unlabeled samples smaller in their distance to those for other copies, given by the
    average of the net's weights over the last steps: the mean teacher [1]_. That
    average predicts.

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
    unlabeled_weight : float, default=30.0
        Weight of the squared error at the end; it grows from zero in proportion to the
        steps. The original has 100, for images.
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
    MixMatchClassifier : Sharpens and mixes too.

    Notes
    -----
    Without unlabeled samples it trains as `~skactive.nets.NetClassifier` does, without
    augmentation. With them, optimizer, learning rate and weight decay are those of
    `net`; its epochs, batches, callbacks, split and seed play no part. The statistics
    of BatchNorm are those of the labeled batches.

    References
    ----------
    .. [1] A. Tarvainen, H. Valpola. Mean teachers are better role models:
       weight-averaged consistency targets improve semi-supervised deep learning
       results. NeurIPS 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skactive.nets import TorchMLPClassifier
    >>> from skactive.semisupervised import ConsistencyClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> clf = ConsistencyClassifier(TorchMLPClassifier(), n_steps=100, random_state=0)
    >>> clf = clf.fit(X[::9], y[::9], X_unlabeled=X[1::2])
    >>> clf.score(X, y) > 0.9
    True
    """

    _parameter_constraints = CONSTRAINTS

    def __init__(
        self,
        net,
        *,
        augment="auto",
        unlabeled_weight=30.0,
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
        self.unlabeled_weight = unlabeled_weight
        self.n_steps = n_steps
        self.batch_size = batch_size
        self.ema_decay = ema_decay
        self.check_strength = check_strength

    def _loss(self, trainer, augmented, X, targets, U, weight, rng):
        device = targets.device
        labeled, first, second = (augmented(rows).to(device) for rows in (X, U, U))
        teacher = trainer.guess_of_average(second)
        logits, answers = trainer.logits_apart([labeled, first])
        cross_entropy = -(targets * logits.log_softmax(1)).sum(1).mean()
        return cross_entropy + weight * ((answers.softmax(1) - teacher) ** 2).mean()
