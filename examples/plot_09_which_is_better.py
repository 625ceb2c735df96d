"""
Which is better?
================

One number hides much. Four strategies on the digits, with a cheap model, are compared
in three ways: who beats whom, how many labels each saves, and what computing costs.

**What is found.** Margin beats all others in every round but the first, which they
share, and needs half the labels of random sampling. Entropy and core-set save a fifth
of the labels at the end of the budget; before, random sampling is ahead of them, as the
matrix shows and the efficiency alone does not. **Where it fails.** This is one data set
and one model. The penalty matrix counts how often a difference is seen, not how large
it is, and with few repeats it sees little.
"""

# %%
# Ten repeats. In each, all strategies share the split, the first labels and the seeds.
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skactive import simulate
from skactive.simulation import (
    CostDisplay,
    EfficiencyDisplay,
    PenaltyMatrixDisplay,
    batch_diagnostics,
)

X, y = load_digits(return_X_y=True)
X = X / 16
result = simulate(
    LogisticRegression(tol=0.01),
    X,
    y,
    strategies=["random", "margin", "entropy", "coreset"],
    n_initial=20,
    n_queries=20,
    budget=160,
    n_repeats=10,
    random_state=0,
)

# %%
# **Who beats whom.** A cell is the share of rounds in which the strategy of its row
# beats that of its column, by a paired t test at 5 %. A column that is dark is often
# beaten; the last row is its mean. By chance a cell is 0.025 on average.
display = PenaltyMatrixDisplay.from_result(result)

# %%
# So many tests find something by chance. Holm's correction makes that one matrix in
# twenty; what it leaves can be trusted, what it takes away may be there all the same.
result.penalty_matrix(correction="holm").round(2)

# %%
# **How many labels it saves**, at the score that random sampling ends with.
display = EfficiencyDisplay.from_result(result)

# %%
# Entropy has its interval above 1, and yet no verdict. On average along the curve
# (``api``) it is behind random sampling, and a verdict takes both.
result.summary()[["final_score", "efficiency", "api", "verdict"]].round(3)

# %%
# **What it costs.** Seconds per round, on the machine that drew this page.
display = CostDisplay.from_result(result)

# %%
# **What the batches look like.** Entropy asks for similar samples of few classes,
# core-set for samples far from each other and from everything else. Overlap is how much
# of what a strategy asked the others have asked too.
batches = batch_diagnostics(result, X, y)
batches.groupby(["diagnostic", "strategy"])["value"].mean().unstack().round(2)
