"""A strategy that sees the samples with the eyes of another model."""

from __future__ import annotations

from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skactive.base import Facts, QueryStrategy
from skactive.compose._delegate import Delegate
from skactive.semisupervised._skin import is_raw_net, put_into_skin
from skactive.utils import seed_nested
from skactive.utils._sklearn import HasMethods
from skactive.view import as_view


class Proxy(Delegate):
    """Fit another model to the labels, and let a strategy ask that one.

    For a model that is slow, or cannot tell what the strategy needs: a linear model or
    a forest chooses for a large net. The other model gets the samples as the learner
    does; put what prepares them into a Pipeline. Labels that are best for one model
    need not be so for another: compare with the model's own eyes, and with random
    choice.

    Parameters
    ----------
    strategy : QueryStrategy
        Chooses.
    estimator : estimator
        The other model, for the same task; also a skorch net. A clone is fitted to the
        labeled samples in every round; ``random_state`` parameters that are None are
        filled.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone.

    References
    ----------
    Coleman et al. (2020), "Selection via Proxy: Efficient Data Selection for Deep
    Learning".

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.svm import LinearSVC
    >>> from skactive import ActiveLearner, strategies
    >>> from skactive.compose import Proxy
    >>> doubt = Proxy(strategies.entropy(), LogisticRegression())  # LinearSVC has none
    >>> learner = ActiveLearner(LinearSVC(), doubt).fit([[0.0], [4.0]], [0, 1])
    >>> learner.query([[0.0], [1.9], [5.0]])
    array([1])
    """

    _parameter_constraints = {
        "strategy": [QueryStrategy],
        "estimator": [HasMethods(["fit", "predict"])],
    }

    def __init__(self, strategy, estimator):
        self.strategy = strategy
        self.estimator = estimator

    def _facts(self):
        inner = self.strategy._facts()
        random = is_raw_net(self.estimator) or any(
            name.endswith("random_state") or is_raw_net(value)
            for name, value in self.estimator.get_params().items()
        )
        # What the strategy needs it gets from the other model.
        return Facts(
            task=inner.task,
            stochastic=inner.stochastic or random,
            quadratic=inner.quadratic,
        )

    def fit(self, X, y=None):
        """Fit the other model, and the strategy to what it sees.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_labeled, ...)
            The labeled samples.
        y : array-like of shape (n_labeled,) or (n_labeled, n_targets)
            Their labels.

        Returns
        -------
        self : Proxy
        """
        self._validate_params()
        X = as_view(X)
        self.estimator_ = put_into_skin(clone(self.estimator))
        seed_nested(self.estimator_, X.derive_seed("proxy"))
        self.estimator_.fit(X.X, y)
        return super().fit(X.seen_by(self.estimator_), y)

    def _pool(self, X):
        if not hasattr(self, "estimator_"):
            raise NotFittedError(
                "Proxy chooses with a model of its own; call fit with labels first."
            )
        return super()._pool(as_view(X).seen_by(self.estimator_))

    def _choose(self, X, n_queries, given):
        return self._ask(self._part("strategy"), X, n_queries, given)
