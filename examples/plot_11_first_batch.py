"""
The first batch, and who takes over
===================================

Before there is a label no model can be in doubt. The first batch may be chance, or one
of the strategies that look at the samples alone: typical samples (TypiClust), samples
that stand for all others (MaxHerding, k-means, facility location), balls that hold as
many as they can (ProbCover), samples far apart (core-set, which is dispersion-min).
:class:`~skactive.compose.Switch` hands over to a strategy that asks the model once
there are enough labels.

The pool is half of the handwritten digits, the model a logistic regression, the measure
its accuracy on the other half.

**What is found.** Twenty typical samples are worth about fifty random ones: k-means,
facility location, MaxHerding and TypiClust hold all ten digits nearly always, random
choice not quite nine. With margin sampling from there on the lead melts, and at 100
labels nothing is left of it: a random first batch has caught up. What then counts is
who took over. **Where it fails.** Core-set takes the oddest samples first and does
worse than random choice. ProbCover is hardly better: the radius that it finds for
itself is small here, and twenty balls stay in the densest digits.
"""

# %%
# The first 20 labels, chosen in seven ways, six times each: how many of the ten digits
# are among them, and how well does the model do on the other half of the data?
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skactive import ActiveLearner, strategies
from skactive.compose import Switch

X, y = load_digits(return_X_y=True)
X /= 16
model = LogisticRegression(max_iter=500)
NAMES = [
    "random",
    "coreset",
    "kmeans",
    "facility_location",
    "max_herding",
    "probcover",
    "typiclust",
]
N_REPEATS = 6


def halves(repeat):
    return train_test_split(X, y, test_size=0.5, random_state=repeat)


n_classes = {name: [] for name in NAMES}
accuracy = {name: [] for name in NAMES}
for repeat in range(N_REPEATS):
    pool, test, labels, truth = halves(repeat)
    for name in NAMES:
        learner = ActiveLearner(model, name, random_state=repeat)
        rows = learner.query(pool, 20)  # nothing is fitted yet
        learner.fit(pool[rows], labels[rows])
        n_classes[name].append(len(set(labels[rows])))
        accuracy[name].append(learner.score(test, truth))

print(f"{'':<18} digits seen   accuracy, worst and mean")
for name in NAMES:
    print(
        f"{name:<18} {np.mean(n_classes[name]):>8.1f} {min(accuracy[name]):>12.3f}"
        f" {np.mean(accuracy[name]):>8.3f}"
    )

# %%
# Then on to 100 labels, twenty at a time. Margin sampling after a random first batch
# and after a typical one, which is a ``Switch``; and typical or random samples all the
# way. With seeds of their own, campaigns that begin alike have the same first batch.
random, typical = (strategies.get(name, random_state=0) for name in NAMES[::6])
CAMPAIGNS = {
    "random": random,
    "random, then margin": Switch(random, strategies.margin(), at=20),
    "typiclust, then margin": Switch(typical, strategies.margin(), at=20),
    "typiclust": typical,
}
SIZES = np.arange(20, 101, 20)


def campaign(strategy, repeat):
    """Accuracy after each batch."""
    pool, test, labels, truth = halves(repeat)
    learner = ActiveLearner(model, strategy, random_state=repeat)
    asked = learner.query(pool, 20)
    learner.fit(pool[asked], labels[asked])
    curve = [learner.score(test, truth)]
    for _ in SIZES[1:]:
        left = np.setdiff1d(np.arange(len(pool)), asked)
        rows = left[learner.query(pool[left], 20)]
        learner.teach(pool[rows], labels[rows])
        asked = np.append(asked, rows)
        curve.append(learner.score(test, truth))
    return curve


fig, ax = plt.subplots(layout="constrained")
for label, strategy in CAMPAIGNS.items():
    curves = np.array([campaign(strategy, repeat) for repeat in range(N_REPEATS)])
    mean, error = curves.mean(axis=0), curves.std(axis=0) / np.sqrt(N_REPEATS)
    ax.plot(SIZES, mean, marker=".", label=label)
    ax.fill_between(SIZES, mean - error, mean + error, alpha=0.2)
    print(f"{label:<24} {mean.round(3)}")
ax.set(xlabel="labels", ylabel="accuracy")
ax.legend()
plt.show()
