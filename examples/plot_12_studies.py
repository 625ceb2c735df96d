"""
Where does it still pay?
========================

What a strategy saves on one table depends on how the campaign is set up and on what
the pool looks like. A study varies one thing and keeps all else: the same splits, seed
sets and model seeds. Three studies on the digits, with a cheap model.

**What is found.** Without copies margin needs half the labels of random choice. With
five or ten of each sample it is *worse*: its batches of twenty hold six or four
different ones. BADGE and core-set hold twenty, and copies do them no harm. The larger
the first set, the less is left to save. Margin bears a tenth of wrong labels; from a
fifth on, nothing is shown any more. **Where it fails.** Five repeats: most intervals
are wide, and "no difference shown" is not "no difference". BADGE gets a verdict at two
and ten copies and none at five, where it looks as good. One table, one model.
"""

# %%
# Each study is one call. All of them share these sizes: first labels, labels per round
# and budget. Five repeats, the default, are few; a marker without a verdict is hollow.
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skactive.simulation import study

X, y = load_digits(return_X_y=True)
X = X / 16
model = LogisticRegression(tol=0.01)
sizes = {"n_initial": 20, "n_queries": 20, "budget": 160, "random_state": 0}

# %%
# **A pool of copies.** A tenth of the samples is there once, the others so often as the
# axis says; the pool is always as large. The test set holds no copies.
result = study(
    model,
    X,
    y,
    vary="redundancy",
    strategies=["random", "margin", "badge", "coreset"],
    **sizes,
)
display = result.plot()

# %%
columns = ["final_score", "efficiency", "efficiency_low", "efficiency_high", "verdict"]
result.summary()[columns].round(2)

# %%
# A batch of margin is full of copies, which all are as uncertain: so many different
# samples are in a batch of twenty.
picks = result.picks[result.picks["round"] > 0]
batches = picks.groupby(["redundancy", "strategy", "repeat", "round"])["row"].nunique()
batches.groupby(["strategy", "redundancy"]).mean().unstack().round(1)

# %%
# **How many labels to begin with.** The budget stays, so a larger first set leaves less
# to choose.
result = study(
    model,
    X,
    y,
    vary="n_initial",
    values=[10, 20, 40, 80],
    strategies=["random", "margin"],
    **sizes,
)
display = result.plot()

# %%
# **Wrong answers.** An annotator who errs in so many cases; the test set is clean.
result = study(
    model, X, y, vary="label_noise", strategies=["random", "margin"], **sizes
)
display = result.plot()

# %%
# What the noise costs, by the scores at the end of the budget: far more than what any
# order of labels brings.
result.summary()["final_score"].unstack().round(3)
