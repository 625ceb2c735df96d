"""What descriptions tell apart, and what they do not."""

import functools
import os
import subprocess
import sys
import threading
import time
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline

from skactive.utils import describe

X, y = make_classification(150, class_sep=0.7, flip_y=0.1, random_state=0)


OF_A_SCRIPT = """
import sys
from functools import partial
import numpy as np
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import FunctionTransformer
from sklearn.pipeline import make_pipeline
from skactive.utils import describe
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Generic, TypeVar
from scipy.stats import loguniform, randint
from sklearn.model_selection import RandomizedSearchCV

FACTOR = 1.0

class Base(GaussianNB):
    names = {"a", "b", "c", "d"}

    @property
    def twice(self):
        return 2

    @staticmethod
    def still(x):
        return x

class Mine(Base):
    def fit(self, X, y, *, weight=None):
        self.again = lambda: Mine
        return super().fit(X, y)

class Scorer:
    names = {"e", "f", "g"}
    def __init__(self):
        self.seen = {"h", "i", "j"}
    def __call__(self, estimator, X, y):
        return FACTOR * accuracy_score(y, estimator.predict(X))

def score(estimator, X, y):
    if type(estimator).__name__ in {"setosa", "virginica", "versicolor"}:
        return 0.0
    return FACTOR * accuracy_score(y, estimator.predict(X)) + score.__code__.co_argcount

def outer(power):
    def inner(x, *, by={"k", "l", "m"}):
        return x ** power
    return inner

T = TypeVar("T")

class Typed(GaussianNB, Generic[T]):
    @cached_property
    def once(self):
        return 1

class Colour(Enum):
    RED = "red"
    BLUE = "blue"

@dataclass
class Point:
    x: float = 0.0
    seen: frozenset = frozenset("nopq")

@lru_cache
def remembered(x):
    return Point(x)

def calls_itself(x):
    return calls_the_other(x)

def calls_the_other(x):
    return calls_itself(x) + remembered(x).x

# In an order that the hashes of their names decide.
mixed = {score, calls_itself, calls_the_other, remembered, "r", "s", Colour.RED}
drawn = RandomizedSearchCV(Mine(), {"C": loguniform(1e-3, 1), "n": randint(1, 9)})
np.random.seed(int(sys.argv[1]))

print(describe([
    Typed(), Colour, Colour.BLUE, Point(1), mixed, calls_itself, drawn,
    np.random.default_rng(0).normal, GaussianNB().fit([[0], [1]], [0, 1]).predict,
    Mine(), make_pipeline(FunctionTransformer(outer(2)), Mine()), score, Scorer(),
    partial(score, X=1), Mine, lambda x: FACTOR * x, outer,
]))
"""


