"""Weights that a net keeps of its epochs, and what is predicted with them."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback

from skactive import ActiveLearner, Committee, ModelView
from skactive.exceptions import MissingCapability
from skactive.nets import NetClassifier, NetRegressor, Snapshots, _snapshots
from skactive.nets._snapshots import find_snapshots
from skactive.scores._training_course import switches_and_spread


class Answers(Callback):
    """What the net answers after each epoch, in evaluation mode."""

    def __init__(self, X):
        self.X = X

    def on_train_begin(self, net, **kwargs):
        self.answers_ = []

    def on_epoch_end(self, net, **kwargs):
        with torch.no_grad():
            logits = net.module_.eval()(torch.tensor(self.X, dtype=torch.float32))
        self.answers_.append(torch.softmax(logits.double(), dim=1).numpy())


def make(tiny_net, *callbacks, n_snapshots=10, **params):
    calls = [("snapshots", Snapshots(n_snapshots)), *callbacks]
    net = tiny_net(**{"callbacks": calls, "max_epochs": 6, **params})
    return NetClassifier(net, random_state=0)


def kept(estimator):
    return dict(estimator.net_.callbacks_)["snapshots"].epochs_


@pytest.mark.parametrize("norm", [False, True])
def test_the_epochs_are_those_of_the_training(tiny_net, blobs, norm):
    X, y = blobs
    clf = make(tiny_net, ("answers", Answers(X)), module__norm=norm).fit(X, y)
    answers = ModelView(X, clf).predict_epochs()
    expected = np.stack(dict(clf.net_.callbacks_)["answers"].answers_, axis=1)
    assert answers.shape == (90, 6, 3)
    assert_allclose(answers, expected, atol=1e-5)
    assert_allclose(answers[:, -1], clf.predict_proba(X), atol=1e-6)


def test_too_many_epochs_are_thinned(tiny_net, blobs):
    for n_snapshots, max_epochs, epochs in [
        (4, 4, [1, 2, 3]),
        (4, 5, [1, 2, 3, 4]),
        (4, 6, [1, 3, 5]),
        (4, 9, [1, 3, 5, 7]),
        (4, 30, [1, 9, 17, 25]),
        (1, 30, [1]),
        (10, 1, []),
    ]:
        clf = make(tiny_net, n_snapshots=n_snapshots, max_epochs=max_epochs)
        assert kept(clf.fit(*blobs)) == epochs
        view = ModelView(blobs[0], clf)
        assert view.provides("epochs") == view.provides("draws") == bool(epochs)
        if epochs:
            assert view.predict_epochs().shape[1] == len(epochs) + 1


def test_nothing_about_the_fit_changes(tiny_net, blobs):
    X, y = blobs
    net = tiny_net(module__norm=True, module__dropout=0.3, max_epochs=5)
    plain = NetClassifier(net, random_state=0).fit(X, y)
    with_them = clone(plain).set_params(net__callbacks=[Snapshots()]).fit(X, y)
    before = pickle.dumps(with_them.net_.module_.state_dict())
    random = torch.get_rng_state()
    ModelView(X, with_them).predict_epochs()
    assert torch.equal(torch.get_rng_state(), random)
    assert pickle.dumps(with_them.net_.module_.state_dict()) == before
    assert_array_equal(with_them.predict_proba(X), plain.predict_proba(X))
    again = pickle.loads(pickle.dumps(with_them))
    assert_array_equal(
        ModelView(X, again).predict_epochs(), ModelView(X, with_them).predict_epochs()
    )


def test_frozen_weights_are_not_kept(tiny_net, blobs):
    module = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.Linear(5, 3))
    module[0].requires_grad_(False)
    clf = make(tiny_net, module=module).fit(*blobs)
    assert list(find_snapshots(clf)[0]) == ["1.weight", "1.bias"]


def naive_scores(answers):
    switches, spread = [], []
    for epochs in answers:
        guesses = [p.argmax() for p in epochs]
        switches.append(sum(a != b for a, b in pairwise(guesses)))
        spread.append(np.std([p[guesses[-1]] for p in epochs]))
    return np.array(switches), np.array(spread)


def test_the_strategies_against_a_loop(tiny_net, blobs, monkeypatch):
    X, _ = blobs
    clf = make(tiny_net, max_epochs=12, lr=0.3, batch_size=4)
    learner = ActiveLearner(clf, "prediction_switches", random_state=0)
    y = np.random.default_rng(0).integers(0, 3, 90)  # nothing to settle on
    learner.fit(X, y)
    monkeypatch.setattr(_snapshots, "_N_NUMBERS", 300)  # in several blocks
    pool = np.repeat(X, 20, axis=0)
    answers = learner.view(pool).predict_epochs()
    switches, spread = naive_scores(answers)
    assert switches.max() > 1
    rows = learner.query(pool, 30)
    assert_array_equal(np.sort(switches[rows])[::-1], np.sort(switches)[:-31:-1])
    assert_array_equal(learner.last_query_.scores, switches[rows])
    learner.set_params(strategy="epoch_variability")
    rows = learner.query(pool, 30)
    assert_allclose(spread[rows], np.sort(spread)[:-31:-1], atol=1e-6)


def test_classes_pipelines_and_wrappers(tiny_net, blobs):
    X, y = blobs
    clf = make_pipeline(StandardScaler(), make(tiny_net))
    clf.fit(X[y > 0], y[y > 0])
    view = ModelView(X, clf, classes=[0, 1, 2, 3])
    answers = view.predict_epochs()
    assert answers.shape == (90, 6, 4)
    assert not answers[..., [0, 3]].any()
    assert_allclose(answers[:, -1], view.predict_proba(), atol=1e-6)
    assert_array_equal(view.predict_draws(), answers)
    own = ModelView(X, clf).predict_epochs(reduce=switches_and_spread)
    assert_array_equal(view.predict_epochs(reduce=switches_and_spread), own)
    committee = ActiveLearner(Committee(make(tiny_net), 2), "prediction_switches")
    with pytest.raises(MissingCapability, match="no epochs in common; use 'vote_ent"):
        committee.fit(X, y).query(X, 2)


def test_they_serve_as_draws_where_there_is_no_dropout(tiny_net, blobs, plane):
    X, y = blobs
    clf = make(tiny_net).fit(X, y)
    view = ModelView(X, clf)
    assert_array_equal(view.predict_draws(50), view.predict_epochs())
    assert ActiveLearner(clf, "bald").fit(X, y).query(X, 3).shape == (3,)
    dropped = make(tiny_net, module__dropout=0.5).fit(X, y)
    assert ModelView(X, dropped).predict_draws(7).shape == (90, 7, 3)
    X, Y = plane
    net = tiny_net("regression", max_epochs=4, callbacks=[Snapshots()])
    reg = NetRegressor(net, random_state=0).fit(X, Y)
    view = ModelView(X, reg)
    answers = view.predict_epochs()
    assert_allclose(answers[:, -1], reg.predict(X), rtol=1e-6)
    spread = answers.std(axis=1)
    assert_allclose(view.predict_std(), spread, rtol=1e-4)


def test_without_them_the_callback_is_named(tiny_net, blobs):
    X, y = blobs
    learner = ActiveLearner(
        NetClassifier(tiny_net(max_epochs=2)), "prediction_switches"
    )
    with pytest.raises(MissingCapability, match=r"skactive\.nets\.Snapshots\(\) into"):
        learner.fit(X, y).query(X, 2)
    learner = ActiveLearner(make(tiny_net, max_epochs=1), "prediction_switches")
    with pytest.raises(MissingCapability, match="is trained for several epochs"):
        learner.fit(X, y).query(X, 2)
    for wrong in (0, 2.5, True):
        with pytest.raises(ValueError, match="'n_snapshots' parameter of Snapshots"):
            make(tiny_net, n_snapshots=wrong).fit(X, y)
    with pytest.raises(ValueError, match="keep one of them in `callbacks`"):
        make(tiny_net, ("more", Snapshots(2))).fit(X, y)


def test_a_warm_start_keeps_its_own_epochs(tiny_net, blobs):
    X, y = blobs
    clf = make(tiny_net).set_params(start="warm").fit(X, y)
    first = find_snapshots(clf)[0]
    clf.fit(X, y)
    assert kept(clf) == [1, 2, 3, 4, 5]
    assert not torch.equal(find_snapshots(clf)[0]["head.weight"], first["head.weight"])
