"""What importing the package brings along."""

import subprocess
import sys

import pytest

import skactive

SCRIPT = """
import sys

def report():
    heavy = ("torch", "torchvision", "skorch", "matplotlib", "skactive.datasets")
    print(*[name for name in heavy if name in sys.modules], sep=",")

import skactive
report()

from sklearn.linear_model import LogisticRegression
X, y = [[0.0], [1.0], [2.0], [3.0]], ["a", "a", "b", "b"]
learner = skactive.ActiveLearner(LogisticRegression()).fit(X, y)
learner.teach(X[:1], y[:1]).query(X, 2)
skactive.simulate
report()

skactive.nets.TorchMLPClassifier
report()
"""


@pytest.fixture(scope="module")
def loaded():
    """The heavy packages in memory after import, after use, and with the nets."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
    )
    return [set(filter(None, line.split(","))) for line in result.stdout.splitlines()]


def test_importing_the_package_loads_nothing_heavy(loaded):
    assert loaded[0] == set()


def test_using_scikit_learn_models_loads_no_torch_and_no_problems(loaded):
    assert loaded[1] == set()


def test_nets_come_when_first_asked_for(loaded):
    assert {"torch", "skorch"} <= loaded[2]
    assert "torchvision" not in loaded[2]


@pytest.mark.parametrize("module", [skactive, skactive.strategies])
def test_everything_in_all_is_there(module):
    assert len(module.__all__) == len(set(module.__all__)) > 0
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(skactive, "no_such_name")
