"""scikit-learn's own checks."""

from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from skactive import ActiveLearner

ESTIMATORS = [
    ActiveLearner(LogisticRegression()),
    ActiveLearner(Ridge()),
    ActiveLearner(DecisionTreeClassifier(max_depth=2), "random"),
    ActiveLearner(make_pipeline(StandardScaler(), LogisticRegression())),
]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)
