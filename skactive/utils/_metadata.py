"""What estimators get besides X and y, such as sample weights."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from sklearn import get_config
from sklearn.utils.metadata_routing import process_routing

from skactive.utils._rows import copy_rows, stack_rows, take_rows


def route_params(owner, method, params):
    """What of `params` reaches ``owner.estimator.<method>``.

    All of it, unless scikit-learn's metadata routing is switched on.
    """
    if not get_config()["enable_metadata_routing"]:
        return params
    return process_routing(owner, method, **params).estimator[method]


def is_per_sample(value, n_samples):
    """Whether a piece of metadata has one value for each sample."""
    return (
        hasattr(value, "__len__")
        and not isinstance(value, str | dict)
        and len(value) == n_samples
    )


def take_metadata(values, rows, n_samples):
    """Metadata of some of the samples; what is not per sample stays as it is."""
    return {
        name: take_rows(value, rows) if is_per_sample(value, n_samples) else value
        for name, value in values.items()
    }


@dataclass(frozen=True)
class SampleMetadata:
    """Metadata that grows with the labeled samples."""

    values: dict = field(default_factory=dict)
    per_sample: tuple = ()

    @classmethod
    def split(cls, values, n_samples):
        """Sort out which of the values, None aside, are per sample."""
        values = {name: value for name, value in values.items() if value is not None}
        per_sample = [
            n for n, value in values.items() if is_per_sample(value, n_samples)
        ]
        values |= {name: copy_rows(values[name]) for name in per_sample}
        return cls(values, tuple(per_sample))

    def extended(self, values, n_samples):
        """With the metadata of newly taught samples appended.

        Raises
        ------
        ValueError
            If one side lacks a per-sample value that the other has.
        """
        new = self.split(values, n_samples)
        # What was not per sample before is not, whatever its length is now.
        whole = set(self.values) - set(self.per_sample)
        odd = sorted(set(self.per_sample) ^ (set(new.per_sample) - whole))
        if odd:
            first, then = ("before", "now")
            if odd[0] in new.per_sample:
                first, then = then, first
            raise ValueError(
                f"{odd[0]} was given {first}, one value per sample, and not {then}; "
                "give it to fit and to every teach, or to none."
            )
        merged = {**self.values, **new.values}
        for name in self.per_sample:
            merged[name] = stack_rows(
                np.asarray(self.values[name]), np.asarray(new.values[name])
            )
        return SampleMetadata(merged, self.per_sample)
