"""The last layer as a function of the embedding."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skactive import Committee, ModelView
from skactive.exceptions import MissingCapability

X = np.random.default_rng(0).normal(3, [1, 5, 0], size=(60, 3))
Y = np.digitize(X[:, 0] + X[:, 1], [2, 8])


def logits_of(view):
    return view.head().map(lambda inputs, logits_at: logits_at(inputs)[0])


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        LinearSVC(),
        RidgeClassifier(),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_linear_classifiers(model, n_classes):
    y = np.minimum(Y, n_classes - 1)
    model.fit(X, y)
    labeled, pool = ModelView(X[:20], model), ModelView(X[20:], model)
    ModelView.join(labeled, pool)
    for view in (labeled, pool, pool[[3, 5]]):
        logits, expected = logits_of(view), model.decision_function(view.X)
        if n_classes == 2:
            assert_allclose(logits[:, 1] - logits[:, 0], expected, atol=1e-4)
        else:
            assert_allclose(logits, expected, atol=1e-4)
        assert_allclose(view.head().samples, view.embed())


def test_sparse_inputs_keep_their_scale():
    table = sparse.csr_matrix(X * (X > 3))
    model = LogisticRegression(max_iter=1000).fit(table, Y)
    view = ModelView(table, model)
    assert sparse.issparse(view.head().samples)
    assert_allclose(logits_of(view), model.decision_function(table), atol=1e-4)


def test_in_other_coordinates_it_is_made_anew():
    model = LogisticRegression().fit(X, Y)
    labeled, pool = ModelView(X[:20], model), ModelView(X[20:], model)
    before = pool.head().samples
    labeled.embed()
    moved = pool.sharing(labeled.table)
    assert not np.allclose(moved.head().samples, before)
    assert_allclose(logits_of(moved), logits_of(pool), atol=1e-4)


@pytest.mark.parametrize("classes", [None, [0, 1, 2, 7]])
def test_nets(classes):
    nets = pytest.importorskip("skactive.nets")
    for kind in (nets.TorchMLPClassifier, nets.LearningLossClassifier):
        model = kind(hidden_sizes=(8, 6), max_epochs=5).fit(X, Y)
        view = ModelView(X[:40], model, classes=classes)
        assert_allclose(logits_of(view), view.logits()[:, :3], atol=1e-4)
        assert_allclose(view.head().samples, view.embed())


def test_nets_that_end_in_something_else():
    nets = pytest.importorskip("skactive.nets")
    from skorch import NeuralNetClassifier
    from torch import nn

    class Net(nn.Module):
        def __init__(self, last):
            super().__init__()
            self.layer, self.last = nn.Linear(3, 3), last

        def forward(self, inputs):
            return self.last(self.layer(inputs.float()))

    def view_of(last, criterion):
        net = NeuralNetClassifier(
            Net, module__last=last, criterion=criterion, max_epochs=2, verbose=0
        )
        return ModelView(X, nets.NetClassifier(net).fit(X.astype(np.float32), Y))

    # A softmax leaves the logits but for a number in each row.
    view = view_of(nn.Softmax(dim=1), nn.NLLLoss)
    gaps = logits_of(view) - view.logits()
    assert_allclose(gaps, gaps[:, [0, 0, 0]], atol=1e-4)
    view = view_of(nn.Tanh(), nn.CrossEntropyLoss)
    with pytest.raises(MissingCapability, match="a linear layer on top of its"):
        view.head()


@pytest.mark.parametrize(
    "model", [RandomForestClassifier(3), Committee(LogisticRegression(), 3)]
)
def test_models_without(model):
    view = ModelView(X, model.fit(X, Y))
    assert not view.provides("head")
    with pytest.raises(MissingCapability, match="a linear layer on top of its"):
        view.head()
