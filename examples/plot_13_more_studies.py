"""
More studies
============

Seven more things that a study can vary, on the digits with a cheap model and a small
budget. Margin is compared with random choice; :doc:`/user_guide/studies` has the
question behind each study.

**What is found.** Margin saves labels with batches of 20 and ends behind random choice,
if without a verdict, with a single batch of 120. With logistic regression it needs
about half the labels; with naive Bayes it never gets to the score of random choice. It
saves more the rarer the rare classes are. It saves labels whichever seed set it begins
with; good ones leave it less to save, as they help random choice, too. Exact copies
make it worse than random choice, near copies do not. **Where it fails.** Five repeats
and 140 labels are little. From the studies of the pool's size and of samples per class
no trend can be read, though one is known from larger pools; and with 14 samples of each
class all are asked in the end, so that there is nothing to find.
"""

# %%
# The values are those by default, but where the plot would be too wide. The call is the
# same for all of them, so that a dictionary will do.
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive.simulation import study

X, y = load_digits(return_X_y=True)
X = X / 16
model = LogisticRegression(tol=0.01)
values = {
    "n_queries": [20, 60, 120],
    "initial": None,
    "estimator": {"naive Bayes": GaussianNB(), "logistic": model},
    "pool_size": None,
    "jitter": [0.0, 0.2, 0.5],
    "n_per_class": None,
    "imbalance": None,
}
results = {
    vary: study(
        model,
        X,
        y,
        vary=vary,
        values=values[vary],
        strategies=["random", "margin"],
        n_initial=20,
        n_queries=40,
        budget=140,
        random_state=0,
    )
    for vary in values
}

# %%
# Filled markers have a verdict, hollow ones none. An arrow at the bottom says that
# margin never reaches the score random choice ends with.
fig, axes = plt.subplots(4, 2, figsize=(9, 14), layout="constrained")
for ax, (vary, result) in zip(axes.flat, results.items(), strict=False):
    result.plot(ax)
    ax.set(title=vary, xlabel=result.axis_label, ylabel="labeling efficiency")
    ax.get_legend().remove()
axes.flat[-1].axis("off")
plt.show()

# %%
# The scores at the end of the budget say what the factor itself costs or brings,
# whoever chooses.
for result in results.values():
    print(result.summary()["final_score"].unstack("strategy").round(3), end="\n\n")
