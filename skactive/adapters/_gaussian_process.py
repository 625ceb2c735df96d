"""Gaussian process regression: functions drawn from the posterior."""

from __future__ import annotations

import numpy as np

from skactive.adapters._base import Adapter
from skactive.adapters._table import is_numeric
from skactive.geometry import KernelFeatures
from skactive.utils import take_rows

# A joint draw over m samples needs their m x m covariance, so m stays small.
_CHUNK = 500


class GaussianProcessAdapter(Adapter):
    """Draws by ``sample_y``; the standard deviation by ``predict(return_std=True)``."""

    def has(self, name):
        """A Gaussian process draws, also inside a wrapper, and has a kernel."""
        if name == "kernel_features":
            return self.route.members is None
        return name == "draws" or super().has(name)

    def kernel_features(self, view):
        """Samples in the space of the fitted kernel, and the noise of the process."""
        X = view.output("raw_inputs")
        X = np.atleast_2d(X) if is_numeric(X) else X
        some = take_rows(X, np.arange(min(len(view), 2)))
        kernel = self.inner.kernel_
        # A white kernel adds its noise on the diagonal, but not between two sets.
        white = kernel.diag(some)[:1] - kernel(some, some)[0, :1]
        noise = float(np.mean(self.inner.alpha) + white.sum())
        return KernelFeatures(X, kernel, noise)

    def std(self, view):
        """(n,) or (n, n_targets), chunk by chunk."""
        if not self._predicts_std():
            return super().std(view)
        X = view.output("raw_inputs")
        return np.concatenate(
            [self.inner.predict(part, return_std=True)[1] for part in _chunks(X, view)]
        )

    def draws(self, view, n_draws, consistent):
        """(n, n_draws, n_targets); samples of different chunks are drawn apart."""
        if self.route.members is not None:
            return super().draws(view, n_draws, consistent)
        if consistent and len(view) > _CHUNK:
            raise ValueError(
                f"Joint draws over {len(view)} samples need their covariance, which is "
                f"too large; take at most {_CHUNK} (skactive.compose.Subsample)."
            )
        X = view.output("raw_inputs")
        parts = []
        for number, part in enumerate(_chunks(X, view)):
            drawn = self.inner.sample_y(
                part, n_draws, random_state=view.derive_seed("draws", number)
            )
            # (m, n_draws) for one target, (m, n_targets, n_draws) for several.
            drawn = drawn[:, None] if drawn.ndim == 2 else drawn
            parts.append(drawn.transpose(0, 2, 1))
        return self.undo_target_transform(np.concatenate(parts))


def _chunks(X, view):
    rows = np.arange(len(view))
    return (
        take_rows(X, rows[start : start + _CHUNK])
        for start in range(0, len(rows), _CHUNK)
    )
