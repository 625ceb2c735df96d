"""Batches whose samples are changed at random before the net trains on them."""

from functools import partial

import torch


class AugmentedBatches:
    """Iterate over the batches of another iterator, every sample changed on its own.

    Transforms of torchvision draw once per call: of a batch they would flip every
    image or none, and shift all by the same step; and `torch.vmap` cannot follow them.
    So they get the samples one by one, a crop and a flip in about 0.15 ms. It happens
    where the batch is made, in the memory of the CPU, before it goes to the device, so
    the same seed gives the same batches on every device.

    Parameters
    ----------
    dataset : torch.utils.data.Dataset
        What `iterator` iterates over.
    iterator : callable
        The iterator of the net, as in its ``iterator_train``.
    augment : callable
        Maps the tensor of a sample to a tensor; the same shape for all samples of a
        batch.
    **options : dict
        Options of `iterator`, ``batch_size`` for one.
    """

    def __init__(self, dataset, *, iterator, augment, **options):
        self.batches = iterator(dataset, **options)
        self.augment = augment

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        for X, y in self.batches:
            yield torch.stack([self.augment(sample) for sample in X]), y


def augment_training(net, augment):
    """Let an uninitialized `net` train, and only train, on augmented batches."""
    # Not as parameters of the net: some transforms have a `get_params` that is none.
    net.set_params(
        iterator_train=partial(
            AugmentedBatches, iterator=net.iterator_train, augment=augment
        )
    )
