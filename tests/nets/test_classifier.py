import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from skorch import NeuralNet, NeuralNetBinaryClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping
from skorch.dataset import Dataset, ValidSplit
from torch import nn
from torch.utils.data import DataLoader

from skactive.nets import NetClassifier
from skactive.nets._iterator import TensorBatches

COLORS = np.array(["red", "green", "blue"])


class OneLogit(nn.Module):
    def __init__(self, n_in):
        super().__init__()
        self.head = nn.Linear(n_in, 1)

    def forward(self, X):
        return self.head(X)


class OwnDataset(Dataset):
    pass


def states(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def numpy_state_of_the_world():
    return str(np.random.mtrand._rand.get_state())


def assert_same_state(module, state):
    for name, value in module.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_fit_is_the_plain_torch_loop(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(max_epochs=3, batch_size=32)
    clf = NetClassifier(net, random_state=7).fit(X, COLORS[y])

    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    y = (2 - y) % 3  # red, green, blue sort to blue, green, red
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        module = net.module(2, 3)
        optimizer = torch.optim.Adam(module.parameters(), lr=0.02)
        for _ in range(3):
            for rows in torch.randperm(90).split(32):
                optimizer.zero_grad()
                nn.functional.cross_entropy(module(X[rows]), y[rows]).backward()
                optimizer.step()
    proba = torch.softmax(module(X), dim=1).detach().numpy()
    assert_allclose(clf.predict_proba(X.numpy()), proba, atol=1e-6)
    assert_array_equal(clf.predict(X.numpy()), np.sort(COLORS)[proba.argmax(1)])


def test_every_container_gives_the_same_answers(tiny_net):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, size=(40, 4))
    y = COLORS[rng.integers(0, 3, size=40)]
    clf = NetClassifier(tiny_net(max_epochs=5), random_state=0)
    proba = clone(clf).fit(X, y).predict_proba(X)
    assert proba.dtype == np.float64
    assert_allclose(proba.sum(1), 1, rtol=1e-12)
    frame = pd.DataFrame(X, columns=list("abcd"))
    readonly = X.astype(np.float32)
    readonly.flags.writeable = False
    csr = sparse.csr_matrix(X.astype(float))
    for other in [
        X.tolist(),
        X.astype(float),
        readonly,
        X[:, ::-1][:, ::-1],
        frame,
        csr,
    ]:
        fitted = clone(clf).fit(other, y)
        assert_allclose(fitted.predict_proba(other), proba, atol=1e-6)
    assert_array_equal(clone(clf).fit(frame, y).feature_names_in_, list("abcd"))


def test_sparse_output_of_a_column_transformer(tiny_net):
    frame = pd.DataFrame({"kind": list("abcd") * 10, "size": np.arange(40.0)})
    columns = make_column_transformer(
        (OneHotEncoder(), ["kind"]), remainder="passthrough", sparse_threshold=1
    )
    model = make_pipeline(columns, NetClassifier(tiny_net(), random_state=0))
    y = frame["kind"].isin(["a", "b"])
    assert model.fit(frame, y).score(frame, y) == 1


def test_images(blobs):
    X, y = blobs
    images = np.zeros((90, 1, 4, 4))
    images[:, 0, :2, 0] = X
    module = nn.Sequential(nn.Conv2d(1, 3, 4), nn.Flatten())
    net = NeuralNet(module, nn.CrossEntropyLoss, lr=0.1, max_epochs=40)
    clf = NetClassifier(net, random_state=0).fit(images, y)
    assert clf.score(images, y) > 0.9
    with pytest.raises(ValueError, match="features"):
        clf.predict(images[:, [0, 0]])


def test_classes_fix_the_width_of_the_head(tiny_net, blobs):
    X, y = blobs
    labels = np.array([2, 5, 9])[y]
    clf = NetClassifier(tiny_net(), classes=[9, 7, 5, 2], random_state=0)
    seen = labels != 5
    clf.fit(X[seen], labels[seen])
    assert_array_equal(clf.classes_, [2, 5, 7, 9])
    assert clf.net_.module_.head.out_features == 4
    proba = clf.predict_proba(X)
    assert proba.shape == (90, 4)
    assert (proba[seen][:, 1:3] < 0.2).all()
    assert clf.score(X[seen], labels[seen]) > 0.95


def test_a_label_outside_classes_is_named(tiny_net, blobs):
    X, y = blobs
    with pytest.raises(ValueError, match=r"labels \['blue'\] .* not in classes"):
        NetClassifier(tiny_net(), classes=["red", "green"]).fit(X, COLORS[y])


@pytest.mark.parametrize("classes", [None, ["a", "b", "c"]])
def test_one_class_trains(tiny_net, blobs, classes):
    X, _ = blobs
    clf = NetClassifier(tiny_net(), classes=classes, random_state=0)
    clf.fit(X[:5], ["b"] * 5)
    assert clf.predict_proba(X).shape == (90, len(clf.classes_))
    assert set(clf.predict(X[:5])) == {"b"}


def test_a_wider_head_is_cut_and_a_narrower_one_refused(tiny_net, blobs):
    X, y = blobs
    wide = NetClassifier(tiny_net(module__n_out=5), random_state=0).fit(X, y)
    logits = wide.net_.module_.eval()(torch.tensor(X, dtype=torch.float32))[:, :3]
    proba = torch.softmax(logits.detach(), dim=1)
    assert_allclose(wide.predict_proba(X), proba, atol=1e-6)
    with pytest.raises(ValueError, match="2 outputs for 3 classes"):
        NetClassifier(tiny_net(module__n_out=2)).fit(X, y)


def test_a_module_instance_is_never_trained_and_every_fit_starts_from_it(
    tiny_net, blobs
):
    X, y = blobs
    module = nn.Linear(2, 3)
    given = states(module)
    clf = NetClassifier(tiny_net(module=module, max_epochs=0), random_state=0)
    assert_same_state(clf.fit(X, y).net_.module_, given)
    clf.set_params(net__max_epochs=5).fit(X, y)
    assert_same_state(module, given)
    first = states(clf.net_.module_)
    assert not torch.equal(first["weight"], given["weight"])
    clf.fit(X, y)
    assert_same_state(clf.net_.module_, first)
    assert not clf.net.initialized_


def test_random_state(tiny_net, blobs):
    X, y = blobs

    def fit(seed):
        return NetClassifier(tiny_net(max_epochs=2), random_state=seed).fit(X, y)

    torch_state, numpy_state = torch.get_rng_state(), numpy_state_of_the_world()
    first = fit(0).predict_proba(X)
    torch.rand(3)
    moved = torch.get_rng_state()
    assert_array_equal(fit(0).predict_proba(X), first)
    assert torch.equal(torch.get_rng_state(), moved)
    torch.set_rng_state(torch_state)
    drawn = [fit(seed).predict_proba(X) for seed in (1, None, None)]
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert numpy_state_of_the_world() == numpy_state
    answers = [first, *drawn]
    for i in range(4):
        assert all(np.abs(answers[i] - other).max() > 1e-3 for other in answers[:i])
    one = fit(np.random.RandomState(3)).predict_proba(X)
    assert_array_equal(fit(np.random.RandomState(3)).predict_proba(X), one)


def test_sizes_are_set_where_the_module_asks_and_the_user_is_silent(tiny_net, blobs):
    X, y = blobs

    def hidden(**params):
        net = NetClassifier(tiny_net(max_epochs=1, **params)).fit(X, y).net_
        return net.module_.hidden

    assert hidden().in_features == 2
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        hidden(module__n_in=7)
    bound = partial(tiny_net().module, n_out=4)
    clf = NetClassifier(tiny_net(module=bound, max_epochs=1)).fit(X, y)
    assert clf.net_.module_.head.out_features == 4


def test_defaults_suit_few_labels(tiny_net, blobs, capsys):
    X, y = blobs
    net = NetClassifier(tiny_net(max_epochs=1)).fit(X, y).net_
    assert net.train_split is None
    assert net.iterator_train is net.iterator_valid is TensorBatches
    assert net.iterator_train__shuffle is True
    assert net.iterator_valid__batch_size == 2**17
    assert capsys.readouterr().out == ""


def test_choices_of_the_user_stay(tiny_net, blobs):
    X, y = blobs

    def fit(**params):
        net = tiny_net(max_epochs=2, **params)
        return NetClassifier(net, random_state=0).fit(X, y).net_

    net = fit(iterator_train__shuffle=False, iterator_valid__batch_size=7)
    assert net.iterator_train__shuffle is False
    assert net.iterator_valid__batch_size == 7
    net = fit(iterator_train__drop_last=True, train_split=ValidSplit(3))
    assert net.iterator_train is DataLoader
    assert net.train_split.cv == 3
    net = fit(dataset=OwnDataset)
    assert net.iterator_train is net.iterator_valid is DataLoader
    assert net.iterator_train__shuffle is True
    net = fit(callbacks=[EarlyStopping(patience=5)])
    assert "valid_loss" in net.history[-1]


def test_binary_net(blobs):
    X, y = blobs
    X, y = X[y < 2], COLORS[y[y < 2]]
    net = NeuralNetBinaryClassifier(OneLogit, lr=0.1, max_epochs=30)
    clf = NetClassifier(net, random_state=0).fit(X, y)
    z = clf.net_.module_(torch.tensor(X, dtype=torch.float32)).detach()
    proba = torch.sigmoid(z.double()).numpy()
    assert_allclose(clf.predict_proba(X), np.hstack([1 - proba, proba]), atol=1e-7)
    assert clf.score(X, y) == 1
    strict = clone(clf).set_params(net__threshold=0.999).fit(X, y)
    assert (strict.predict(X) == "green").sum() > (y == "green").sum()
    one = clone(clf).fit(X[:4], ["green"] * 4)
    assert_array_equal(one.predict_proba(X), np.ones((len(X), 1)))
    assert set(one.predict(X)) == {"green"}
    with pytest.raises(ValueError, match="knows two classes"):
        clf.fit(*blobs)


class Softmax(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, n_out), nn.Softmax(dim=1))


