"""
Semi-supervised active learning on 40 labels
============================================

A pool of unlabeled samples can be asked, and it can be learned from. Here it is both:
MixMatch trains on the labels and on the rest of the pool, and a strategy says which
labels to buy. The digits, 20 labels to begin with, 10 per round, 40 in all.

**What is found.** The training is worth 12 points of accuracy with 20 labels and 8 with
40, and these are shown to be a saving of labels. **Where it fails.** The choice is
worth nothing here: `ssl_diff2aug_direct` ends 3 points *behind* random choice with the
same training, if without a verdict. Twenty labels make a poor guide, and a model that
learns from its own guesses becomes sure of them, wrong ones too. Five repeats, one
table, one net.
"""

# %%
# A net learns from the pool as soon as it is inside a ``MixMatchClassifier``, and
# `simulate` hands it what is left of the pool: one line, as for any estimator. Fewer
# steps than by default, and averaged weights with a shorter memory to go with them, so
# that this page is quick.
import pandas as pd
from sklearn.datasets import load_digits

from skactive import SimulationResult, simulate
from skactive.nets import TorchMLPClassifier
from skactive.semisupervised import MixMatchClassifier
from skactive.simulation import LabelingCurveDisplay

X, y = load_digits(return_X_y=True)
net = TorchMLPClassifier(hidden_sizes=(64,))
mixmatch = MixMatchClassifier(
    net, n_steps=150, batch_size=32, ema_decay=0.97, check_strength=False
)
sizes = {"n_initial": 20, "n_queries": 10, "budget": 40, "random_state": 0, "n_jobs": 2}
names = ["ssl_random", "ssl_diff2aug_direct"]
semi = simulate(mixmatch, X, y, strategies=names, **sizes)

# %%
# The same net without the pool. The seed is the same, and so are splits and seed sets:
# the two tables may be put together.
supervised = simulate(net, X, y, strategies=["random"], **sizes)
frame = pd.concat([supervised.to_frame(), semi.to_frame()])
both = SimulationResult.from_frame(frame, baseline="random")
display = LabelingCurveDisplay.from_result(both, band="sem")
display.ax_.set_title("Digits, mean and standard error of five repeats")

# %%
# Measured against supervised random choice, both rows that train by MixMatch are 7 to 9
# points ahead along the curve. That is no merit of a choice: `ssl_random` makes none.
columns = ["final_score", "api", "verdict"]
both.summary()[columns].round(3)

# %%
# What the *choice* adds is the difference to `ssl_random`, the same training on labels
# drawn at random.
semi.summary()[columns].round(3)
