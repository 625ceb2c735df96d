"""
The first loop: does asking pay?
================================

A net learns to read handwritten digits from few labels. Three ways to choose what to
label next are replayed on the labels we have: at random, by the smallest margin between
the two likeliest digits, and by BADGE, which wants samples that are unsure and
different from each other. The same seed sets, the same splits and the same first
weights serve all three, so that what differs is the choice.

**What is found.** Choosing pays on digits: margin and BADGE reach the accuracy that
random choice has at the end of the budget with clearly fewer labels. **Where it
fails.** At the start the net knows too little to know what it does not know: with the
first batch, margin gains nothing over random choice. Five repeats also leave a wide
interval; and digits are clean and balanced, which your data may not be.
"""

# %%
# The data come with scikit-learn: 1797 images of 8 × 8 pixels. The net sizes itself to
# the table and stops when it has learned its labels by heart.
from sklearn.datasets import load_digits

from skactive import simulate
from skactive.nets import TorchMLPClassifier

X, y = load_digits(return_X_y=True)
net = TorchMLPClassifier()

# %%
# ``simulate`` starts with 20 random labels and asks for 40 more each round, up to 180.
# Every strategy sees only the labels it asked for; a quarter of the data is kept aside
# to score on.
result = simulate(
    net,
    X,
    y,
    strategies=["random", "margin", "badge"],
    n_initial=20,
    n_queries=40,
    budget=180,
    n_repeats=5,
    random_state=0,
    n_jobs=2,
    verbose=1,
)
print(result)

# %%
# *Labels to target* is what a strategy needs to be as good as random choice is at the
# end; *efficiency* is how many times fewer that is, with its interval. The curves show
# the mean over the repeats and its spread.
from skactive.simulation import LabelingCurveDisplay

display = LabelingCurveDisplay.from_result(result)
display.ax_.set_title("Digits: accuracy against labels")
display.figure_.savefig("labeling_curves.png", dpi=150)

# %%
# The same learner, used for real: fit what is labeled, ask, have it labeled, teach.
from skactive import ActiveLearner

learner = ActiveLearner(net, "badge", random_state=0).fit(X[:20], y[:20])
rows = learner.query(X[20:], n_queries=5)
learner.teach(X[20:][rows], y[20:][rows])
print("asked for rows", rows + 20, "and was told they are", y[20:][rows])
