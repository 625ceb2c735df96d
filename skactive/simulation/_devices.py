"""Spread campaigns over the GPUs of a machine."""

from __future__ import annotations

import sys


def spread_devices(learner, number):
    """Give a learner that asks for "cuda" one of the GPUs there are.

    Parameters
    ----------
    learner : ActiveLearner
        Not fitted; changed in place. A device with a number, such as "cuda:1", stays.
    number : int
        Of the campaign. The GPUs are dealt out in turn, for campaigns of consecutive
        numbers run side by side.

    Returns
    -------
    learner : ActiveLearner
    """
    names = [
        name
        for name, value in learner.get_params(deep=True).items()
        if name.rpartition("__")[2] == "device" and value == "cuda"
    ]
    torch = sys.modules.get("torch")  # which a learner with nets has loaded
    if names and torch:
        n_devices = torch.cuda.device_count()
        if n_devices > 1:
            device = f"cuda:{number % n_devices}"
            learner.set_params(**dict.fromkeys(names, device))
    return learner
