"""What the callbacks of a net share, and which ones its user gave it."""

import inspect

from skorch.callbacks import Callback

from skactive.utils._sklearn import validate_parameter_constraints


class CheckedCallback(Callback):
    """Base of the callbacks of this package: parameters are checked, and shown.

    A subclass gives `_parameter_constraints`, as estimators of scikit-learn do.
    """

    _parameter_constraints = {}

    def initialize(self):
        """Check the parameters; skorch calls this."""
        params = self.get_params(deep=False)
        validate_parameter_constraints(
            self._parameter_constraints,
            # To Python a bool is an integer; no parameter here takes one.
            {k: repr(v) if isinstance(v, bool) else v for k, v in params.items()},
            type(self).__name__,
        )
        return self

    def __repr__(self):
        params = inspect.signature(type(self)).parameters
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in params)
        return f"{type(self).__name__}({shown})"


def own_callbacks(net):
    """Callbacks that the user gave a net, without their names: instances or classes."""
    calls = [] if net.callbacks in (None, "disable") else net.callbacks
    return [call[1] if isinstance(call, tuple) else call for call in calls]


def kind_of(call):
    """Class of a callback that is given as an instance or as a class."""
    return call if isinstance(call, type) else type(call)
