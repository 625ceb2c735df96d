"""Functions of one tensor, such as torchvision's transforms, on rows of an array."""

import numpy as np
import torch

from skactive.nets._seeding import seeded_torch


def map_samples(function, X, seed):
    """Apply a function to each sample by itself.

    Parameters
    ----------
    function : callable
        From a float32 tensor to one of the same shape.
    X : ndarray of shape (n_samples, ...)
    seed : int
        Of torch's generators, for the draws of the function.

    Returns
    -------
    changed : ndarray of shape (n_samples, ...), float32
    """
    samples = torch.from_numpy(np.array(X, dtype=np.float32))
    with seeded_torch(seed, "cpu"):
        changed = [function(sample) for sample in samples]
    shapes = {tuple(sample.shape) for sample in changed}
    if shapes != {tuple(samples.shape[1:])}:
        raise ValueError(
            f"augment={function!r} turned samples of shape "
            f"{tuple(samples.shape[1:])} into {sorted(shapes)}; keep the shape."
        )
    return torch.stack(changed).float().numpy()
