"""ModelView: a set of samples as one fitted model sees them."""

from __future__ import annotations

from copy import copy

import numpy as np
from scipy import sparse

from skactive.adapters import (
    InputGradient,
    SharedTable,
    align_columns,
    as_matrix,
    find_adapter,
    is_numeric,
    is_table,
    last_layer_factors,
)
from skactive.exceptions import MissingCapability
from skactive.geometry import (
    KernelFeatures,
    ProductFeatures,
    StackedFeatures,
    sum_is_finite,
)
from skactive.utils import count_rows, derive_seed, take_rows

__all__ = ["ModelView", "as_view"]

# What is said of an output that a model has not got: its name in words, and the remedy
# for a classifier and for a regressor.
_MISSING = {
    "proba": (
        "class probabilities",
        "wrap it in CalibratedClassifierCV, or use 'coreset'",
        "use 'variance' or 'coreset'",
    ),
    "draws": (
        "posterior draws",
        "wrap it in skactive.Committee, or use 'entropy'",
        "wrap it in skactive.Committee, or use 'gsx'",
    ),
    "std": (
        "a predictive standard deviation",
        "use 'entropy'",
        "wrap it in skactive.Committee, or use 'gsx'",
    ),
    "epochs": (
        "answers of the epochs of its training",
        "put skactive.nets.Snapshots() into the callbacks of a net that is trained for "
        "several epochs, without X_unlabeled, or use 'margin'",
        "put skactive.nets.Snapshots() into the callbacks of a net that is trained for "
        "several epochs, or use 'gsx'",
    ),
    "decision": (
        "a decision function",
        "use 'margin' or 'coreset'",
        "use 'variance' or 'coreset'",
    ),
    "embedding": (
        "an embedding",
        "turn the samples into a table in a Pipeline, or use 'entropy' or 'random'",
        "turn the samples into a table in a Pipeline, or use 'random'",
    ),
    "inputs": (
        "a table of inputs",
        "turn the samples into a table in a Pipeline, or use 'entropy' or 'random'",
        "turn the samples into a table in a Pipeline, or use 'random'",
    ),
    "prediction": ("predictions", "fit a model first", "fit a model first"),
    "logits": ("logits", "use a model with predict_proba", "use 'variance'"),
    "gradient_factors": (
        "gradient factors",
        "use a model with predict_proba, or 'coreset'",
        "use 'coreset'",
    ),
    "input_gradient": (
        "gradients with respect to its inputs",
        "use a linear classifier or a net with nothing but a Pipeline around it, or "
        "'margin'",
        "use 'coreset'",
    ),
    "head": (
        "a linear layer on top of its embedding",
        "use a linear classifier or a net with nothing but a Pipeline around it, or "
        "'badge'",
        "use 'coreset'",
    ),
    "augmented": (
        "class probabilities of augmented copies of the samples",
        "give the strategy its augment=, and a model with predict_proba",
        "use 'variance' or 'coreset'",
    ),
    "critic": (
        "values of a critic",
        "use skactive.semisupervised.WAALClassifier, trained with X_unlabeled",
        "use 'variance' or 'coreset'",
    ),
    "predicted_loss": (
        "predicted losses",
        "use skactive.nets.LearningLossClassifier",
        "use skactive.nets.LearningLossRegressor",
    ),
}
_OF_TABLES = {"inputs", "embedding", "gradient_factors", "head", "augmented"}
_BY_CLASS = {"proba", "logits", "draws", "augmented"}


