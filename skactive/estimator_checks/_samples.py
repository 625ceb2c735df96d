"""Made-up samples with all outputs that a strategy may need, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import softmax

from skactive.adapters import InputGradient, residual
from skactive.view import ModelView

N_CLASSES = 3
# Not the default of any strategy: who takes a number of draws for granted is found out.
N_DRAWS = 7


@dataclass(frozen=True)
class Samples:
    """Samples, their labels and what a model says of them."""

    task: str
    X: np.ndarray
    y: np.ndarray
    outputs: dict

    def __len__(self):
        return len(self.X)

    def __getitem__(self, rows):
        return Samples(
            self.task, self.X[rows], self.y[rows], self.map(lambda a: a[rows]).outputs
        )

    def map(self, function):
        """Apply a function to every output."""
        return self.with_outputs(
            **{name: over(function, value) for name, value in self.outputs.items()}
        )

    def with_outputs(self, **outputs):
        """Replace some outputs."""
        return replace(self, outputs={**self.outputs, **outputs})

    def only(self, names):
        """Keep the named outputs alone."""
        kept = {name: v for name, v in self.outputs.items() if name in names}
        return replace(self, outputs=kept)

    def view(self, seed=0):
        """Make a view of them."""
        classes = np.arange(N_CLASSES) if self.task == "classification" else None
        return ModelView.from_outputs(
            self.X, seed=seed, classes=classes, **self.outputs
        )


def over(function, value):
    """Apply a function to an array, to each factor of a list of pairs, or to inputs."""
    if isinstance(value, InputGradient):
        return replace(value, samples=function(value.samples))
    if isinstance(value, list):
        return [tuple(function(factor) for factor in pair) for pair in value]
    return function(value)


def make_samples(task, X):
    """Make samples whose labels and outputs are smooth functions of X."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(N_DRAWS + 1, X.shape[1], N_CLASSES))
    embedding = np.tanh(X @ rng.normal(size=(X.shape[1], 6)))
    weights[1:] = 1.5 * weights[0] + weights[1:]
    scores, *drawn = X @ weights
    if task == "classification":
        y = scores.argmax(axis=1)
        proba = softmax(scores, axis=1)
        signal = residual(proba)
        outputs = {
            "proba": proba,
            "logits": scores,
            "decision": scores,
            "draws": np.stack([softmax(s, axis=1) for s in drawn], axis=1),
            "augmented": np.stack([softmax(s, axis=1) for s in drawn[:3]], axis=1),
            "epochs": np.stack([softmax(s, axis=1) for s in drawn[::-1]], axis=1),
            "critic": np.cos(scores).sum(axis=1),
            "prediction": y.astype(np.float64),
            "input_gradient": InputGradient.linear(
                X, weights[0].T, np.zeros(N_CLASSES)
            ),
            "head": InputGradient.linear(
                embedding, rng.normal(size=(N_CLASSES, 6)), np.zeros(N_CLASSES)
            ),
        }
    else:
        y = scores[:, 0] + 0.1 * np.sin(9 * X[:, 0])
        signal = np.ones((len(X), 1))
        outputs = {
            "prediction": scores[:, 0],
            "std": np.exp(scores[:, 1] / 3),
            "draws": np.stack([s[:, :1] for s in drawn], axis=1),
        }
    activation = np.hstack([embedding, np.ones((len(X), 1))])
    outputs |= {
        "embedding": embedding,
        "inputs": X,
        "gradient_factors": [(activation, signal)],
        "predicted_loss": np.sin(scores).sum(axis=1),
    }
    # All numbers exist in float32 too, so that a cast loses nothing.
    return Samples(task, X, y, outputs).map(_in_float32)


def make_X(n_samples, seed):
    """Draw samples in general position: no ties, no copies."""
    return _in_float32(np.random.default_rng(seed).normal(size=(n_samples, 4)))


def _in_float32(values):
    return values.astype(np.float32).astype(np.float64)


def certain(samples):
    """Take all doubt from the model: probabilities of 0 and 1, no spread."""
    old = samples.outputs
    if "predicted_loss" in old:
        samples = samples.with_outputs(predicted_loss=0 * old["predicted_loss"])
    if "critic" in old:
        samples = samples.with_outputs(critic=0 * old["critic"])
    if samples.task == "classification":
        return _with_proba(
            samples, lambda p: (p == p.max(axis=-1, keepdims=True)).astype(np.float64)
        )
    agreed = {"std": np.zeros_like(old["std"])} if "std" in old else {}
    if "draws" in old:
        agreed["draws"] = np.repeat(old["draws"][:, :1], N_DRAWS, axis=1)
    return samples.with_outputs(**agreed)


def one_class(samples):
    """Let the model have seen a single class."""
    only_first = np.eye(N_CLASSES)[0]
    return replace(
        _with_proba(samples, lambda p: np.zeros_like(p) + only_first),
        y=np.zeros_like(samples.y),
    )


def _with_proba(samples, one_hot):
    """Replace class probabilities by zeros and ones, and what follows from them."""
    old = samples.outputs
    new = {
        name: one_hot(old[name])
        for name in old.keys() & {"proba", "draws", "augmented", "epochs"}
    }
    new |= {n: 100 * one_hot(old[n]) for n in old.keys() & {"logits", "decision"}}
    if "gradient_factors" in old:
        new["gradient_factors"] = [(a, 0 * s) for a, s in old["gradient_factors"]]
    for name in old.keys() & {"input_gradient", "head"}:
        inputs = old[name].samples
        flat = np.zeros((N_CLASSES, inputs.shape[1]))
        new[name] = InputGradient.linear(inputs, flat, 100 * np.eye(N_CLASSES)[0])
    return samples.with_outputs(**new)
