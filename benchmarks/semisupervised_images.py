"""Learning from unlabeled images: MixMatch around a LeNet against training on labels.

    python benchmarks/semisupervised_images.py --data DIR [--repeats 2] [--labels 100]
        [--csv FILE]

In each repeat 6000 images of ``mnist.npz`` in the folder are drawn: the labeled ones,
1500 for testing, and the unlabeled rest. The augmentation turns, shifts and scales.
What is printed is the accuracy of the LeNet on the labels, of the same with augmented
images, and inside a MixMatchClassifier with that augmentation, and the processor time
of each training.
"""

import argparse
import csv
from pathlib import Path
from time import process_time

import numpy as np
from torchvision.transforms import v2

from skactive.nets import LeNet, as_estimator
from skactive.semisupervised import MixMatchClassifier, fit_with_unlabeled

HEADER = ["training", "repeat", "accuracy", "CPU s"]


def trainings(seed):
    """Name: estimator, and whether it sees the unlabeled images."""
    moved = v2.RandomAffine(10, translate=(0.1, 0.1), scale=(0.9, 1.1))

    def net(**params):
        return as_estimator(
            LeNet,
            task="classification",
            max_epochs=100,
            lr=0.002,
            batch_size=32,
            random_state=seed,
            **params,
        )

    mixmatch = MixMatchClassifier(net(), augment=moved, random_state=seed)
    return {
        "LeNet": (net(), False),
        "LeNet, augmented": (net(augment=moved), False),
        "LeNet, mixmatch": (mixmatch, True),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", metavar="DIR", required=True, help="has mnist.npz")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--csv", metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    with np.load(Path(options.data) / "mnist.npz") as arrays:
        X, y = arrays["X"][:, None].astype(np.float32) / 255, arrays["y"].astype(int)
    table = []
    for seed in range(options.repeats):
        rows = np.random.default_rng(seed).permutation(len(X))[:6000]
        ends = [options.labels, options.labels + 1500]
        few, test, pool = np.split(rows, ends)
        for name, (model, sees_all) in trainings(seed).items():
            start = process_time()
            unlabeled = X[pool] if sees_all else None
            fit_with_unlabeled(model, X[few], y[few], unlabeled)
            seconds = process_time() - start
            accuracy = model.score(X[test], y[test])
            table.append([name, seed, f"{accuracy:.3f}", f"{seconds:.0f}"])
            print(f"{name:<20}{seed:>4}{accuracy:>8.3f}{seconds:>8.0f}", flush=True)
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            csv.writer(file).writerows([HEADER, *table])


if __name__ == "__main__":
    main()
