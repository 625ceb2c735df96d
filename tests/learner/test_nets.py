"""Nets in the learner: any samples, any labels, one forward pass."""

# ruff: noqa: NPY002  the global generator is watched

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from skorch import NeuralNet, NeuralNetClassifier, NeuralNetRegressor
from torch import nn

from quick_strategies import FOR_ANY_CLASSIFIER, quick
from skactive import ActiveLearner, Committee, strategies
from skactive.nets import (
    LearningLossClassifier,
    LearningLossRegressor,
    NetClassifier,
    TorchMLPClassifier,
    TorchMLPRegressor,
    as_estimator,
)
from skactive.utils import take_rows

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
SEED_SET = np.arange(0, 150, 8)


def mlp(**params):
    return TorchMLPClassifier(**{"hidden_sizes": (8,), "max_epochs": 5, **params})


def mlp_regressor(**params):
    return TorchMLPRegressor(**{"hidden_sizes": (8,), "max_epochs": 5, **params})


QUICK = {"batch_size": 100, "lr": 0.1, "max_epochs": 15, "target_score": 0.9}


class Counting(nn.Module):
    """Notes for every pass over the data its rows and who looks on."""

    passes = []

    def __init__(self, n_in, n_out):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, 6), nn.ReLU(), nn.Dropout(0.2))
        self.head = nn.Linear(6, n_out)

    def forward(self, X):
        if not self.training:
            self.passes.append((len(X), len(self.head._forward_pre_hooks)))
        return self.head(self.body(X))


def counting_net():
    return as_estimator(Counting, task="classification", max_epochs=2)


