"""What a label would tell about the labels of other samples."""

from __future__ import annotations

from numbers import Integral

from skactive.base import Facts, Score
from skactive.geometry import predictive_information
from skactive.utils._sklearn import Interval
from skactive.view import ModelView


class EPIG(Score):
    """Mutual information between the label and those of target samples, in nats.

    The expected predictive information gain. BALD asks what a label tells about the
    model, and finds it even where no prediction that matters depends on it; here only
    what it tells about the labels of the targets counts. The score is never above that
    of BALD.

    The time grows with the number of targets and the square of the number of classes:
    a hundred targets and ten classes take a second for some thousand samples. The batch
    is the top of the list, so copies come together.

    Parameters
    ----------
    n_draws : int, default=20
        Number of draws of a sampler; an ensemble has one per member. A sampler is asked
        for consistent draws: each is one function for all samples.
    target : {array-like, sparse matrix, DataFrame, list}, default=None
        Samples such as the model will be used on, in whatever form it takes them; None
        means the pool.
    n_targets : int, default=100
        So many of them, drawn at random, stand for all; all if there are no more.
    random_state : int, RandomState instance or None, default=None
        Seed of that draw; a learner fills it.

    See Also
    --------
    BALD : Information about the model.

    References
    ----------
    Bickford Smith et al. (2023), "Prediction-Oriented Bayesian Active Learning",
    section 4.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import EPIG
    >>> alike, other = [[1, 0], [0, 1], [1, 0]], [[1, 0], [1, 0], [0, 1]]
    >>> view = ModelView.from_outputs(draws=[alike, alike, alike, other])
    >>> EPIG().score_samples(view).round(4).tolist()
    [0.521, 0.521, 0.521, 0.2899]
    """

    facts = Facts(task="classification", needs=("draws",), stochastic=True)
    _parameter_constraints = {
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "target": "no_validation",
        "n_targets": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, n_draws=20, target=None, n_targets=100, random_state=None):
        self.n_draws = n_draws
        self.target = target
        self.n_targets = n_targets
        self.random_state = random_state

    def _score(self, X):
        draws = X.predict_draws(self.n_draws, consistent=True)
        targets = draws
        if self.target is not None:
            targets = self._target_view(X).predict_draws(self.n_draws, consistent=True)
        if len(targets) > self.n_targets:
            rng = self._rng(X, "targets")
            targets = targets[rng.choice(len(targets), self.n_targets, replace=False)]
        return predictive_information(draws, targets)

    def _target_view(self, X):
        if X.model is None:
            raise ValueError(
                "EPIG asks the model about its target, and this view has none; leave "
                "target=None, or pass a view of a model."
            )
        # With the seed of the pool, dropout draws the same masks.
        return ModelView(self.target, X.model, classes=X.classes, seed=X.seed)
