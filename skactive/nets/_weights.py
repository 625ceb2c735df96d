"""Sample weights for any skorch net: batches hold (y, weight) in place of y."""

from contextlib import contextmanager

from skorch.utils import to_numpy


@contextmanager
def weighted_losses(net):
    """Train `net` on targets that may be pairs (y, weight) inside the block.

    Hooks on the criterion take the pair apart and turn the losses of a batch into the
    mean, or sum, of weight times loss; callbacks that score see y alone. With weights
    of mean 1 over the data, equal weights change nothing and whole numbers count as
    repetitions, up to how the rows fall into batches. The loss of targets alone stays
    as it is.
    """
    criterion = net.criterion_
    reduction = getattr(criterion, "reduction", None)
    if reduction is None:
        raise ValueError(
            f"Weighted samples need a loss per sample, and criterion={criterion!r} has "
            "no `reduction`; use one of torch.nn's losses, or fit without weights."
        )
    hooks = _Hooks(reduction)
    handles = [
        # Before all others, which expect targets.
        criterion.register_forward_pre_hook(hooks.take_weight, prepend=True),
        criterion.register_forward_hook(hooks.weighted_mean),
    ]
    scores = [call for _, call in net.callbacks_ if hasattr(call, "target_extractor")]
    extractors = [call.target_extractor for call in scores]
    for call in scores:
        call.target_extractor = _labels
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
        criterion.reduction = reduction
        for call, extractor in zip(scores, extractors, strict=True):
            call.target_extractor = extractor


class _Hooks:
    def __init__(self, reduction):
        self.reduction = reduction

    def take_weight(self, criterion, args):
        output, target, *rest = args
        self.weight = None
        criterion.reduction = self.reduction
        if _is_pair(target):
            target, self.weight = target
            criterion.reduction = "none"
        return (output, target, *rest)

    def weighted_mean(self, criterion, args, loss):
        if self.weight is None:
            return loss
        losses = loss.reshape(len(loss), -1)
        if self.reduction == "sum":
            return (losses.sum(1) * self.weight).sum()
        return (losses.mean(1) * self.weight).mean()


def _labels(target):
    return to_numpy(target[0] if _is_pair(target) else target)


def _is_pair(target):
    return isinstance(target, (tuple, list))
