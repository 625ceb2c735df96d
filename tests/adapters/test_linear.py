"""Linear classifiers: their decision function and its gradients by the inputs."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from skactive import Committee, ModelView
from skactive.adapters import InputGradient
from skactive.exceptions import MissingCapability

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
LINEAR = [
    LogisticRegression(max_iter=500),
    LinearSVC(),
    SGDClassifier(random_state=0),
    RidgeClassifier(),
    Perceptron(),
    LinearDiscriminantAnalysis(),
]


def tell(view):
    """Inputs, logits, and the gradient of the last logit minus the first."""

    def function(inputs, logits_at):
        logits, pull_back = logits_at(inputs)
        weights = np.zeros_like(logits)
        weights[:, 0], weights[:, -1] = -1, 1
        return np.hstack([inputs, logits, pull_back(weights)])

    p = view.output("raw_inputs").shape[1]
    values = view.input_gradient().map(function)
    return values[:, :p], values[:, p:-p], values[:, -p:]


@pytest.mark.parametrize("model", LINEAR, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_logits_are_the_decision_function(model, n_classes):
    rows = y < n_classes
    model.fit(X[rows], NAMES[rows])
    inputs, logits, gradient = tell(ModelView(X[rows], model))
    assert_array_equal(inputs, X[rows])
    assert logits.shape == (rows.sum(), n_classes)
    assert_array_equal(model.classes_[logits.argmax(axis=1)], model.predict(X[rows]))
    decision = model.decision_function(X[rows])
    if n_classes == 2:
        assert_allclose(logits[:, 1] - logits[:, 0], decision)
        assert_allclose(gradient, np.tile(np.ravel(model.coef_), (len(inputs), 1)))
    else:
        assert_allclose(logits, decision)
        assert_allclose(gradient, np.tile(model.coef_[2] - model.coef_[0], (150, 1)))


@pytest.mark.parametrize("container", [sparse.csr_matrix, pd.DataFrame, np.float32])
def test_containers(container):
    samples = container(np.round(X * 4) / 4)
    model = LogisticRegression(max_iter=500).fit(samples, NAMES)
    inputs, logits, _ = tell(ModelView(samples, model))
    assert inputs.dtype == np.float64
    assert_array_equal(inputs, np.round(X * 4) / 4)
    assert_allclose(logits, model.decision_function(samples), rtol=1e-4)


def test_inputs_are_what_the_last_step_sees():
    model = make_pipeline(StandardScaler(), GridSearchCV(LinearSVC(), {}, cv=2))
    inputs, logits, _ = tell(ModelView(X, model.fit(X, NAMES)))
    assert_allclose(inputs, StandardScaler().fit_transform(X))
    assert_allclose(logits, model.decision_function(X))


def test_sparse_coefficients():
    model = LogisticRegression(max_iter=500).fit(X, NAMES)
    before = tell(ModelView(X, model))
    after = tell(ModelView(X, model.sparsify()))
    assert_array_equal(np.hstack(before), np.hstack(after))


def test_rows_and_pickles():
    view = ModelView(X, LogisticRegression(max_iter=500).fit(X, NAMES))
    whole = np.hstack(tell(view))
    rows = [7, 3, 140]
    assert len(view[rows].input_gradient()) == 3
    for part in (view[rows], pickle.loads(pickle.dumps(view[rows]))):
        assert_allclose(np.hstack(tell(part)), whole[rows], rtol=1e-14)


def test_batches_are_small_and_in_order():
    wide = np.random.default_rng(0).normal(size=(50, 2**15)).astype(np.float32)
    sizes = []

    def note(inputs, logits_at):
        sizes.append(len(inputs))
        return inputs[:, 0]

    coef = np.ones((3, 2**15), dtype=np.float32)
    first = InputGradient.linear(wide, coef, np.zeros(3)).map(note)
    assert_array_equal(first, wide[:, 0])
    assert max(sizes) == 8


@pytest.mark.parametrize(
    "model",
    [
        SVC(kernel="linear"),
        CalibratedClassifierCV(LinearSVC(), cv=2),
        FixedThresholdClassifier(LogisticRegression(), threshold=0.3),
        Committee(LogisticRegression(), 2),
        Ridge(),
    ],
    ids=lambda m: type(m).__name__,
)
def test_models_whose_answers_are_not_those_of_a_linear_classifier(model):
    view = ModelView(X[:100], model.fit(X[:100], y[:100]))
    assert not view.provides("input_gradient")
    with pytest.raises(MissingCapability, match="gradients with respect to its inputs"):
        view.input_gradient()
