"""
Batches of near-copies
======================

Pools are often full of near-copies: frames of a video, repeated measurements, records
that were entered twice. A score asks for the samples it likes best, one by one; if it
likes one, it likes its copies, and the batch says the same thing several times. A
strategy that spreads its batch does not fall for that.

Here every digit occurs five times, with a little noise, and entropy is compared with
BADGE, in batches of twenty.

**What is found.** Of twenty samples in a batch of entropy, only eleven to sixteen are
different digits, and its curve is shown to be *worse* than random choice. BADGE asks
about nineteen or twenty. **Where it fails.** BADGE runs above random choice, but five
repeats do not show that it saves labels here, and spread is no cure for copies with
wrong labels.
"""

# %%
# Digits, each five times with noise; the number of the original is kept aside.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import simulate

X, y = load_digits(return_X_y=True)
rng = np.random.default_rng(0)
originals = rng.choice(len(X), 600, replace=False)
rest = np.setdiff1d(np.arange(len(X)), originals)
copies = np.repeat(originals, 5)
pool, labels = X[copies] + rng.normal(0, 0.3, (len(copies), 64)), y[copies]

# %%
# The test set holds none of the originals: knowing a copy earns nothing.
result = simulate(
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    pool,
    labels,
    X_test=X[rest],
    y_test=y[rest],
    strategies=["random", "entropy", "badge"],
    n_initial=20,
    n_queries=20,
    budget=160,
    n_repeats=5,
    random_state=0,
)
print(result)

# %%
# How many different digits does a batch of twenty ask about?
picks = result.picks[result.picks["round"] > 0]
different = (
    picks.assign(original=copies[picks["row"]])
    .groupby(["strategy", "repeat", "round"])["original"]
    .nunique()
    .groupby(["strategy", "round"])
    .mean()
    .unstack("strategy")
)
print(different.round(1))

# %%
from skactive.simulation import LabelingCurveDisplay

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
LabelingCurveDisplay.from_result(result, ax=left)
colors = {line.get_label(): line.get_color() for line in left.lines}
different.plot(ax=right, marker="o", color=colors)
right.axhline(20, color="gray", linestyle=":")
right.set(xlabel="round", ylabel="different digits in a batch of 20", ylim=(0, 21))
plt.show()