class LogSoftmax(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, n_out), nn.LogSoftmax(dim=1))


def test_modules_that_end_in_probabilities(tiny_net, blobs):
    X, y = blobs
    tensor = torch.tensor(X, dtype=torch.float32)
    softmax = NetClassifier(tiny_net(module=Softmax, criterion=nn.NLLLoss)).fit(X, y)
    proba = softmax.net_.module_(tensor).detach()
    assert_allclose(softmax.predict_proba(X), proba, atol=1e-6)
    net = NeuralNet(LogSoftmax, nn.NLLLoss, lr=0.1)
    log_softmax = NetClassifier(net).fit(X, y)
    proba = log_softmax.net_.module_(tensor).detach().exp()
    assert_allclose(log_softmax.predict_proba(X), proba, atol=1e-6)


def test_outputs_that_cannot_be_probabilities(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(criterion=nn.MultiMarginLoss, max_epochs=1)
    with pytest.raises(ValueError, match="predict_nonlinearity"):
        NetClassifier(net).fit(X, y).predict(X)
    diverged = NetClassifier(tiny_net(lr=1e30)).fit(X, y)
    with pytest.raises(ValueError, match="not finite for 90 of 90 samples"):
        diverged.predict(X)


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (nn.Linear(2, 3), r"as_estimator\(module, task='classification'\)"),
        (NeuralNetRegressor(nn.Linear(2, 3)), "not for classification"),
    ],
)
def test_what_is_no_net_for_classification(blobs, net, message):
    with pytest.raises(TypeError, match=message):
        NetClassifier(net).fit(*blobs)


def test_pickle_and_grid_search(tiny_net, blobs):
    X, y = blobs
    clf = NetClassifier(tiny_net(max_epochs=5), random_state=0)
    grid = {"net__lr": [1e-6, 0.05], "net__module__n_hidden": [4, 8]}
    search = GridSearchCV(clf, grid, cv=2).fit(X, COLORS[y])
    assert search.best_params_["net__lr"] == 0.05
    best = search.best_estimator_
    restored = pickle.loads(pickle.dumps(best))
    assert_array_equal(restored.predict_proba(X), best.predict_proba(X))
    assert clf.net.lr == 0.02


def test_batch_norm_trains_where_one_row_would_be_left_over(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(module__norm=True, batch_size=8, max_epochs=20)
    clf = NetClassifier(net, random_state=0).fit(X[:41], y[:41])
    assert clf.score(X, y) > 0.9


def test_multilabel_is_refused(tiny_net, blobs):
    X, y = blobs
    with pytest.raises(ValueError, match="1d array"):
        NetClassifier(tiny_net()).fit(X, np.eye(3, dtype=int)[y])
