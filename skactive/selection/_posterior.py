"""What the strategies share that condition a linear model on the labeled samples."""

from __future__ import annotations

from numbers import Real

from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from skactive.features import FeatureMap, Posterior, Scale, gradient_pipeline
from skactive.utils._sklearn import HasMethods, Interval


class PosteriorMap(FeatureMap):
    """Mixin of strategies with the parameters `features` and `noise`.

    The features are scaled, and then conditioned on the labeled samples.
    """

    _parameter_constraints = {
        "features": [None, HasMethods(["fit", "transform"])],
        "noise": [Interval(Real, 0, None, closed="neither")],
    }

    def _features(self):
        features = gradient_pipeline() if self.features is None else self.features
        return make_pipeline(features, Scale(), self._conditioned())

    def _conditioned(self):
        return Posterior(self.noise)

    def _map(self, X):
        check_is_fitted(
            self,
            "features_",
            msg="%(name)s asks what the labeled samples leave open: call fit(X) "
            "before select.",
        )
        return super()._map(X)
