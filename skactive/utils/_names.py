"""Classes by the name of their package, so that none has to be imported to look."""


def class_names(estimator):
    """``"package.Class"`` of the estimator's class and its bases, nearest first."""
    return [
        f"{c.__module__.partition('.')[0]}.{c.__name__}"
        for c in type(estimator).__mro__
    ]
