"""Seeds: drawn once, then split by role; the global generators are never touched."""

from __future__ import annotations

import zlib
from numbers import Integral

import numpy as np

# scikit-learn's own bound for seeds it hands to nested estimators.
_MAX_SEED = np.iinfo(np.int32).max


def draw_seed(random_state=None):
    """One integer seed from an int, a generator, or (None) fresh entropy."""
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0] & _MAX_SEED)
    if isinstance(random_state, Integral):
        if random_state < 0:
            raise ValueError(
                f"random_state={random_state} must not be negative; "
                "pass a non-negative integer."
            )
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(_MAX_SEED))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(_MAX_SEED))
    raise ValueError(
        f"random_state={random_state!r} cannot seed anything; pass an int, a "
        "numpy.random.RandomState, a numpy.random.Generator or None."
    )


def derive_seed(seed, *roles):
    """The seed of one role; names and numbers separate roles from each other."""
    keys = [
        zlib.crc32(role.encode()) if isinstance(role, str) else int(role)
        for role in roles
    ]
    # Not [seed, *keys]: there, a key of zero at the end would change nothing.
    sequence = np.random.SeedSequence(seed, spawn_key=keys)
    return int(sequence.generate_state(1)[0] & _MAX_SEED)


def make_rng(random_state, *roles):
    """A generator for one use; an int gives the same stream every time."""
    return np.random.default_rng(derive_seed(draw_seed(random_state), *roles))


def seed_nested(estimator, seed, *, mix=None):
    """Give every unset ``random_state`` of `estimator` and its parts a seed.

    Parameters
    ----------
    estimator : estimator
        Changed in place; pass a clone.
    seed : int
        The parts get different seeds derived from it and from their parameter's name.
    mix : int, default=None
        If given, seeds and generators that are set already are mixed with it, so that a
        part with a fixed seed does not draw the same positions every round. By default
        they stay.

    Returns
    -------
    estimator : estimator
    """
    changes = {}
    for name, value in estimator.get_params(deep=True).items():
        if name != "random_state" and not name.endswith("__random_state"):
            continue
        if value is None:
            changes[name] = derive_seed(seed, name)
        elif mix is not None:
            changes[name] = derive_seed(draw_seed(value), mix)
    return estimator.set_params(**changes) if changes else estimator


def reseed_nested(estimator, seed):
    """Replace every ``random_state`` of `estimator` and its parts, set or not."""
    params = estimator.get_params(deep=True)
    changes = {
        name: derive_seed(seed, name)
        for name in params
        if name == "random_state" or name.endswith("__random_state")
    }
    return estimator.set_params(**changes) if changes else estimator


def copy_seeds(estimator, source):
    """Give `estimator` every ``random_state`` that `source`, of its kind, has.

    Returns
    -------
    estimator : estimator
        Changed in place.
    """
    own, other = estimator.get_params(deep=True), source.get_params(deep=True)
    changes = {
        name: other[name]
        for name in own.keys() & other.keys()
        if name == "random_state" or name.endswith("__random_state")
    }
    return estimator.set_params(**changes) if changes else estimator
