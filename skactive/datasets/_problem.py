"""A function to learn, with the box its inputs lie in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.utils import check_array

from skactive.utils import make_rng


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """An oracle that answers at once: ``problem(X)`` is the label of each row.

    Parameters
    ----------
    name : str
        Name of the problem.
    function : callable
        Takes a float64 array (n, n_inputs), returns an array (n,) or (n, n_outputs).
    bounds : array-like of shape (n_inputs, 2)
        Lower and upper bound of each input.
    input_names : sequence of str
        What the columns of `X` are.
    output_names : sequence of str
        What is computed of each row.

    Examples
    --------
    >>> from skactive.datasets import Problem
    >>> area = Problem(
    ...     "area",
    ...     lambda X: X.prod(axis=1),
    ...     bounds=[[0, 2], [0, 1]],
    ...     input_names=["width", "depth"],
    ...     output_names=["m2"],
    ... )
    >>> area
    <Problem area: width, depth -> m2>
    >>> area([[2, 0.5], [1, 1]])
    array([1., 1.])
    >>> X = area.sample(1000, random_state=0)
    >>> X.shape, X.max(axis=0).round(1)
    ((1000, 2), array([2., 1.]))
    """

    name: str
    function: Callable
    bounds: np.ndarray
    input_names: tuple
    output_names: tuple

    def __post_init__(self):
        # A copy: what the caller does to its own array later changes nothing here.
        bounds = np.array(self.bounds, dtype=np.float64)
        if bounds.ndim != 2 or bounds.shape[1] != 2 or not len(bounds):
            raise ValueError(
                f"bounds of {self.name} have shape {bounds.shape}; pass one "
                "(lower, upper) pair for each input."
            )
        if not (np.isfinite(bounds).all() and (bounds[:, 0] < bounds[:, 1]).all()):
            raise ValueError(
                f"bounds of {self.name} must be finite, the lower one below the "
                f"upper one; got {bounds.tolist()}."
            )
        if not callable(self.function):
            raise TypeError(
                f"function={self.function!r} of {self.name} is not callable; pass a "
                "function of X."
            )
        for what in ("input_names", "output_names"):
            if isinstance(getattr(self, what), str):
                raise ValueError(
                    f"{what}={getattr(self, what)!r} of {self.name} is one string; "
                    "pass a tuple of names."
                )
        if len(self.input_names) != len(bounds):
            raise ValueError(
                f"{self.name} has {len(bounds)} pairs of bounds but "
                f"{len(self.input_names)} input_names; give each input a name."
            )
        bounds.setflags(write=False)
        # The instance is frozen; this is its one time of writing.
        object.__setattr__(self, "bounds", bounds)
        object.__setattr__(self, "input_names", tuple(self.input_names))
        object.__setattr__(self, "output_names", tuple(self.output_names))

    @property
    def n_inputs(self):
        """Number of columns of `X`."""
        return len(self.input_names)

    @property
    def n_outputs(self):
        """Number of values computed of each row."""
        return len(self.output_names)

    def __call__(self, X, *, check_bounds=False):
        """Compute the labels.

        Parameters
        ----------
        X : array-like of shape (n, n_inputs)
            Dense and finite.
        check_bounds : bool, default=False
            Refuse rows outside the bounds.

        Returns
        -------
        y : ndarray of shape (n,) or (n, n_outputs)
            One-dimensional for a problem with a single output.
        """
        # A copy: the function may work in place.
        X = check_array(X, dtype=np.float64, input_name="X", copy=True)
        if X.shape[1] != self.n_inputs:
            raise ValueError(
                f"{self.name} has {self.n_inputs} inputs "
                f"({', '.join(self.input_names)}); X has {X.shape[1]} columns."
            )
        if check_bounds:
            self._refuse_outside(X)
        n_rows = len(X)
        y = np.asarray(self.function(X))
        shape = (n_rows,) if self.n_outputs == 1 else (n_rows, self.n_outputs)
        if y.shape != shape:
            raise ValueError(
                f"The function of {self.name} returned an array of shape {y.shape}; "
                f"of {n_rows} rows and {self.n_outputs} outputs it must be {shape}."
            )
        return y

    def sample(self, n_samples, random_state=None):
        """Draw inputs uniformly within the bounds.

        Parameters
        ----------
        n_samples : int
            Number of rows.
        random_state : int, RandomState, Generator or None, default=None
            An int gives the same rows every time.

        Returns
        -------
        X : ndarray of shape (n_samples, n_inputs)
        """
        lower, upper = self.bounds.T
        size = (n_samples, self.n_inputs)
        return make_rng(random_state).uniform(lower, upper, size=size)

    def __repr__(self):
        inputs = ", ".join(self.input_names)
        outputs = ", ".join(self.output_names)
        if self.n_outputs > 5:
            first, last = self.output_names[0], self.output_names[-1]
            outputs = f"{first}, ..., {last} ({self.n_outputs} outputs)"
        return f"<Problem {self.name}: {inputs} -> {outputs}>"

    def _refuse_outside(self, X):
        lower, upper = self.bounds.T
        outside = (lower > X) | (upper < X)
        if outside.any():
            row, column = np.argwhere(outside)[0]
            raise ValueError(
                f"{outside.any(axis=1).sum()} of {len(X)} rows lie outside the bounds "
                f"of {self.name}; the first is row {row}: "
                f"{self.input_names[column]}={X[row, column]:g} is not in "
                f"[{lower[column]:g}, {upper[column]:g}]."
            )
