"""Stop training once the training data is learned.

After Beck et al., "Effective Evaluation of Deep Active Learning on Image Classification
Tasks", 2021, appendix A: train until the running training score reaches a target. The
score is counted over the batches as they are trained on, with dropout on and weights
that still move: a little below the score of the trained net, and free. Of tiny data the
first epoch at the target means little, so here it is averaged over ten epochs.
"""

from collections import deque

import numpy as np
import torch
from skorch.callbacks import Callback

from skactive.nets._forward import first

_N_EPOCHS = 10


def find_stop(net):
    """The rule that stops the training of an initialized net, or None."""
    rules = [call for _, call in net.callbacks_ if isinstance(call, _StopAtScore)]
    return rules[0] if rules else None


class _StopAtScore(Callback):
    def __init__(self, target):
        self.target = target

    def on_train_begin(self, net, **kwargs):
        self.scores_ = deque(maxlen=_N_EPOCHS)

    def on_epoch_begin(self, net, **kwargs):
        self.sums_ = 0.0

    def on_batch_end(self, net, batch=None, training=None, y_pred=None, **kwargs):
        if training:
            y = batch[1]
            y = y[0] if isinstance(y, tuple) else y  # else with weights
            output = first(y_pred).detach().cpu()
            self.sums_ = self.sums_ + self.count(output, y).numpy()

    def on_epoch_end(self, net, **kwargs):
        if self.reached(self.sums_):
            # skorch ends the training, and only that, on KeyboardInterrupt; its own
            # EarlyStopping stops this way.
            raise KeyboardInterrupt

    def reached(self, sums):
        """Whether training stops after an epoch in which `count` gave these sums."""
        self.scores_.append(self._score(sums))
        return len(self.scores_) == _N_EPOCHS and np.mean(self.scores_) >= self.target


class StopAtAccuracy(_StopAtScore):
    """Stop a classifier when its accuracy over the last epochs reaches `target`."""

    @staticmethod
    def count(logits, y):
        """Hits and rows (..., 2) of logits (..., n_rows, n_classes)."""
        hits = (logits.argmax(-1) == y).sum(-1)
        return torch.stack([hits, torch.full_like(hits, y.shape[-1])], dim=-1)

    def _score(self, sums):
        hits, n = sums
        return hits / n


class StopAtR2(_StopAtScore):
    """Stop a regressor when its R², pooled over targets, reaches `target`."""

    @staticmethod
    def count(values, y):
        """Sums (..., 4, n_targets) of values and targets (..., n_rows, n_targets)."""
        residual, squares = ((values - y) ** 2).sum(-2), (y**2).sum(-2)
        n = torch.full_like(squares, y.shape[-2])
        return torch.stack([residual, squares, y.sum(-2), n], dim=-2).double()

    def _score(self, sums):
        residual, squares, total, n = sums
        variation = (squares - total**2 / n).sum()
        return 1 - residual.sum() / variation if variation > 0 else -np.inf
