"""Registered strategies for tests that go through them all."""

from skactive import strategies

# What they train themselves, they train for seconds by default.
SHORT = {
    "core_gcn": {"max_epochs": 5},
    "dal": {"n_batches": 2},
    "lal": {"n_tasks": 2, "n_estimators": 4},
    "uncertain_gcn": {"max_epochs": 5},
    "vaal": {"max_epochs": 1},
}
# For nets of their own: semisupervised/test_waal.py, nets/test_snapshots.py.
ELSEWHERE = {"waal", "prediction_switches", "epoch_variability"}
FOR_ANY_CLASSIFIER = sorted(set(strategies.names("classification")) - ELSEWHERE)


def quick(name):
    """Make the strategy of a name; None stays None."""
    return name and strategies.get(name, **SHORT.get(name, {}))