class ModelView:
    """A set of samples as one fitted model sees them.

    Strategies ask a view for named outputs and never touch a model. Each output is
    computed once, by the adapter of the model, and kept; ``view[rows]`` slices samples
    and kept outputs alike. A view is not iterable and never changes the model.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame, list} of shape (n_samples, ...)
        The samples, in whatever form the model takes them.
    model : estimator, default=None
        The fitted model. None: nothing is known but the samples themselves.
    classes : array-like of shape (n_classes,), default=None
        Sorted labels that columns of class probabilities follow; a class the model has
        not seen is a column of zeros. Defaults to the model's own.
    seed : int, default=0
        Everything random that the view computes follows from it.

    Attributes
    ----------
    X, model, classes, seed
        As given.
    task : {'classification', 'regression'} or None
        What the model does; None where nothing tells.

    See Also
    --------
    ActiveLearner.view : The view of a learner's model, one forward pass to share.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ModelView
    >>> model = LogisticRegression().fit([[0.0], [1.0]], ["no", "yes"])
    >>> view = ModelView([[0.5], [9.0]], model, classes=["maybe", "no", "yes"])
    >>> view.predict_proba().round(2).tolist()
    [[0.0, 0.5, 0.5], [0.0, 0.02, 0.98]]
    >>> len(view[[1]])
    1
    """

    def __init__(self, X, model=None, *, classes=None, seed=0):
        self._X = X
        self.model = model
        self.seed = seed
        self._adapter = None if model is None else find_adapter(model)
        if classes is None and model is not None:
            classes = self._adapter.classes
        self.classes = None if classes is None else np.asarray(classes)
        if self.classes is not None:
            self.task = "classification"
        else:
            self.task = None if model is None else "regression"
        self._n_samples = count_rows(X)
        self._cache = {}  # (name, options): value
        self._given = {}  # name: value, whatever the options
        self._checked = set()  # keys of what is known to be finite
        self._expected = frozenset()
        self.table = SharedTable(self)
        self._base = None

    @classmethod
    def from_outputs(cls, X=None, *, seed=0, classes=None, **outputs):
        """Make a view without a model, for tests and precomputed outputs.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...), default=None
            The samples; a numeric table also serves as inputs and embedding.
        seed : int, default=0
            As for the constructor.
        classes : array-like of shape (n_classes,), default=None
            Labels behind the columns of `proba`; ``0, 1, ...`` by default.
        **outputs : array-like of shape (n_samples, ...)
            Any of `proba` (n, n_classes), `logits` (n, n_classes), `draws`
            (n, T, n_outputs), `epochs` (n, n_epochs, n_outputs), `embedding` (n, d)
            dense, CSR or product features, `inputs` (n, p), `prediction` (n,) or
            (n, n_targets), `std` like `prediction`, `decision` (n,) or (n, n_classes),
            `gradient_factors`, `input_gradient` and `head` (a
            `skactive.adapters.InputGradient` each), `predicted_loss` (n,),
            `augmented` (n, n_copies, n_classes), `critic` (n,).

        Returns
        -------
        view : ModelView

        Raises
        ------
        ValueError
            If a name is unknown or numbers of rows differ.

        Examples
        --------
        >>> from skactive import ModelView, strategies
        >>> view = ModelView.from_outputs(proba=[[0.5, 0.5], [0.9, 0.1]])
        >>> strategies.margin().select(view)
        array([0])
        """
        unknown = sorted(set(outputs) - set(_MISSING))
        if unknown:
            raise ValueError(
                f"{unknown[0]!r} is not an output of a view; "
                f"the names are {', '.join(sorted(_MISSING))}."
            )
        given = {
            name: _freeze(value if name == "gradient_factors" else _as_output(value))
            for name, value in outputs.items()
        }
        sizes = {name: _length(value) for name, value in given.items()}
        if X is not None:
            sizes["X"] = count_rows(X)
        if len(set(sizes.values())) != 1:
            raise ValueError(
                "from_outputs needs outputs with one row per sample, got "
                + (", ".join(f"{k}: {n} rows" for k, n in sizes.items()) or "none.")
            )
        (n_samples,) = set(sizes.values())
        view = cls(() if X is None else X, seed=seed)
        view._X, view._n_samples, view._given = X, n_samples, given
        if X is not None and is_table(X) and is_numeric(X):
            matrix = _freeze(as_matrix(X))
            given.setdefault("inputs", matrix)
            given.setdefault("embedding", matrix)
        if "draws" in given and given["draws"].ndim == 2:
            given["draws"] = given["draws"][:, :, None]
        by_class = [n for n in ("proba", "logits", "augmented") if n in given]
        width = given[by_class[0]].shape[-1] if by_class else 0
        if classes is None and width:
            classes = np.arange(width)
        if classes is not None:
            view.classes, view.task = np.asarray(classes), "classification"
        elif {"prediction", "std"} & set(given):
            view.task = "regression"
        return view

    @property
    def X(self):
        """The samples; of a view of outputs alone, their numbers."""
        if self._X is None:
            self._X = np.arange(self._n_samples, dtype=np.uint32)
        return self._X

    def __len__(self):
        return self._n_samples

    @property
    def shape(self):
        """Shape of the samples; at least ``(n_samples,)``."""
        return getattr(self.X, "shape", (self._n_samples,))

    def __iter__(self):
        raise TypeError(
            "A ModelView is not iterable: ask it for outputs such as "
            "view.predict_proba(), or take rows as view[rows]."
        )

    def __array__(self, dtype=None, copy=None):
        # Foreign transformers inside a FeatureUnion turn what they get into an array.
        inputs = self.inputs()
        if sparse.issparse(inputs):
            raise TypeError(
                "These samples are sparse; put skactive.features.Inputs() in front of "
                "a foreign transformer."
            )
        return np.array(inputs, dtype=dtype)

    def __getitem__(self, rows):
        """The view of some rows; outputs that are known already come along."""
        rows = np.arange(self._n_samples)[rows]
        if rows.ndim == 0:
            raise TypeError(f"Take several rows: view[[{rows}]], not view[{rows}].")
        part = object.__new__(ModelView)
        part.__dict__.update(self.__dict__)
        part._X = take_rows(self.X, rows)
        part._n_samples = len(rows)
        part._cache = {key: _take(v, rows) for key, v in self._cache.items()}
        part._given = {key: _take(v, rows) for key, v in self._given.items()}
        part._checked = set(self._checked)
        # The shared table knows its views weakly: keep the whole alive for the part.
        part._base = self
        return part

    def __setstate__(self, state):
        self.__dict__.update(state)
        # The table knows its views weakly, and such links do not travel.
        if not self.table.fitted:
            self.table = SharedTable(self)

    def __repr__(self):
        model = "no model" if self.model is None else type(self.model).__name__
        return f"<ModelView of {self._n_samples} samples, {model}>"

    def output(self, name, *, checked=True, **options):
        """The named output, computed at the first call and kept.

        Parameters
        ----------
        name : str
            Name of the output; see `from_outputs`.
        checked : bool, default=True
            Whether to refuse values that are not finite. False saves a pass over them,
            for scores that would not be finite either, and are checked themselves.
        **options
            What the output depends on, such as ``n_draws``.

        Returns
        -------
        value : ndarray, CSR or list, with one row per sample
            Read-only.

        Raises
        ------
        MissingCapability
            If the model cannot tell.
        """
        if name in self._given:
            key, value = (name,), self._given[name]
        else:
            key = (name, *sorted(options.items()))
            if key not in self._cache:
                if not self.provides(name):
                    raise self.missing(name)
                self.store(name, self._compute(name, options), **options)
            value = self._cache[key]
        if checked and key not in self._checked and name != "raw_inputs":
            _check_finite(name, value)
            self._checked.add(key)
        return value

    def store(self, name, value, **options):
        """Keep an output that came along with another one; for adapters.

        Parameters
        ----------
        name : str
            Name of the output; see `from_outputs`.
        value : {ndarray, CSR, list} with one row per sample
            The output.
        **options
            What it depends on, as in `output`.
        """
        if name in _BY_CLASS and self.classes is not None:
            value = self._aligned(name, np.asarray(value))
        if name == "embedding":
            value = value.astype(np.float32, copy=False)
        self._cache[(name, *sorted(options.items()))] = _freeze(value)

    def provides(self, name):
        """Whether the named output is to be had.

        Parameters
        ----------
        name : str
            Name of the output; see `from_outputs`.

        Returns
        -------
        provides : bool
        """
        if name in self._given:
            return True
        if name == "std" and "draws" in self._given and self.task != "classification":
            return True
        if name == "gradient_factors" and self._adapter is None:
            return self.provides("embedding")
        if name in _OF_TABLES and not self._tabular():
            return False
        if self._adapter is None:
            return name in {"raw_inputs", "inputs", "embedding"}
        return self._adapter.has(name)

    def expect(self, *names):
        """Say which outputs will be asked for, so that one pass can give them all.

        Parameters
        ----------
        *names : str
            Names of outputs.

        Returns
        -------
        self : ModelView
        """
        self._expected = self._expected.union(names)
        return self

    def expects(self, name):
        """Whether the named output was announced by `expect`; for adapters.

        Parameters
        ----------
        name : str
            Name of the output; see `from_outputs`.

        Returns
        -------
        expects : bool
        """
        return name in self._expected

    def missing(self, name, who=None):
        """Make the error that says an output is not to be had, and what to do.

        Parameters
        ----------
        name : str
            Name of the output; see `from_outputs`.
        who : str, default=None
            Who needs it.

        Returns
        -------
        error : MissingCapability
        """
        if name not in _MISSING:
            # An adapter may offer more than these, so this is no misspelling for sure.
            return MissingCapability(
                f"{who or 'A strategy'} needs an output {name!r}, and {self._whose()} "
                f"offers none of that name; the usual ones are {', '.join(_MISSING)}."
            )
        words, for_classifier, for_regressor = _MISSING[name]
        remedy = for_regressor if self.task == "regression" else for_classifier
        if name == "proba" and self.provides("decision"):
            remedy = "wrap it in CalibratedClassifierCV, or use 'margin' or 'coreset'"
        if name == "epochs" and self._is_committee():
            other = "variance" if self.task == "regression" else "vote_entropy"
            remedy = f"models side by side have no epochs in common; use {other!r}"
        if who is None:
            whose = self._whose().replace("this", "This")
            return MissingCapability(f"{whose} does not offer {words}; {remedy}.")
        return MissingCapability(
            f"{who} needs {words}, and {self._whose()} offers none; {remedy}."
        )

    def _is_committee(self):
        return self._adapter is not None and self._adapter.route.members is not None

    def _whose(self):
        return "this view" if self.model is None else type(self.model).__name__

    def derive_seed(self, *roles):
        """Derive the seed of one role, such as the masks of a dropout pass.

        Parameters
        ----------
        *roles : str or int
            What the seed is for.

        Returns
        -------
        seed : int
        """
        return derive_seed(self.seed, *roles)

    def inputs(self):
        """What the model's last step sees, as numbers.

        Mixed tables, for models that eat anything, are imputed, flagged and one-hot
        encoded.

        Returns
        -------
        inputs : {ndarray, CSR} of shape (n_samples, n_inputs)
        """
        return self.output("inputs")

    def scaled_inputs(self):
        """The inputs in a common scale, for distances.

        Returns
        -------
        inputs : {ndarray, CSR} of shape (n_samples, n_inputs)
            Dense ones have zero mean and unit variance over the rows of the query;
            sparse ones and arrays given in place of a view stay as they are.
        """
        if "inputs" in self._given:
            return self.inputs()
        return self.table.scale(self.inputs())

    def predict(self):
        """Predictions of the outermost model.

        Returns
        -------
        prediction : ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        return self.output("prediction")

    def predict_std(self):
        """Predictive standard deviation.

        Returns
        -------
        std : ndarray of shape (n_samples,) or (n_samples, n_targets)
            In units of the target.
        """
        return self.output("std")

    def predict_proba(self):
        """Class probabilities of the outermost model.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Columns follow `classes`.
        """
        return self.output("proba")

    def decision_function(self):
        """Decision function of the outermost model.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_seen_classes)
        """
        return self.output("decision")

    def logits(self):
        """Unnormalised log-probabilities.

        Returns
        -------
        logits : ndarray of shape (n_samples, n_classes)
            Columns follow `classes`; finite.
        """
        return self.output("logits")

    def embed(self, layer=None):
        """Vectors in which the model sees the samples.

        The input of a net's last linear layer, the leaves of a forest, otherwise the
        inputs: standardized, but for sparse ones, which centering would fill.

        Parameters
        ----------
        layer : str, default=None
            Name of the net's module whose output to take instead.

        Returns
        -------
        embedding : {ndarray, CSR} of shape (n_samples, n_dimensions)
            Finite.
        """
        return self.output("embedding", **({} if layer is None else {"layer": layer}))

    def predict_draws(self, n_draws=20, *, consistent=False):
        """Answers drawn from the posterior.

        Parameters
        ----------
        n_draws : int, default=20
            Number of draws of a sampler (dropout, Gaussian process). An ensemble has as
            many draws as members: read the number from the shape.
        consistent : bool, default=False
            Whether a draw is one function for all samples, as joint methods need.

        Returns
        -------
        draws : ndarray of shape (n_samples, T, n_outputs)
            Class probabilities or predicted targets.
        """
        return self.output("draws", n_draws=n_draws, consistent=consistent)

    def predict_epochs(self, *, reduce=None):
        """Answers of a net after some epochs of its training, and its present one.

        Of nets with `skactive.nets.Snapshots` in their callbacks.

        Parameters
        ----------
        reduce : callable, default=None
            ``reduce(answers) -> ndarray``, applied to one block of samples after the
            other, so that the answers for all samples never exist together.

        Returns
        -------
        answers : ndarray of shape (n_samples, n_epochs, n_outputs), or of n_samples
            Class probabilities or predicted targets, in the order of the epochs; or
            what `reduce` made of them.
        """
        if "epochs" in self._given and reduce is not None:
            return reduce(self.output("epochs"))
        return self.output("epochs", reduce=reduce)

    def augmented(self, n_copies=2, *, augment=None):
        """Class probabilities of augmented copies of each sample.

        Parameters
        ----------
        n_copies : int, default=2
            Number of copies. Given outputs have the number they have: read it from the
            shape.
        augment : Augmentation, list or callable, default=None
            What makes the copies, as for `skactive.semisupervised.MixMatchClassifier`.
            It learns from the samples of the view. None: what the model was trained
            with, if it is one of those nets with nothing but a Pipeline around it, else
            `skactive.semisupervised.MarginalSwap`, for tables.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_copies, n_classes)
        """
        if isinstance(augment, list):  # the answer is kept by what it depends on
            augment = tuple(augment)
        return self.output("augmented", n_copies=n_copies, augment=augment)

    def gradient_factors(self, layers="last", *, reduce=None):
        """Factors of each sample's gradient with respect to the weights.

        The gradient of a regressor's outputs, and of a classifier's loss at its own
        guess. The gradient by a layer is the outer product of the two factors of that
        layer, or the sum of such products over positions.

        Parameters
        ----------
        layers : {'last', 'all'}, default='last'
            Which layers: the last one, which every model has in its embedding, or all
            linear and convolutional layers of a net, and of all nets of a committee.
        reduce : callable, default=None
            ``reduce(factors) -> ndarray``, applied to one batch of samples after the
            other, so that the factors of all samples never exist together.

        Returns
        -------
        factors : list of (activation, signal), or ndarray of n_samples rows
            Arrays of shape (n_samples, a) and (n_samples, c) for each layer, or
            (n_samples, n_positions, a) and (n_samples, n_positions, c); or what
            `reduce` made of them.
        """
        if layers not in ("last", "all"):
            raise ValueError(f"layers={layers!r} is not known; use 'last' or 'all'.")
        if "gradient_factors" in self._given and reduce is not None:
            return reduce(self.output("gradient_factors"))
        return self.output("gradient_factors", layers=layers, reduce=reduce)

    def input_gradient(self):
        """Logits as a function of the inputs, for strategies that move samples.

        The inputs are those of the model's last step: columns after preprocessing, or
        the tensor that a net's module gets.

        Returns
        -------
        gradient : skactive.adapters.InputGradient of n_samples samples
            ``gradient.map(function)`` hands batches of inputs to the function, and the
            model's logits and gradients wherever the function moves them. What the
            model computes there is not kept.
        """
        return self.output("input_gradient")

    def head(self):
        """Logits as a function of the embedding, for strategies that move that.

        The last linear layer of a net, or all of a linear classifier. It takes no pass
        of the model.

        Returns
        -------
        head : skactive.adapters.InputGradient of n_samples samples
            As for `input_gradient`, with the embedding in place of the inputs. The
            logits are linear in it.
        """
        return self.output("head")

    @staticmethod
    def join(*views):
        """Let views share one numeric encoding and scale, learned from all their rows.

        A view that has used its own already hands it to the others.

        Parameters
        ----------
        *views : ModelView
            They are changed.
        """
        fitted = [view.table for view in views if view.table.fitted]
        table = fitted[0] if fitted else SharedTable(*views)
        for view in views:
            view.table = table

    def beside(self, labeled):
        """Share a numeric encoding and scale with the labeled samples.

        Parameters
        ----------
        labeled : ModelView
            The labeled samples.

        Returns
        -------
        self : ModelView
        """
        self.join(labeled, self)
        # The table knows its views weakly: the labeled ones live as long as this one.
        self._base = labeled
        return self

    def sharing(self, table):
        """Put the view into the coordinates of `table`, if that is in use already.

        Parameters
        ----------
        table : SharedTable or None
            Encoding and scale of other views.

        Returns
        -------
        view : ModelView
            Another one, unless nothing changes.
        """
        if table is None or table is self.table or not table.fitted:
            return self
        return self._in_coordinates(table)

    def apart(self):
        """Give the view an encoding and scale of its own, not learned yet.

        Returns
        -------
        view : ModelView
            Another one.
        """
        return self._in_coordinates(SharedTable())

    def _in_coordinates(self, table):
        other = self[:]
        if self.table.fitted:
            dependent = {"inputs", "embedding", "gradient_factors", "head"}
            other._cache = {
                k: v for k, v in other._cache.items() if k[0] not in dependent
            }
        other._checked = set()
        other.table = table
        return other

    def replacing(self, **outputs):
        """The same samples with some outputs put in place of the model's.

        Parameters
        ----------
        **outputs : ndarray of shape (n_samples, ...)
            As for `from_outputs`.

        Returns
        -------
        view : ModelView
        """
        other = copy(self)
        other._given = {**self._given, **{k: _freeze(v) for k, v in outputs.items()}}
        # What follows from the replaced outputs is computed anew.
        other._cache = {
            key: value
            for key, value in self._cache.items()
            if key[0] not in {"gradient_factors", "std"}
        }
        other._checked = set()
        other._base = self  # alive, as for a part
        return other

    def seen_by(self, model):
        """The same samples as another model sees them.

        Views that share an encoding and a scale with this one count in those of the new
        view, too.

        Parameters
        ----------
        model : estimator
            Fitted.

        Returns
        -------
        view : ModelView
            Another one.
        """
        own, *others = (
            ModelView(view.X, model, seed=self.seed)
            for view in [self, *(v for v in self.table.views if v is not self)]
        )
        if own.task == "classification" and self.classes is not None:
            own.classes = self.classes
        self.join(own, *others)
        own._base = others  # the table knows its views weakly
        return own

    def _compute(self, name, options):
        if self._adapter is None:
            return self._compute_without_model(name, options)
        defaults = {
            "draws": {"n_draws": 20, "consistent": False},
            "augmented": {"n_copies": 2, "augment": None},
            "epochs": {"reduce": None},
            "gradient_factors": {"layers": "last", "reduce": None},
        }
        return getattr(self._adapter, name)(
            self, **{**defaults.get(name, {}), **options}
        )

    def _compute_without_model(self, name, options):
        if name == "raw_inputs":
            return self.X
        if name == "inputs":
            return self.table.encode(self.X)
        if name == "embedding":
            return self.table.scale(self.inputs())
        if name == "gradient_factors":
            proba = self.predict_proba() if self.provides("proba") else None
            pairs = last_layer_factors(self.embed(), proba)
            reduce = options.get("reduce")
            return pairs if reduce is None else reduce(pairs)
        spread = self._given["draws"].std(axis=1, dtype=np.float64)
        return spread[:, 0] if spread.shape[1] == 1 else spread

    def _tabular(self):
        if self._adapter is not None and self._adapter.route.steps:
            return True
        return is_table(self.X)

    def _aligned(self, name, value):
        own = self._adapter.classes
        if len(own) == len(self.classes) and np.array_equal(own, self.classes):
            return value
        aligned = align_columns(value, own, self.classes)
        if name == "logits":
            unseen = ~np.isin(self.classes, own)
            aligned[:, unseen] = np.log(np.finfo(np.float32).tiny)
        return aligned


def as_view(X):
    """X itself if it is a view; samples alone otherwise.

    A numeric table is taken as features already: its rows are the embedding, unscaled.
    """
    if isinstance(X, ModelView):
        return X
    if is_table(X) and is_numeric(X):
        return ModelView.from_outputs(X)
    return ModelView(X)


def _as_output(value):
    """Keep floats and features of any kind; make whole numbers floats."""
    if sparse.issparse(value):
        return value.tocsr()
    if hasattr(value, "shape") and not hasattr(value, "__array_interface__"):
        return value
    value = np.asarray(value)
    return value if value.dtype.kind == "f" else value.astype(np.float64)


def _freeze(value):
    """A read-only face of an array: a strategy cannot spoil what others will read."""
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def _length(value):
    return len(value[0][0]) if isinstance(value, list) else value.shape[0]


def _take(value, rows):
    if isinstance(value, list):  # pairs of factors, or raw samples
        if value and isinstance(value[0], tuple) and hasattr(value[0][0], "shape"):
            return [tuple(part[rows] for part in pair) for pair in value]
        return take_rows(value, rows)
    if isinstance(value, np.ndarray) or sparse.issparse(value):
        return _freeze(value[rows])
    return take_rows(value, rows) if hasattr(value, "iloc") else value[rows]


def _check_finite(name, value):
    """Refuse an output that is not finite, so that no strategy has to look."""
    for part in _float_parts(value):
        if sum_is_finite(part.data if sparse.issparse(part) else part):
            continue
        with np.errstate(invalid="ignore", over="ignore"):
            sums = part.reshape(part.shape[0], -1).sum(axis=1, dtype=np.float64)
        rows = np.flatnonzero(~np.isfinite(np.asarray(sums).ravel()))
        if len(rows):
            raise ValueError(
                f"{len(rows)} rows of the view's {name} are not finite, first in row "
                f"{rows[0]}; impute or scale the inputs in a Pipeline."
            )


def _float_parts(value):
    """The arrays of floats that an output consists of."""
    if isinstance(value, StackedFeatures):
        return [part for each in value.parts for part in _float_parts(each)]
    if isinstance(value, KernelFeatures):
        value = [value.X]
    elif isinstance(value, ProductFeatures):
        value = [value.left, value.right]
    elif isinstance(value, InputGradient):
        value = [value.samples]
    elif isinstance(value, list):  # pairs of factors
        value = [factor for pair in value for factor in pair]
    else:
        value = [value]
    return [part for part in value if _kind(part) == "f"]


def _kind(part):
    return getattr(getattr(part, "dtype", None), "kind", "")