class Conv(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(n_in, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.head = nn.Linear(36, n_out)

    def forward(self, X):
        return self.head(self.body(X).flatten(1))


@parametrize_with_checks(
    [
        ActiveLearner(mlp(**QUICK), "random"),
        ActiveLearner(mlp_regressor(**QUICK), "random"),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


# Rounds


def play(estimator, strategy, X, y, **options):
    learner = ActiveLearner(estimator, strategy, random_state=0, **options)
    seed_set = np.arange(0, len(y), 8)
    learner.fit(take_rows(X, seed_set), y[seed_set])
    rows = learner.query(X, 4)
    assert_array_equal(learner.query(X, 4), rows)
    learner.teach(take_rows(X, rows), y[rows])
    assert learner.strategy_ is not None
    assert learner.query(X, 2).shape == (2,)
    again = pickle.loads(pickle.dumps(learner))
    assert_array_equal(again.query(X, 3), learner.query(X, 3))
    assert not hasattr(clone(learner), "estimator_")
    assert "ActiveLearner" in learner._repr_html_()
    return learner


@pytest.mark.parametrize("strategy", [None, *FOR_ANY_CLASSIFIER])
def test_every_strategy_for_classifiers(strategy):
    loss = strategy == "learning_loss"
    net = LearningLossClassifier((8,), max_epochs=5) if loss else mlp()
    learner = play(net, quick(strategy), X, NAMES)
    assert set(learner.predict(X)) <= set(NAMES)


@pytest.mark.parametrize("targets", [X[:, 3], X[:, 2:]])
@pytest.mark.parametrize("strategy", [None, *strategies.names("regression")])
def test_every_strategy_for_regressors(strategy, targets):
    loss = strategy == "learning_loss"
    net = LearningLossRegressor((8,), max_epochs=5) if loss else mlp_regressor()
    learner = play(net, quick(strategy), X, targets)
    assert learner.predict(X).shape == targets.shape


@pytest.mark.parametrize("strategy", [None, "bald"])
def test_images_go_through_a_convolutional_net(strategy):
    digits = load_digits(n_class=4)
    images = digits.images[:160, None]
    net = as_estimator(Conv, task="classification", max_epochs=3)
    if strategy == "bald":
        net = Committee(net, 2)
    learner = play(net, strategy, images, digits.target_names[digits.target[:160]])
    assert learner.X_labeled_.shape[1:] == (1, 8, 8)
    assert learner.view(images).embed().shape == (160, 36)


@pytest.mark.parametrize(
    "net",
    [
        NeuralNetClassifier(
            Counting, criterion=nn.CrossEntropyLoss, max_epochs=2, verbose=0
        ),
        NeuralNetClassifier(
            nn.Linear(4, 3), criterion=nn.CrossEntropyLoss, max_epochs=2
        ),
    ],
)
def test_a_raw_skorch_net_just_works(net):
    learner = play(net, None, X, NAMES)
    assert isinstance(learner.estimator_, NetClassifier)
    assert set(learner.classes_) == set(NAMES)
    assert not net.initialized_, "the user's own net is never trained"


def test_a_raw_skorch_regressor_just_works():
    learner = play(NeuralNetRegressor(nn.Linear(4, 1), max_epochs=2), None, X, X[:, 3])
    assert learner.predict(X).shape == (150,)


def test_parameters_of_a_raw_net_can_be_searched():
    net = NeuralNetClassifier(Counting, criterion=nn.CrossEntropyLoss, max_epochs=1)
    search = GridSearchCV(
        ActiveLearner(net, random_state=0),
        {"estimator__lr": [0.01, 0.1]},
        cv=2,
        error_score="raise",
    )
    assert search.fit(X, NAMES).predict(X).shape == (150,)


@pytest.mark.parametrize("module", [nn.Linear(4, 3), nn.Linear])
def test_a_bare_module_has_no_task(module):
    message = (
        r'wrap a torch module as skactive\.nets\.as_estimator\(module, task="class'
    )
    with pytest.raises(TypeError, match=message):
        ActiveLearner(module).fit(X, NAMES)


def test_a_skorch_net_without_a_task_is_refused():
    net = NeuralNet(nn.Linear(4, 3), criterion=nn.MSELoss)
    with pytest.raises(
        ValueError, match=r'as_estimator\(module, task="classification"\)'
    ):
        ActiveLearner(net).fit(X, NAMES)


FRAME = pd.DataFrame(
    {"length": X[:, 2], "site": pd.Categorical(np.resize(["u", "v", "w"], 150))}
)
SPARSE_COLUMNS = make_column_transformer(
    (StandardScaler(), ["length"]), (OneHotEncoder(), ["site"]), sparse_threshold=1.0
)


@pytest.mark.parametrize(
    ("samples", "net"),
    [
        (X.astype(np.float32), mlp()),
        (pd.DataFrame(X, columns=list("abcd")), mlp()),
        (FRAME, make_pipeline(SPARSE_COLUMNS, mlp())),
        (
            pd.Series([f"{name} flower" for name in NAMES]),
            make_pipeline(TfidfVectorizer(), mlp()),
        ),
        (X, Committee(mlp(), 2)),
        (X, make_pipeline(StandardScaler(), Committee(mlp(), 2))),
    ],
)
def test_containers_and_wrappers(samples, net):
    play(net, None, samples, NAMES)


# One pass


@pytest.fixture
def passes():
    Counting.passes.clear()
    return Counting.passes


@pytest.mark.parametrize("behind_scaler", [False, True])
@pytest.mark.parametrize(
    ("strategy", "hooks"),
    [("badge", 1), (None, 1), ("entropy", 0), ("margin", 0), ("coreset", 1)],
)
def test_one_pass_over_the_pool_captures_what_is_needed(
    passes, strategy, hooks, behind_scaler
):
    net = counting_net()
    net = make_pipeline(StandardScaler(), net) if behind_scaler else net
    learner = ActiveLearner(net, strategy, random_state=0).fit(
        X[SEED_SET], NAMES[SEED_SET]
    )
    passes.clear()
    learner.query(X, 4)
    assert [seen for seen in passes if seen[0] == 150] == [(150, hooks)]
    assert len(passes) <= 2, "the pool, and perhaps the labeled samples"
    view = learner.view(X)
    passes.clear()
    learner.query(view, 4)
    learner.query(view, 2)
    assert passes.count((150, hooks)) == 1


def test_random_and_input_strategies_need_no_pass(passes):
    learner = ActiveLearner(counting_net(), "random", random_state=0)
    learner.fit(X[SEED_SET], NAMES[SEED_SET])
    for strategy in ("random", "gsx"):
        passes.clear()
        learner.set_params(strategy=strategy).query(X, 3)
        assert passes == []


def test_draws_take_one_pass_each(passes):
    learner = ActiveLearner(counting_net(), strategies.bald(n_draws=5), random_state=0)
    learner.fit(X[SEED_SET], NAMES[SEED_SET])
    passes.clear()
    learner.query(X, 3)
    assert [rows for rows, _ in passes] == [150] * 5


# Classes


@pytest.mark.parametrize(
    "net",
    [
        mlp(),
        make_pipeline(StandardScaler(), mlp()),
        counting_net(),
        NeuralNetClassifier(Counting, criterion=nn.CrossEntropyLoss, max_epochs=2),
        Committee(mlp(), 2),
        make_pipeline(StandardScaler(), GridSearchCV(mlp(), {"lr": [0.01]}, cv=2)),
    ],
)
def test_the_head_is_as_wide_as_the_announced_classes(net):
    learner = ActiveLearner(net, classes=["alba", *set(NAMES)], random_state=0)
    learner.fit(X[:4], NAMES[:4])
    assert learner.classes_.tolist() == ["alba", "setosa", "versicolor", "virginica"]
    assert_array_equal(learner.estimator_.classes_, learner.classes_)
    proba = learner.predict_proba(X)
    assert proba.shape == (150, 4)
    assert (proba > 0).all(), "outputs of the net, not filled in"
    assert learner.query(X, 3).shape == (3,)


@pytest.mark.parametrize(
    "wrapper",
    [
        CalibratedClassifierCV(mlp(), cv=2),
        VotingClassifier([("net", mlp()), ("bayes", GaussianNB())], voting="soft"),
        BaggingClassifier(mlp(), 2),
        OneVsRestClassifier(mlp()),
    ],
)
def test_wrappers_that_encode_labels_learn_them_themselves(wrapper):
    learner = ActiveLearner(wrapper, classes=["alba", *set(NAMES)], random_state=0)
    learner.fit(X[SEED_SET], NAMES[SEED_SET])
    assert_array_equal(learner.estimator_.classes_, np.unique(NAMES))
    assert_array_equal(learner.predict_proba(X)[:, 0], 0)
    assert learner.query(X, 3).shape == (3,)


def test_classes_of_the_users_own_stay():
    learner = ActiveLearner(mlp(classes=[0, 1, 2, 3, 4]), classes=[0, 1, 2, 3])
    learner.fit(X, y)
    assert_array_equal(learner.estimator_.classes_, [0, 1, 2, 3, 4])


@pytest.mark.parametrize("strategy", [None, "entropy", "bald"])
def test_a_seed_set_of_one_class_and_a_label_that_turns_up_later(strategy):
    learner = ActiveLearner(mlp(), strategy, random_state=0).fit(X[:4], NAMES[:4])
    assert learner.classes_.tolist() == ["setosa"]
    rows = learner.query(X[40:], 4)
    assert len(set(rows)) == 4
    learner.teach(X[60:70], NAMES[60:70])
    assert learner.predict_proba(X).shape == (150, 2)
    learner.teach(X[-9:], NAMES[-9:])
    assert learner.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert learner.query(X, 3).shape == (3,)


# Seeds


@pytest.mark.parametrize("random_state", [None, 0])
@pytest.mark.parametrize("strategy", ["badge", "bald", "random"])
def test_torchs_generator_is_neither_moved_nor_read(strategy, random_state):
    asked = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        numpy_before = np.random.get_state()[1].copy()
        learner = ActiveLearner(mlp(), strategy, random_state=random_state)
        learner.fit(X[SEED_SET], NAMES[SEED_SET])
        rows = learner.query(X, 4)
        learner.teach(X[rows], NAMES[rows])
        assert torch.equal(torch.get_rng_state(), before)
        assert_array_equal(np.random.get_state()[1], numpy_before)
        asked.append((learner.seed_, *rows, *learner.predict_proba(X).ravel()))
    assert (asked[0] == asked[1]) == (random_state is not None)


def test_each_round_starts_from_other_weights_and_each_member_too():
    learner = ActiveLearner(Committee(mlp(max_epochs=1), 2), "random", random_state=0)
    learner.fit(X[SEED_SET], NAMES[SEED_SET])
    seeds = [member.random_state for member in learner.estimator_.estimators_]
    learner.teach(X[:1], NAMES[:1])
    seeds += [member.random_state for member in learner.estimator_.estimators_]
    assert len(set(seeds)) == 4


# The model stays as it is


def test_a_query_changes_neither_weights_nor_statistics_nor_modes():
    images = load_digits().images[:60, None]
    labels = np.resize([0, 1], 60)
    for training in (False, True):
        learner = ActiveLearner(as_estimator(Conv, task="classification", max_epochs=1))
        module = learner.fit(images, labels).estimator_.net_.module_
        module.train(training)
        before = {name: value.clone() for name, value in module.state_dict().items()}
        learner.query(images, 3)
        view = learner.view(images)
        view.predict(), view.predict_proba(), view.embed(), view.embed("body")
        after = module.state_dict()
        assert all(torch.equal(after[name], before[name]) for name in before)
        assert {part.training for part in module.modules()} == {training}
        assert not any(part._forward_pre_hooks for part in module.modules())


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(StandardScaler(), net),
        lambda net: Committee(net, n_members=2),
        lambda net: GridSearchCV(net, {"net__lr": [0.1]}, cv=2),
        lambda net: GridSearchCV(net, {"lr": [0.1], "optimizer__momentum": [0]}, cv=2),
        lambda net: GridSearchCV(net, [{"lr": [0.1]}, {"start": ["warm"]}], cv=2),
        lambda net: GridSearchCV(
            make_pipeline(StandardScaler(), net), {"neuralnetclassifier__lr": [1]}, cv=2
        ),
        lambda net: GridSearchCV(net, {"net__optimizer__momentum": [0.5]}, cv=2),
        lambda net: GridSearchCV(
            Pipeline([("clf", net)]),
            [{"clf__lr": [0.1]}, {"clf": [LogisticRegression()], "clf__C": [1]}],
            cv=2,
        ),
        lambda net: GridSearchCV(
            SelfTrainingClassifier(net), {"estimator__lr": [0.1]}, cv=2
        ),
    ],
)
def test_raw_nets_inside_of_other_estimators_get_their_skin(wrap):
    net = NeuralNetClassifier(
        nn.Linear(4, 3), criterion=nn.CrossEntropyLoss, train_split=None, verbose=0
    )
    estimator = wrap(net)
    learner = ActiveLearner(estimator, "margin", random_state=0)
    learner.fit(X.astype(np.float64)[::5], NAMES[::5])
    rows = learner.query(X, 3)
    assert set(learner.teach(X[rows], NAMES[rows]).predict(X)) <= set(NAMES)
    assert not hasattr(net, "module_")
    assert any(value is net for value in estimator.get_params(deep=True).values())


def test_both_of_a_net_and_what_trains_it_get_their_skin():
    net = NeuralNetClassifier(nn.Linear(4, 3), criterion=nn.CrossEntropyLoss, verbose=0)
    model = make_pipeline(StandardScaler(), SelfTrainingClassifier(net))
    learner = ActiveLearner(model, "margin", random_state=0).fit(X[::5], NAMES[::5])
    training = learner.estimator_[-1].estimator_
    assert isinstance(training, SelfTrainingClassifier)
    assert isinstance(training.estimator_, NetClassifier)


# Passes over the pool for all that strategies may ask besides the plain outputs; what
# each of them says is in its docstring.
MORE_PASSES = {"draws": 20, "input_gradient": 51, "augmented": 10}


@pytest.mark.parametrize(
    "name", [n for n in FOR_ANY_CLASSIFIER if n != "learning_loss"]
)
def test_every_strategy_takes_the_passes_that_its_needs_allow(passes, name):
    needs = get_tags(strategies.get(name)).strategy.needs
    learner = ActiveLearner(counting_net(), quick(name), random_state=0)
    learner.fit(X[SEED_SET], NAMES[SEED_SET])
    passes.clear()
    learner.query(X, 4)
    plain = set(needs) - MORE_PASSES.keys() - {"inputs"}
    allowed = bool(plain) + sum(MORE_PASSES.get(need, 0) for need in needs)
    n_rows = sum(n_rows for n_rows, _ in passes)
    assert n_rows <= allowed * (len(X) + len(SEED_SET))
    if allowed == 1:
        assert len(passes) <= 2, "the pool, and perhaps the labeled samples"


def test_predicted_losses_take_one_pass():
    learner = ActiveLearner(
        LearningLossClassifier((8,), max_epochs=2), "learning_loss", random_state=0
    ).fit(X[SEED_SET], NAMES[SEED_SET])
    n_rows = []
    learner.estimator_.net_.module_.register_forward_hook(
        lambda module, inputs, output: n_rows.append(len(inputs[0]))
    )
    learner.query(X, 4)
    assert n_rows == [len(X)]
