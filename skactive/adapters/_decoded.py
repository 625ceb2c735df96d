"""Members of scikit-learn's ensembles, which know labels by their position only."""

from __future__ import annotations

import numpy as np


class DecodedMember:
    """A member of a scikit-learn ensemble, speaking the ensemble's labels.

    scikit-learn trains the members on the positions of the labels in `classes_`.
    """

    def __init__(self, member, ensemble):
        self._member = member
        classes = getattr(ensemble, "classes_", None)
        if classes is not None:
            self.classes_ = classes[np.asarray(member.classes_, dtype=np.intp)]
            if hasattr(member, "predict_proba"):
                self.predict_proba = member.predict_proba

    def predict(self, X):
        prediction = self._member.predict(X)
        if not hasattr(self, "classes_"):
            return prediction
        own = np.asarray(self._member.classes_)
        return self.classes_[np.searchsorted(own, prediction)]