def describe_in_script(script, seed):
    return subprocess.run(
        [sys.executable, "-c", script, str(seed)],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_what_a_script_defines_is_the_same_in_every_process():
    first = describe_in_script(OF_A_SCRIPT, 1)
    # It may stand elsewhere in the script.
    moved = OF_A_SCRIPT.replace("FACTOR = 1.0", "# More.\n\nFACTOR = 1.0")
    assert describe_in_script(moved, 2) == first


WITH_WEIGHTS = """
import torch
from skactive.utils import describe

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 2)

torch.manual_seed(0)
half = torch.zeros((2, 3), dtype=torch.bfloat16)
normed = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2))
print(describe([
    Net(), torch.nn.Linear(2, 1), half.T, torch.tensor(1.0), torch.tensor([1j]).conj(),
    normed, torch.nn.utils.weight_norm(torch.nn.Linear(2, 2)), torch.float32,
]))
print(describe([torch.relu, torch.nn.functional.relu]))
"""


def test_weights_are_the_same_in_every_process():
    pytest.importorskip("torch")
    first = describe_in_script(WITH_WEIGHTS, 1)
    assert describe_in_script(WITH_WEIGHTS, 2) == first
    other = WITH_WEIGHTS.replace("seed(0)", "seed(1)")
    assert describe_in_script(other, 1) != first


def describe_in_main(source, name="f"):
    there = {"__name__": "__main__"}
    exec(source, there)
    return describe(there[name])


CLASS = "class f:\n    a = 1\n    def g(self, x=1):\n        return x + 1"

CACHED = "import functools\n@functools.lru_cache\ndef f(x): return x + 1"
WRAPS = """
import functools
import numpy as np

@functools.wraps(np.abs)
def f(x):
    return np.abs(x)
"""
PROPERTY = """
import functools

class f:
    @functools.cached_property
    def n(self):
        return 1
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f = lambda x: x + 1", "f = lambda x: x + 2"),
        ("f = lambda x: x + 1", "f = lambda x: x - 1"),
        ("f = lambda x: x.a", "f = lambda x: x.b"),
        ("f = lambda x=1: x", "f = lambda x=2: x"),
        ("f = lambda *, x=1: x", "f = lambda *, x=2: x"),
        ("f = lambda x: x in {1, 2}", "f = lambda x: x in {1, 3}"),
        ("f = lambda x: lambda: x + 1", "f = lambda x: lambda: x + 2"),
        ("f = lambda x: k * x; k = 1", "f = lambda x: k * x; k = 2"),
        ("f = (lambda k: lambda: k)(1)", "f = (lambda k: lambda: k)(2)"),
        (
            "h = lambda x: x + 1; f = lambda x: h(x)",
            "h = lambda x: x + 2; f = lambda x: h(x)",
        ),
        (CACHED, CACHED.replace("x + 1", "x + 2")),
        (CACHED, CACHED.replace("_cache", "_cache(maxsize=2)")),
        (WRAPS, WRAPS.replace("np.abs(x)", "np.sign(x)")),
        (PROPERTY, PROPERTY.replace("return 1", "return 2")),
        ("h = {1, 2}; f = lambda: h", "h = {1, 3}; f = lambda: h"),
        ("f = lambda: (a, a); a = lambda: 1", "f = lambda: (a, b); a = b = lambda: 2"),
        (CLASS, CLASS.replace("a = 1", "a = 2")),
        (CLASS, CLASS.replace("x + 1", "x + 2")),
        (CLASS, CLASS.replace("x=1", "x=2")),
        (CLASS, CLASS.replace("class f", "class f(dict)")),
    ],
)
def test_changed_code_is_described_otherwise(before, after):
    assert describe_in_main(before) == describe_in_main(before)
    assert describe_in_main(before) != describe_in_main(after)


def test_equal_data_are_described_alike(tmp_path):
    np.save(tmp_path / "X.npy", X)
    there = describe(X)
    for same in (
        np.asfortranarray(X),
        np.repeat(X, 2, axis=1)[:, ::2],
        np.load(tmp_path / "X.npy", mmap_mode="r"),
    ):
        assert describe(same) == there
        assert describe(pd.DataFrame(same)) == describe(pd.DataFrame(X))
    for other in (X.T, X.astype(np.float32), X.ravel(), np.vstack([X[:1], X[:-1]])):
        assert describe(other) != there
    texts = np.array(["a", "b", None], dtype=object)
    assert describe(texts) == describe(np.array(["a", "b", None], dtype=object))
    assert describe(texts) != describe(texts[::-1])
    assert describe(np.array([10])[0]) == describe(10)
    days = np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]")
    assert describe(days) == describe(days.copy()) != describe(days[::-1])
    masked = np.ma.array([1, 2], mask=[True, False])
    assert describe(masked) != describe(np.ma.array([1, 2], mask=[False, True]))
    assert describe(np.zeros((0, 3))) != describe(np.zeros((3, 0)))


def test_long_lists_are_described_by_a_hash():
    texts = [f"the text {number}" for number in range(500)]
    assert len(describe((texts, y))) < 80
    assert describe(texts) == describe([*texts])
    assert describe(texts) != describe(texts[::-1])


class Columns:
    def __init__(self, *columns):
        self.columns = columns

    def take(self, X):
        return X[:, self.columns]


def fitted(data, n_components=2):
    return PCA(n_components, svd_solver="full").fit(data)


def uses(model):
    return lambda X: model.transform(X)


HOLD_STATE = {
    "method of a library": (lambda data: fitted(data).transform),
    "method of a pipeline": (lambda data: make_pipeline(fitted(data)).transform),
    "function": (lambda data: uses(fitted(data))),
    "partial": (lambda data: partial(print, fitted(data))),
    "frozen": (lambda data: FrozenEstimator(fitted(data))),
    "deep frozen": (
        lambda data: make_pipeline(FrozenEstimator(make_pipeline(fitted(data))))
    ),
    "list of frozen": (lambda data: [FrozenEstimator(fitted(data))]),
    "trees": (
        lambda data: FrozenEstimator(
            RandomForestClassifier(2, random_state=0).fit(data, y)
        )
    ),
    "method of a class": (lambda data: Columns(int(data[0, 0] * 100)).take),
    "method in C": (
        lambda data: np.random.default_rng(int(abs(data[0, 0]) * 1e6)).normal
    ),
    "fields": (lambda data: np.rec.fromarrays(data[:2])),
}


@pytest.mark.parametrize("make", HOLD_STATE.values(), ids=HOLD_STATE)
def test_state_that_a_clone_keeps_is_described(make):
    assert describe(make(X)) == describe(make(X.copy()))
    assert describe(make(X)) != describe(make(X**3))


def test_a_fit_that_a_clone_drops_is_not_described():
    assert describe(fitted(X)) == describe(PCA(2, svd_solver="full"))
    assert describe(make_pipeline(fitted(X))) == describe(
        make_pipeline(PCA(2, svd_solver="full"))
    )


def test_what_can_be_imported_goes_by_its_name():
    names = {
        "numpy.mean": np.mean,
        "builtins.len": len,
        "sklearn.decomposition._pca.PCA": PCA,
        "sklearn.metrics._classification.accuracy_score": accuracy_score,
    }
    for name, value in names.items():
        assert describe(value) == name
    assert describe(np.abs) != describe(np.sign)
    assert describe(str.lower) != describe(str.upper)


def test_the_random_state_of_numpy_is_described_alike_after_a_draw():
    before = describe(loguniform(1e-3, 1))
    np.random.random()  # noqa: NPY002
    assert describe(loguniform(1e-3, 1)) == before != describe(loguniform(1e-3, 2))
    own = [describe(np.random.RandomState(seed)) for seed in (0, 0, 1)]
    assert own[0] == own[1] != own[2]


def test_functions_that_share_functions_take_no_time():
    lines = [
        f"def f{i}(x): return [x, {', '.join(f'f{j}(x)' for j in range(i))}]"
        for i in range(40)
    ]
    source = "\n".join(lines)
    start = time.perf_counter()
    there = describe_in_main(source, "f39")
    assert time.perf_counter() - start < 5
    assert (
        describe_in_main(source.replace("f1(x): return [x", "f1(x): return [1"), "f39")
        != there
    )


def test_what_holds_itself_is_described():
    def holding(*more):
        value = [*more]
        value.append({"itself": value})
        return value

    assert describe(holding(1)) == describe(holding(1)) != describe(holding(2))


def locked():
    lock = threading.Lock()
    return lambda x: (lock, x)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (locked, "_thread.lock"),
        (lambda: np.frompyfunc(lambda x: x, 1, 1), "ufunc"),
        (lambda: [partial(locked())], "_thread.lock"),
        (lambda: functools.reduce(lambda x, _: [x], range(5000), 1), "builtins.list"),
    ],
)
def test_what_has_no_content_is_refused_and_named(make, named):
    with pytest.raises(TypeError, match=f"{named}.*checkpoint=None"):
        describe(make())


def test_an_error_names_what_the_lock_is_a_part_of():
    with pytest.raises(TypeError) as caught:
        describe(locked())
    assert "It is a part of locked.<locals>.<lambda>." in caught.value.__notes__


def test_modules_with_computed_weights_are_described():
    torch = pytest.importorskip("torch")

    def normed(seed):
        torch.manual_seed(seed)
        layer = torch.nn.Linear(2, 2)
        return torch.nn.utils.parametrizations.weight_norm(layer)

    assert describe(normed(0)) == describe(normed(0)) != describe(normed(1))
    one, other = torch.tensor([1 + 1j]), torch.tensor([1 - 1j])
    assert describe(one) != describe(other)
    assert describe(other) == describe(one.conj())
    assert describe(torch.relu) != describe(torch.sigmoid)
