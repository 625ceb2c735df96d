import pytest
import torch

from skactive.nets._seeding import _cuda_indices, seeded_torch


def test_the_generator_is_seeded_and_restored():
    before = torch.get_rng_state()
    with seeded_torch(5, "cpu"):
        drawn = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(drawn, torch.rand(3, generator=torch.manual_seed(5)))
    torch.set_rng_state(before)


@pytest.mark.parametrize(
    ("device", "indices"),
    [("cpu", []), (None, []), ("cuda:1", [1]), (torch.device("cuda", 0), [0])],
)
def test_only_the_device_in_use_is_seeded(device, indices):
    assert _cuda_indices(device) == indices
