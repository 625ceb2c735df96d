"""Estimators by name, with the preprocessing that a table needs."""

from __future__ import annotations

import inspect
import os
import sys
from importlib import import_module

from sklearn.base import is_classifier, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skactive.cli._arguments import ESTIMATORS
from skactive.cli._errors import UserError, near

# Rarer categories share one column, so that a name does not become thousands.
_MAX_CATEGORIES = 50
# As HistGradientBoosting takes them.
_MAX_NATIVE_CATEGORIES = 255


def make_estimator(name, task, X, columns=None):
    """Make an estimator for a table.

    Parameters
    ----------
    name : str
        One of ``ESTIMATORS`` or 'module:object'.
    task : {'classification', 'regression'}
    X : DataFrame or ndarray
        The table as the estimator will see it.
    columns : Columns, default=None
        None: numbers only, none of them missing.

    Returns
    -------
    estimator : estimator
    X : DataFrame or ndarray
        With columns of the type category, where the estimator takes them as they are.
    """
    if ":" in name:
        model = _imported(name, task)
        if isinstance(model, Pipeline):
            return model, X  # preprocessing is in it
    else:
        model = _made(name, task)
    if columns is None:
        return make_pipeline(StandardScaler(), model), X
    if name == "gbdt" and _fit_in_bins(X[columns.categories]):
        return model, X.astype(dict.fromkeys(columns.categories, "category"))
    return make_pipeline(_encoder(columns), model), X


def _fit_in_bins(categories):
    return all(categories.nunique() <= _MAX_NATIVE_CATEGORIES)


def _encoder(columns):
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            max_categories=_MAX_CATEGORIES,
            sparse_output=False,
        ),
    )
    return ColumnTransformer(
        [
            ("numbers", numbers, columns.numbers),
            ("categories", categories, columns.categories),
        ],
        sparse_threshold=0,
    )


def check_estimator(name):
    """Refuse an unknown name, before any data are read."""
    if ":" not in name and name not in ESTIMATORS:
        raise UserError(
            f"there is no estimator {name!r}; {near(name, ESTIMATORS)}the names are "
            f"{', '.join(ESTIMATORS)}, or module:object"
        )


def _made(name, task):
    if (name, task) == ("linear", "classification"):
        raise UserError("linear is for regression; use --estimator logistic")
    if (name, task) == ("logistic", "regression"):
        raise UserError("logistic is for classification; use --estimator linear")
    return _MAKERS[name](task == "classification")


def _mlp(classify):
    from skactive.nets import TorchMLPClassifier, TorchMLPRegressor

    return TorchMLPClassifier() if classify else TorchMLPRegressor()


def _forest(classify):
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    return RandomForestClassifier() if classify else RandomForestRegressor()


def _gbdt(classify):
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    )

    # With the default, 20 samples in a leaf, the first rounds would learn nothing.
    params = {"min_samples_leaf": 5, "early_stopping": False}
    if classify:
        return HistGradientBoostingClassifier(**params)
    return HistGradientBoostingRegressor(**params)


def _logistic(classify):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def _linear(classify):
    from sklearn.linear_model import Ridge

    return Ridge()


def _gp(classify):
    from sklearn.gaussian_process import (
        GaussianProcessClassifier,
        GaussianProcessRegressor,
    )
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    # For standardized columns, and targets made so. A few labels have several readings,
    # all noise being one of them, so that one start is not enough.
    kernel = ConstantKernel(1.0, (1e-3, 1e3)) * RBF(1.0, (1e-2, 1e3))
    if classify:
        return GaussianProcessClassifier(kernel, n_restarts_optimizer=2)
    return GaussianProcessRegressor(
        kernel + WhiteKernel(0.1, (1e-6, 10.0)),
        n_restarts_optimizer=2,
        normalize_y=True,
    )


_MAKERS = {
    "mlp": _mlp,
    "forest": _forest,
    "gbdt": _gbdt,
    "logistic": _logistic,
    "linear": _linear,
    "gp": _gp,
}


def _imported(name, task):
    module, _, path = name.partition(":")
    if os.getcwd() not in sys.path:
        # As `python -m` has it already.
        sys.path.insert(0, os.getcwd())
    try:
        value = import_module(module)
    except ModuleNotFoundError as error:
        if error.name not in (module, module.partition(".")[0]):
            raise  # the module is there, and lacks something itself
        raise UserError(
            f"--estimator {name}: there is no module {module!r} here or installed"
        ) from error
    except (ValueError, TypeError) as error:
        raise UserError(f"--estimator {name}: {module!r} is no module name") from error
    for part in path.split("."):
        if not hasattr(value, part):
            raise UserError(
                f"--estimator {name}: {module!r} has no {path!r}. "
                f"{near(part, dir(value))}"
            )
        value = getattr(value, part)
    if inspect.isclass(value) or inspect.isfunction(value):
        value = value()
    if not (hasattr(value, "fit") and hasattr(value, "get_params")):
        raise UserError(
            f"--estimator {name} is of type {type(value).__name__}, not a scikit-learn "
            "estimator, nor a class or function that makes one"
        )
    fits = is_classifier(value) if task == "classification" else is_regressor(value)
    if not fits:
        raise UserError(
            f"--estimator {name} is not for {task}; choose another, or another --task"
        )
    return value
