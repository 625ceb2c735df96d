"""Training that Ctrl-C interrupts, where skorch would take it for the end."""

import dis

from skorch import NeuralNet


def train(net, X, y):
    """Train as `net.partial_fit` does, but raise the interrupt of a user.

    To skorch a KeyboardInterrupt ends the training, and no more than that, whether a
    callback raises it or a user: a campaign would go on with a net that is half
    trained. A net with a ``partial_fit`` of its own decides for itself.
    """
    if type(net).partial_fit is not NeuralNet.partial_fit:
        net.partial_fit(X, y)
        return
    net.notify("on_train_begin", X=X, y=y)
    try:
        net.fit_loop(X, y)
    except KeyboardInterrupt as error:
        if not _is_from_a_statement(error):
            raise
    net.notify("on_train_end", X=X, y=y)


def _is_from_a_statement(error):
    """Whether a ``raise`` in Python raised it; Ctrl-C comes from the interpreter."""
    step = error.__traceback__
    while step.tb_next is not None:
        step = step.tb_next
    code = step.tb_frame.f_code.co_code
    return dis.opname[code[step.tb_lasti]] == "RAISE_VARARGS"
