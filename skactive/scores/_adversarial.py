"""Scores of doubt: how little a sample has to move until its class changes."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

from skactive.base import Facts, Score
from skactive.utils._sklearn import Interval

# A boundary farther off than this is out of sight: squares would overflow.
_FARTHEST = 1e15


class _AdversarialDistance(Score):
    """Minus the length of the move that `_step` needs, step by step."""

    facts = Facts(task="classification", needs=("input_gradient",))

    # The model is asked this far along the move.
    _stretch = 1.0

    def _score(self, X):
        distance, gap = X.input_gradient().map(self._attack).T
        flipped = gap <= 0
        reach = np.nextafter(distance[flipped].max(initial=0), np.inf)
        return np.where(flipped, -distance, -reach - gap)

    def _attack(self, inputs, logits_at):
        """Each row's length of its move, and the gap that is left to the next class."""
        moves = np.zeros(inputs.shape)
        gaps = np.full(len(inputs), np.nan)
        going = np.arange(len(inputs))
        for n_moves in range(self.max_iter + 1):
            # A net in single precision may overflow on the way; that row stays behind.
            with np.errstate(over="ignore", invalid="ignore"):
                moved = inputs[going] + self._stretch * moves[going]
                moved = moved.astype(inputs.dtype, copy=False)
                logits, pull_back = logits_at(moved)
            if logits.shape[1] == 1:
                return np.zeros((len(inputs), 2))  # there is no other class
            if n_moves == 0:
                own = logits.argmax(axis=1)
            known = np.isfinite(logits).all(axis=1)
            logits = np.where(known[:, None], logits, 0)
            at_own = np.arange(len(going)), own[going]
            rivals = logits.copy()
            rivals[at_own] = -np.inf
            gap = logits[at_own] - rivals.max(axis=1)
            gaps[going[known]] = gap[known]
            left = known & (gap > 0)
            if n_moves == self.max_iter or not left.any():
                break
            steps = self._step(moved, rivals, at_own, logits[at_own], pull_back)
            steps[~left] = 0
            moves[going] += steps
            going = going[steps.any(axis=1)]
            if not len(going):
                break
        return np.column_stack([np.linalg.norm(moves, axis=1), gaps])


class AdversarialBIM(_AdversarialDistance):
    """Minus the length of the steps of equal size that change the class.

    The basic iterative method: every step moves all inputs by `step`, each in the
    direction that raises the loss of the class predicted at first, until another class
    is as likely. The length is Euclidean. Inputs are what the model's last step sees,
    so standardise them in a Pipeline, in front of a net too.

    Samples whose class `max_iter` steps do not change, and those whose gradients
    vanish, come after all others, the smaller the gap between the two largest logits
    where they stopped, the sooner. One sample's score then depends on those of the
    others.

    A sample costs a pass of the model and a gradient for each step, at most `max_iter`
    of them and one pass more; where its class has changed it costs nothing more. In a
    large pool, put :class:`~skactive.compose.Subsample` around.

    Parameters
    ----------
    step : float, default=0.05
        How far each input moves at once.
    max_iter : int, default=50
        Number of steps after which a sample is given up.

    See Also
    --------
    DeepFool : Steps as long as it takes.

    References
    ----------
    Kurakin, Goodfellow and Bengio (2017), "Adversarial Examples in the Physical World",
    section 2.2.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView
    >>> from skactive.scores import AdversarialBIM
    >>> model = LogisticRegression().fit([[-1.0], [1.0]], ["left", "right"])
    >>> view = ModelView([[-0.85], [0.22], [0.5]], model)
    >>> AdversarialBIM(step=0.1).score_samples(view).round(4).tolist()
    [-0.9, -0.3, -0.5]
    """

    _parameter_constraints = {
        "step": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, step=0.05, max_iter=50):
        self.step = step
        self.max_iter = max_iter

    def _step(self, moved, rivals, at_own, own_logits, pull_back):
        # The gradient of the loss, but for a positive factor that is zero for a sure
        # model.
        weights = np.exp(rivals - rivals.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        weights[at_own] = -1
        return self.step * np.sign(pull_back(weights))


class DeepFool(_AdversarialDistance):
    """Minus the distance to the nearest boundary between classes.

    Every step goes straight to where the nearest boundary would be if the logits were
    linear, and a little beyond; for a linear model the first one arrives, and the
    distance is exact. It is Euclidean. Inputs are what the model's last step sees, so
    standardise them in a Pipeline, in front of a net too.

    Samples whose class `max_iter` steps do not change, and those whose gradients
    vanish, come after all others, the smaller the gap between the two largest logits
    where they stopped, the sooner. One sample's score then depends on those of the
    others.

    A sample costs a pass of the model and ``n_top_classes - 1`` gradients for each
    step, at most `max_iter` of them and one pass more; where its class has changed it
    costs nothing more. In a large pool, put :class:`~skactive.compose.Subsample`
    around.

    Parameters
    ----------
    overshoot : float, default=0.02
        How much farther than the boundary a step goes, as a share of the whole way; the
        distance is without it.
    max_iter : int, default=50
        Number of steps after which a sample is given up.
    n_top_classes : int, default=10
        How many of the likeliest classes are looked at, the predicted one included.

    See Also
    --------
    AdversarialBIM : Steps of equal size.

    References
    ----------
    Ducoffe and Precioso (2018), "Adversarial Active Learning for Deep Networks: a
    Margin Based Approach"; Moosavi-Dezfooli, Fawzi and Frossard (2016), "DeepFool: a
    Simple and Accurate Method to Fool Deep Neural Networks", algorithm 2.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView
    >>> from skactive.scores import DeepFool
    >>> model = LogisticRegression().fit([[-1.0], [1.0]], ["left", "right"])
    >>> view = ModelView([[-0.85], [0.22], [0.5]], model)
    >>> DeepFool().score_samples(view).round(4).tolist()
    [-0.85, -0.22, -0.5]
    """

    _parameter_constraints = {
        "overshoot": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_top_classes": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(self, overshoot=0.02, max_iter=50, n_top_classes=10):
        self.overshoot = overshoot
        self.max_iter = max_iter
        self.n_top_classes = n_top_classes

    @property
    def _stretch(self):
        return 1 + self.overshoot

    def _step(self, moved, rivals, at_own, own_logits, pull_back):
        rows = np.arange(len(moved))
        nearest = np.full(len(moved), _FARTHEST)
        direction = np.zeros(moved.shape)
        n_rivals = min(self.n_top_classes, rivals.shape[1]) - 1
        for classes in np.argsort(-rivals, axis=1)[:, :n_rivals].T:
            weights = np.zeros_like(rivals)
            weights[rows, classes] = 1
            weights[at_own] = -1
            gradient = pull_back(weights)
            slope = np.linalg.norm(gradient, axis=1)
            gap = own_logits - rivals[rows, classes]
            # Without a slope there is no boundary: not nearer than the farthest.
            closer = gap < nearest * slope
            nearest[closer] = gap[closer] / slope[closer]
            direction[closer] = gradient[closer] / slope[closer, None]
        # A step shorter than rounding would leave a sample next to its boundary.
        shortest = np.finfo(moved.dtype).eps * np.linalg.norm(moved, axis=1)
        return np.maximum(nearest, shortest)[:, None] * direction
