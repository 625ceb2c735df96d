"""Features: transformers that turn a view into vectors."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import FeatureUnion, Pipeline

from skactive.adapters import residual
from skactive.base import Facts, Score
from skactive.geometry import ProductFeatures, unit_rows
from skactive.utils import is_dataframe, seed_nested
from skactive.utils._sklearn import InvalidParameterError
from skactive.view import as_view

# Numbers of an array that is converted as a whole without a second thought.
_MOST_IN_DOUBLE = 2**22


class ViewFeatures(TransformerMixin, BaseEstimator):
    """Base class of transformers that ask a view for an output.

    A subclass writes ``_transform(X)`` and declares in ``facts`` what it needs.
    """

    facts = Facts(cold_start=True)

    def fit(self, X, y=None):
        """Do nothing: an output depends on the model and the samples alone.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_samples, ...)
            The labeled samples.
        y : ignored

        Returns
        -------
        self : ViewFeatures
        """
        return self

    def transform(self, X):
        """Compute the features.

        Parameters
        ----------
        X : ModelView or array-like of shape (n_samples, ...)
            The samples.

        Returns
        -------
        features : {ndarray, CSR, ProductFeatures} of shape (n_samples, n_features)
        """
        return self._transform(as_view(X))

    def __sklearn_is_fitted__(self):
        return True


class Inputs(ViewFeatures):
    """What the model's last step sees, standardised.

    Numbers as in ``ModelView.inputs``; a numeric array given in place of a view stays
    as it is.

    Examples
    --------
    >>> from skactive.features import Inputs
    >>> Inputs().transform([[1.0], [3.0]]).tolist()
    [[1.0], [3.0]]
    """

    facts = Facts(needs=("inputs",), cold_start=True)

    def _transform(self, X):
        return X.scaled_inputs()


class Embedding(ViewFeatures):
    """Vectors in which the model sees the samples; see ``ModelView.embed``.

    Parameters
    ----------
    layer : str, default=None
        Name of the net's module whose output to take; by default the input of the last
        linear layer.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.features import Embedding
    >>> view = ModelView.from_outputs(embedding=[[3.0, 4.0]])
    >>> Embedding().transform(view).tolist()
    [[3.0, 4.0]]
    """

    facts = Facts(needs=("embedding",), cold_start=True)

    def __init__(self, layer=None):
        self.layer = layer

    def _transform(self, X):
        return X.embed(self.layer)


class GradientEmbedding(ViewFeatures):
    """Gradient of the loss at the model's own guess, by the last layer's weights.

    The gradient is the outer product of the residual ``p - onehot(argmax p)`` and the
    embedding; it is never multiplied out.

    Notes
    -----
    After Ash et al. (2020), "Deep Batch Active Learning by Diverse, Uncertain Gradient
    Lower Bounds", section 3.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.features import GradientEmbedding
    >>> view = ModelView.from_outputs(proba=[[0.75, 0.25]], embedding=[[1.0, 2.0]])
    >>> import numpy as np
    >>> np.asarray(GradientEmbedding().transform(view)).tolist()
    [[-0.25, -0.5, 0.25, 0.5]]
    """

    facts = Facts(task="classification", needs=("proba", "embedding"))

    def _transform(self, X):
        return ProductFeatures(residual(X.predict_proba()), X.embed())


class Probabilities(ViewFeatures):
    """Class probabilities, one feature for each class.

    Examples
    --------
    >>> from skactive import ModelView
    >>> from skactive.features import Probabilities
    >>> view = ModelView.from_outputs(proba=[[0.75, 0.25]])
    >>> Probabilities().transform(view).tolist()
    [[0.75, 0.25]]
    """

    facts = Facts(task="classification", needs=("proba",))

    def _transform(self, X):
        return X.predict_proba()


def _sees_views(transformer):
    """Whether a transformer, or what stands first in a composite, knows views."""
    if isinstance(transformer, Pipeline):
        return _sees_views(transformer.steps[0][1])
    if isinstance(transformer, FeatureUnion):
        return any(_sees_views(part) for _, part in transformer.transformer_list)
    return isinstance(transformer, ViewFeatures | Score)


def feed(transformer, X):
    """What to hand to a transformer: the view to ours, its inputs to foreign ones."""
    return X if _sees_views(transformer) else X.inputs()


def facts_of(transformer):
    """Look up what a transformer of features declares.

    Parameters
    ----------
    transformer : transformer
        Foreign ones need the inputs.

    Returns
    -------
    facts : Facts
    """
    if isinstance(transformer, Pipeline):
        return facts_of(transformer.steps[0][1])
    if isinstance(transformer, FeatureUnion):
        first, *rest = [facts_of(part) for _, part in transformer.transformer_list]
        return first.including(*rest)
    if isinstance(transformer, Score):
        return transformer._facts()
    return getattr(transformer, "facts", Facts(needs=("inputs",), cold_start=True))


class FeatureMap:
    """Mixin of strategies with a parameter `features`: fit, and map both sides alike.

    A subclass says with ``_default_features`` what None stands for.
    """

    _default_features = Embedding

    def _validate_params(self):
        if isinstance(self.features, type):
            raise InvalidParameterError(
                f"features={self.features.__name__} of {type(self).__name__} is a "
                f"class; pass an object, {self.features.__name__}()."
            )
        super()._validate_params()

    def _facts(self):
        return self.facts.including(facts_of(self._features()))

    def _features(self):
        return self._default_features() if self.features is None else self.features

    def _fit(self, X, y):
        self._fit_features(self._seeded_features(X), X, y)

    def _fit_features(self, features, X, y):
        self.features_ = features.fit(feed(features, X), y)

    def _seeded_features(self, X):
        # The default is made here, where no learner can have filled its seeds.
        return seed_nested(clone(self._features()), X.derive_seed("features"))

    def _map(self, X):
        """Features of a view; before `fit`, by a transformer fitted on it."""
        if hasattr(self, "features_"):
            features = self.features_.transform(feed(self.features_, X))
        else:
            unfitted = self._seeded_features(X)
            features = unfitted.fit_transform(feed(unfitted, X))
        # Foreign transformers give DataFrames where scikit-learn is told so.
        return features.to_numpy() if is_dataframe(features) else features


class MetricFeatureMap(FeatureMap):
    """Mixin of strategies with the parameters `features` and `metric`.

    Under ``metric='cosine'`` vectors are scaled to length one, so that Euclidean
    distances grow with the angle.
    """

    def _map(self, X):
        features = super()._map(X)
        return unit_rows(features) if self.metric == "cosine" else features


class ClusterFeatureMap(MetricFeatureMap):
    """Mixin of strategies that cluster: small arrays are in double precision.

    Where k-means begins hinges on the last digits, in pools of a few samples above all.
    """

    def _map(self, X):
        features = FeatureMap._map(self, X)
        small = features.shape[0] * features.shape[1] <= _MOST_IN_DOUBLE
        if small and (isinstance(features, np.ndarray) or sparse.issparse(features)):
            features = features.astype(np.float64, copy=False)
        return unit_rows(features) if self.metric == "cosine" else features
