"""The loss that a net predicts for itself."""

from __future__ import annotations

from skactive.base import Facts, Score


class PredictedLoss(Score):
    """Loss that the model expects on the sample, where it has learned to tell.

    From `skactive.nets.LearningLossClassifier` and
    `skactive.nets.LearningLossRegressor`. The batch is the top of the list, so
    neighbours come together.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.scores import PredictedLoss
    >>> view = ModelView.from_outputs(predicted_loss=[-0.4, 2.1, 0.3])
    >>> PredictedLoss().select(view, 2).tolist()
    [1, 2]
    """

    facts = Facts(needs=("predicted_loss",))

    def _score(self, X):
        return X.output("predicted_loss")
