"""WAAL: labeled and unlabeled samples brought near each other, and their distance."""

from numbers import Integral, Real

import numpy as np
import torch
from torch import nn

from skactive.nets._forward import _capture
from skactive.semisupervised._net import CONSTRAINTS, SemiSupervisedNet
from skactive.semisupervised._training import Batches, Trainer
from skactive.utils._sklearn import Interval

_NAMES = ("net", "classes", "start", "shrink", "perturb", "random_state", "n_steps")


class WAALClassifier(SemiSupervisedNet):
    """Net whose features make labeled and unlabeled samples alike, as far as they can.

    A critic, a net on the features of the last layer, learns to tell unlabeled samples
    from labeled ones: the difference of its means over the two is their Wasserstein
    distance, for a critic whose slope is 1. The net learns its labels and to keep that
    distance small [1]_. What the critic still finds far from the labeled samples, and
    the net is unsure of, is what the strategy ``waal`` asks for.

    Parameters
    ----------
    net : skorch.NeuralNetClassifier or skactive.nets.NetClassifier
        As for `~skactive.nets.NetClassifier`; also a
        `~skactive.nets.TorchMLPClassifier`, which sizes itself to the table.
    distance_weight : float, default=0.002
        Weight of the distance beside the cross-entropy; 0 leaves the critic no say.
    labeled_weight : float, default=1.0
        Weight of the labeled mean in the distance.
    gp_weight : float, default=10.0
        Weight of the penalty that keeps the slope of the critic near 1.
    critic_size : int, default=64
        Width of the two hidden layers of the critic.
    critic_lr : float, default=0.001
        Its learning rate, by Adam.
    n_steps : int, default=1500
        Number of steps.
    batch_size : int, default=64
        Labeled samples, and unlabeled ones, in a step.
    classes : array-like of shape (n_classes,), default=None
        All classes there are, the ones without a label yet included. By default, the
        labels that `fit` sees.
    start : {'reset', 'warm', 'shrink_perturb'}, default='reset'
        Where the training of a later `fit` starts, as for
        `~skactive.nets.NetClassifier`; the critic starts anew.
    shrink, perturb : float, default=0.4 and 0.1
        For ``start="shrink_perturb"``.
    random_state : int, RandomState instance or None, default=None
        Determines all that is random. The global generators of NumPy and torch are
        neither read nor moved.

    Attributes
    ----------
    net_ : skorch.NeuralNetClassifier
        The trained net.
    critic_ : torch.nn.Module
        The trained critic. Only after training with unlabeled samples.
    classes_ : ndarray of shape (n_classes,)
        The sorted classes.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns seen during `fit`, if they are all strings.

    See Also
    --------
    skactive.strategies.waal : The strategy.

    Notes
    -----
    Critic and net take a step each in turn. The penalty is subtracted from the distance
    that the critic makes large, as the theory of such critics has it; published code
    adds it. Optimizer, learning rate and weight decay are those of `net`; its epochs,
    batches, callbacks and split play no part beside unlabeled samples.

    References
    ----------
    .. [1] C. Shui, F. Zhou, C. Gagné, B. Wang. Deep active learning: unified and
       principled method for query and training. AISTATS 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skactive import ActiveLearner
    >>> from skactive.nets import TorchMLPClassifier
    >>> from skactive.semisupervised import WAALClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> clf = WAALClassifier(TorchMLPClassifier(), n_steps=50)
    >>> learner = ActiveLearner(clf, "waal", random_state=0)
    >>> learner = learner.fit(X[::9], y[::9], X_unlabeled=X[1::2])
    >>> len(learner.query(X[1::2], 5))
    5
    """

    # No augmentation, and the last weights.
    augment = None
    check_strength = False
    ema_decay = 0.0

    _parameter_constraints = {
        **{name: CONSTRAINTS[name] for name in (*_NAMES, "batch_size")},
        "distance_weight": [Interval(Real, 0, None, closed="left")],
        "labeled_weight": [Interval(Real, 0, None, closed="left")],
        "gp_weight": [Interval(Real, 0, None, closed="left")],
        "critic_size": [Interval(Integral, 1, None, closed="left")],
        "critic_lr": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        net,
        *,
        distance_weight=0.002,
        labeled_weight=1.0,
        gp_weight=10.0,
        critic_size=64,
        critic_lr=0.001,
        n_steps=1500,
        batch_size=64,
        classes=None,
        start="reset",
        shrink=0.4,
        perturb=0.1,
        random_state=None,
    ):
        self.net = net
        self.distance_weight = distance_weight
        self.labeled_weight = labeled_weight
        self.gp_weight = gp_weight
        self.critic_size = critic_size
        self.critic_lr = critic_lr
        self.n_steps = n_steps
        self.batch_size = batch_size
        self.classes = classes
        self.start = start
        self.shrink = shrink
        self.perturb = perturb
        self.random_state = random_state

    def criticize(self, embedding):
        """Value of the critic: the larger, the less like the labeled samples.

        Parameters
        ----------
        embedding : array-like of shape (n_samples, n_dimensions)
            What enters the last linear layer of the net.

        Returns
        -------
        values : ndarray of shape (n_samples,)
        """
        device = next(self.critic_.parameters()).device
        rows = torch.as_tensor(np.array(embedding, dtype=np.float32), device=device)
        with torch.no_grad():
            return self.critic_(rows)[:, 0].cpu().numpy()

    def _fit(self, X, y, sample_weight):
        vars(self).pop("critic_", None)
        return super()._fit(X, y, sample_weight)

    def _train_on(self, net, labeled, codes, unlabeled, n_classes, rng):
        # Of its own, so that the labeled batches do not depend on the pool.
        unlabeled = Batches(unlabeled, self.batch_size, rng.spawn(1)[0])
        trainer = Trainer(net, n_classes, 0.0)
        codes = torch.as_tensor(codes, device=net.device)
        critic = None
        for _ in range(self.n_steps):
            (X, rows), (U, _) = labeled.draw(), unlabeled.draw()
            X, U = torch.from_numpy(X), torch.from_numpy(U)
            if critic is None:
                trainer.start(X)
            logits, near = _with_features(trainer, X)
            with trainer.kept_buffers():
                _, far = _with_features(trainer, U)
            if critic is None:
                critic = make_critic(near.shape[1], self.critic_size).to(net.device)
                optimizer = torch.optim.Adam(critic.parameters(), lr=self.critic_lr)
            apart = self._distance(critic, near, far)
            loss = nn.functional.cross_entropy(logits, codes[rows])
            trainer.step(loss + self.distance_weight * apart)
            optimizer.zero_grad()
            self._critic_loss(critic, near.detach(), far.detach()).backward()
            optimizer.step()
        trainer.finish()
        self.critic_ = critic.eval()

    def _distance(self, critic, near, far):
        return critic(far).mean() - self.labeled_weight * critic(near).mean()

    def _critic_loss(self, critic, near, far):
        penalty = slope_penalty(critic, near, far)
        return self.gp_weight * penalty - self._distance(critic, near, far)


def make_critic(n_in, size):
    """A net from features to one number, without a bound.

    Parameters
    ----------
    n_in, size : int
        Numbers of features and of units in each of two hidden layers.
    """
    return nn.Sequential(
        nn.Linear(n_in, size),
        nn.ReLU(),
        nn.Linear(size, size),
        nn.ReLU(),
        nn.Linear(size, 1),
    )


def slope_penalty(critic, near, far):
    """Mean squared difference from 1 of the critic's slope between the two samples.

    Parameters
    ----------
    critic : torch.nn.Module
    near, far : Tensor of shape (n, n_features)
        A point is drawn on the line between each row and its partner.
    """
    share = torch.rand(len(near), 1, device=near.device)
    between = (share * near + (1 - share) * far).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    # The norm of a slope of zero has no gradient.
    return ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()


def _with_features(trainer, X):
    """Logits, and what enters the last linear layer."""
    with _capture(trainer.module, None, True) as last:
        logits = trainer.logits(X)
    return logits, last.value.flatten(1)
