"""Ctrl-C while a net is trained."""

import pickle
import signal

import pytest
from sklearn.datasets import load_iris
from skorch.callbacks import Callback, EarlyStopping
from torch import nn

from skactive import ActiveLearner, simulate
from skactive.nets import TorchMLPClassifier, as_estimator

X, y = load_iris(return_X_y=True)
SIZES = {"n_initial": 20, "n_queries": 20, "budget": 60, "n_repeats": 1}


class Interrupted(nn.Linear):
    """Ctrl-C is pressed during a pass of the training."""

    n_passes = None  # that are left; None: it is not pressed

    def forward(self, X):
        if self.training and Interrupted.n_passes is not None:
            if Interrupted.n_passes == 0:
                Interrupted.n_passes = None
                signal.default_int_handler(signal.SIGINT, None)
            Interrupted.n_passes -= 1
        return super().forward(X)


@pytest.fixture
def net():
    yield as_estimator(
        Interrupted(4, 3), task="classification", max_epochs=10, random_state=0
    )
    Interrupted.n_passes = None


def test_an_interrupted_fit_leaves_the_net_as_it_was(net):
    net.fit(X, y)
    before = net.predict_proba(X)
    Interrupted.n_passes = 5
    with pytest.raises(KeyboardInterrupt):
        net.fit(X[:50], y[:50])
    assert (net.predict_proba(X) == before).all()
    assert len(net.fit(X, y).net_.history) == 10


def test_an_interrupted_learner_can_be_taught_again(net):
    learner = ActiveLearner(net, "margin").fit(X[::10], y[::10])
    Interrupted.n_passes = 5
    with pytest.raises(KeyboardInterrupt):
        learner.teach(X[1::10], y[1::10])
    assert learner.n_labeled_ == 15
    assert learner.teach(X[1::10], y[1::10]).n_labeled_ == 30


@pytest.mark.parametrize("together", [False, True])
def test_an_interrupted_simulation_is_taken_up_where_it_stopped(
    net, tmp_path, together
):
    def run(**options):
        result = simulate(
            net,
            X,
            y,
            strategies=["random", "margin"],
            random_state=0,
            batch_repeats=together,
            **SIZES,
            **options,
        )
        return result.to_frame().drop(columns=["fit_time", "query_time"])

    whole = run()
    Interrupted.n_passes = 25
    with pytest.raises(KeyboardInterrupt):
        run(checkpoint=tmp_path)
    assert Interrupted.n_passes is None
    assert run(checkpoint=tmp_path).equals(whole)


class PressedInCallback(Callback):
    def on_epoch_end(self, net, **kwargs):
        signal.default_int_handler(signal.SIGINT, None)


def test_ctrl_c_in_a_callback_is_raised():
    clf = TorchMLPClassifier((4,), callbacks=[PressedInCallback()])
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert not hasattr(clf, "net_")


class Pickles(Callback):
    def on_epoch_end(self, net, **kwargs):
        assert pickle.loads(pickle.dumps(net)).get_params().keys() >= {"lr"}


def test_a_callback_may_pickle_the_net():
    clf = TorchMLPClassifier((4,), callbacks=[Pickles()], max_epochs=2)
    assert len(clf.fit(X, y).net_.history) == 2


class StopsAtFirstBatch(Callback):
    def on_batch_end(self, net, training=None, **kwargs):
        raise KeyboardInterrupt


def test_callbacks_end_the_training_alone():
    early = EarlyStopping("train_loss", patience=2, threshold=0.5)
    for callback, n_epochs in ((early, 3), (StopsAtFirstBatch(), 1)):
        clf = TorchMLPClassifier((4,), callbacks=[callback], random_state=0)
        assert len(clf.fit(X, y).net_.history) == n_epochs
