"""Sample weights for any skorch net: batches hold (y, weight) in place of y."""

from contextlib import contextmanager

from skorch.utils import to_numpy


@contextmanager
def weighted_losses(net):
    """Train `net` on targets that are pairs (y, weight) inside the block.

    Hooks on the criterion take the pair apart and turn the losses of a batch into the
    mean of weight times loss; callbacks that score see y alone. With weights of mean 1
    over the data, equal weights change nothing and whole numbers count as repetitions,
    up to how the rows fall into batches.
    """
    criterion = net.criterion_
    reduction = getattr(criterion, "reduction", None)
    if reduction is None:
        raise ValueError(
            f"sample_weight needs a loss per sample, and criterion={criterion!r} has "
            "no `reduction`; use one of torch.nn's losses, or fit without "
            "sample_weight."
        )
    hooks = _Hooks()
    handles = [
        criterion.register_forward_pre_hook(hooks.take_weight),
        criterion.register_forward_hook(hooks.weighted_mean),
    ]
    criterion.reduction = "none"
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
    def take_weight(self, criterion, args):
        output, (target, self.weight), *rest = args
        return (output, target, *rest)

    def weighted_mean(self, criterion, args, loss):
        return (loss.reshape(len(loss), -1).mean(1) * self.weight).mean()


def _labels(target):
    return to_numpy(target[0])
