"""Scores of augmented copies, and the copies that a view makes."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skactive import ActiveLearner, ModelView, strategies
from skactive.exceptions import MissingCapability
from skactive.scores import AugmentedMargin, Inconsistency, Margin
from skactive.semisupervised import Jitter, MarginalSwap, MixMatchClassifier

X, y = load_iris(return_X_y=True)
MODEL = LogisticRegression(max_iter=1000).fit(X[::5], y[::5])
IDENTITY = MarginalSwap(rate=0)
BY_NAME = ["ssl_consistency", "ssl_diff2aug_direct", "ssl_diff2aug_kmeans"]


def test_scores_by_hand():
    rng = np.random.default_rng(0)
    proba, copies = rng.dirichlet(np.ones(3), 20), rng.dirichlet(np.ones(3), (20, 4))
    view = ModelView.from_outputs(proba=proba, augmented=copies)
    answers = np.concatenate([proba[:, None], copies], axis=1)
    expected = [sum(np.var(row[:, c]) for c in range(3)) for row in answers]
    assert_allclose(Inconsistency().score_samples(view), expected)
    gaps = [np.diff(np.sort(row.mean(axis=0)))[-1] for row in copies]
    assert_allclose(AugmentedMargin().score_samples(view), np.negative(gaps))


def test_the_margin_of_a_sample_that_does_not_change():
    view = ModelView(X, MODEL)
    plain = Margin().score_samples(view)
    for n_copies in (1, 4):
        ours = AugmentedMargin(n_copies, IDENTITY).score_samples(view)
        assert_allclose(ours, plain, atol=1e-12)
    # Real copies give other gaps: the augmentation is not left out.
    moved = AugmentedMargin(1, MarginalSwap(0.3)).score_samples(view)
    assert abs(moved - plain).max() > 0.1


def test_a_model_that_is_not_moved_leaves_it_to_chance():
    view = ModelView(X, MODEL)
    score = Inconsistency(augment=IDENTITY)
    assert_array_equal(score.score_samples(view), 0)
    firsts = {
        int(score.select(ModelView(X, MODEL, seed=seed))[0]) for seed in range(20)
    }
    assert len(firsts) > 10


def test_a_class_that_is_never_likely_changes_nothing():
    rng = np.random.default_rng(0)
    proba, copies = rng.dirichlet(np.ones(3), 20), rng.dirichlet(np.ones(3), (20, 4))
    narrow = ModelView.from_outputs(proba=proba, augmented=copies)
    wide = ModelView.from_outputs(
        proba=np.pad(proba, [(0, 0), (0, 1)]),
        augmented=np.pad(copies, [(0, 0), (0, 0), (0, 1)]),
    )
    for score in (Inconsistency(), AugmentedMargin()):
        assert_allclose(score.score_samples(wide), score.score_samples(narrow))


# --- the copies of a view


def test_copies_of_a_supervised_model():
    view = ModelView(X, MODEL, classes=[0, 1, 2, 9], seed=3)
    copies = view.augmented(5)
    assert copies.shape == (150, 5, 4)
    assert_allclose(copies.sum(axis=2), 1)
    assert (copies[..., 3] == 0).all()
    assert view.augmented(5) is copies
    again = ModelView(X, MODEL, classes=[0, 1, 2, 9], seed=3).augmented(5)
    assert_array_equal(again, copies)
    assert (ModelView(X, MODEL, seed=4).augmented(5) != copies[..., :3]).any()
    assert_array_equal(view[[7, 2]].augmented(5), copies[[7, 2]])
    # Each copy is another one.
    assert (copies[:, 0] != copies[:, 1]).any()


def test_many_rows_come_in_parts(monkeypatch):
    from skactive.adapters import _base

    monkeypatch.setattr(_base, "_CELLS", 4 * 7)
    copies = ModelView(X, MODEL).augmented(2, augment=IDENTITY)
    assert_allclose(copies, np.repeat(MODEL.predict_proba(X)[:, None], 2, axis=1))


def test_categories_are_swapped_before_they_are_encoded():
    frame = pd.DataFrame(
        {"color": np.array(["red", "green", "blue"])[y], "size": X[:, 0]}
    )
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["color"]), remainder="passthrough"),
        LogisticRegression(max_iter=1000),
    ).fit(frame, y)
    view = ModelView(frame, model)
    assert (view.augmented(10).argmax(axis=2) != y[:, None]).any()
    assert len(strategies.ssl_consistency().select(view, 3)) == 3


def test_the_augmentation_of_the_model_is_in_its_own_space():
    from skactive.nets import TorchMLPClassifier

    net = MixMatchClassifier(
        TorchMLPClassifier(hidden_sizes=(8,), max_epochs=20),
        augment=Jitter(0),
        n_steps=30,
        random_state=0,
    )
    model = make_pipeline(StandardScaler(), net)
    learner = ActiveLearner(model, random_state=0)
    learner.fit(X[::6], y[::6], X_unlabeled=X[1::2])
    # No noise: the copies are the samples, after scaling.
    view = learner.view(X)
    expected = np.repeat(view.predict_proba()[:, None], 2, axis=1)
    assert_allclose(view.augmented(2), expected, atol=1e-6)
    assert abs(view.augmented(2, augment=Jitter(0.5)) - expected).max() > 1e-3


@pytest.mark.parametrize("name", BY_NAME)
def test_any_classifier_can_be_asked(name):
    for model in (
        LogisticRegression(max_iter=1000),
        CalibratedClassifierCV(LogisticRegression(max_iter=1000), cv=2),
    ):
        learner = ActiveLearner(model, name, random_state=0).fit(X[::5], y[::5])
        rows = learner.query(X, 6)
        assert_array_equal(learner.query(X, 6), rows)


def test_who_cannot_be_asked():
    for name in BY_NAME:
        with pytest.raises(ValueError, match="is for classification"):
            ActiveLearner(Ridge(), name).fit(X, X[:, 0])
        assert name in strategies.names(estimator=MODEL)
    texts = ["good", "bad", "so good", "too bad"]
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    # Words are swapped, not texts.
    learner = ActiveLearner(model, "ssl_consistency").fit(texts, [1, 0, 1, 0])
    assert len(learner.query(texts, 2)) == 2
    learner.set_params(estimator=CalibratedClassifierCV(model, cv=2))
    learner.fit(texts, [1, 0, 1, 0])
    with pytest.raises(MissingCapability, match="augmented copies"):
        learner.query(texts)
    pictures = X.reshape(-1, 1, 2, 2)

    class Flat(LogisticRegression):
        def predict_proba(self, X):
            return super().predict_proba(X.reshape(len(X), -1))

    flat = Flat(max_iter=1000).fit(X, y)
    with pytest.raises(ValueError, match="pass a function of one sample"):
        ModelView(pictures, flat).augmented()
    flipped = ModelView(pictures, flat).augmented(1, augment=lambda t: t.flip(-1))
    expected = flat.predict_proba(pictures[..., ::-1])
    assert_allclose(flipped[:, 0], expected, atol=1e-4)


def test_odd_parameters():
    view = ModelView(X, MODEL)
    for odd in ({"n_copies": 0}, {"augment": "swap"}):
        with pytest.raises(ValueError, match="parameter of"):
            Inconsistency(**odd).score_samples(view)


def test_transforms_of_torchvision_and_lists():
    from torchvision.transforms import v2

    pictures = np.repeat(X, 4, axis=1).reshape(-1, 1, 4, 4)

    class Flat(LogisticRegression):
        def fit(self, X, y):
            return super().fit(X.reshape(len(X), -1), y)

        def predict_proba(self, X):
            return super().predict_proba(X.reshape(len(X), -1))

    # It has a `get_params` that takes an image.
    crop = v2.RandomCrop(4, padding=1)
    for augment in (crop, [crop, Jitter()]):
        for strategy in (
            strategies.ssl_consistency(augment=augment),
            strategies.ssl_diff2aug_kmeans(augment=augment),
        ):
            learner = ActiveLearner(Flat(max_iter=1000), strategy, random_state=0)
            learner.fit(pictures[::5], y[::5])
            rows = learner.query(pictures, 4)
            assert_array_equal(learner.query(pictures, 4), rows)
