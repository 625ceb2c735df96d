"""torch's generators: forked and seeded for a while, then as they were."""

from contextlib import contextmanager

import torch


@contextmanager
def seeded_torch(seed, device):
    """Seed torch's generators inside the block and restore them after it.

    Only the generators a net on `device` draws from are touched: the CPU's always and,
    on a GPU, that GPU's.
    """
    with torch.random.fork_rng(devices=_cuda_indices(device), device_type="cuda"):
        reseed_torch(seed, device)
        yield


def reseed_torch(seed, device):
    """Seed the generators of `device`; only inside `seeded_torch`."""
    # torch.manual_seed would seed the generators of every other GPU as well.
    seed = int(seed)
    torch.random.default_generator.manual_seed(seed)
    for index in _cuda_indices(device):
        torch.cuda.default_generators[index].manual_seed(seed)


def generator_states(device):
    """The states of the generators a net on `device` draws from."""
    return [torch.random.get_rng_state()] + [
        torch.cuda.get_rng_state(index) for index in _cuda_indices(device)
    ]


def _cuda_indices(device):
    device = torch.device("cpu" if device is None else device)
    if device.type != "cuda":
        return []
    return [torch.cuda.current_device() if device.index is None else device.index]
