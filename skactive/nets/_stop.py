"""Stop training once the training data is learned.

After Beck et al., "Effective Evaluation of Deep Active Learning on Image Classification
Tasks", 2021, appendix A: train until the running training score reaches a target. The
score is counted over the batches as they are trained on, with dropout on and weights
that still move: a little below the score of the trained net, and free. Of tiny data the
first epoch at the target means little, so here it is averaged over ten epochs.
"""

from collections import deque

import numpy as np
from skorch.callbacks import Callback

_N_EPOCHS = 10


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
            output = y_pred.detach().cpu().numpy()
            self.sums_ = self.sums_ + self._count(output, y.numpy())

    def on_epoch_end(self, net, **kwargs):
        self.scores_.append(self._score(self.sums_))
        if len(self.scores_) == _N_EPOCHS and np.mean(self.scores_) >= self.target:
            # skorch ends the training, and only that, on KeyboardInterrupt; its own
            # EarlyStopping stops this way.
            raise KeyboardInterrupt


class StopAtAccuracy(_StopAtScore):
    """Stop a classifier when its accuracy over the last epochs reaches `target`."""

    def _count(self, logits, y):
        return np.array([(logits.argmax(1) == y).sum(), len(y)])

    def _score(self, sums):
        hits, n = sums
        return hits / n


class StopAtR2(_StopAtScore):
    """Stop a regressor when its R², pooled over targets, reaches `target`."""

    def _count(self, values, y):
        residual = ((values - y) ** 2).sum(0)
        return np.stack(
            [residual, (y**2).sum(0), y.sum(0), np.full(y.shape[1], len(y))]
        )

    def _score(self, sums):
        residual, squares, total, n = sums
        variation = (squares - total**2 / n).sum()
        return 1 - residual.sum() / variation if variation > 0 else -np.inf
