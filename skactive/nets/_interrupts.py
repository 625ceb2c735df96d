"""Interrupts of the user, apart from callbacks that end the training."""

from contextlib import contextmanager

from skorch import NeuralNet


@contextmanager
def interrupts_passed_on(net):
    """Within it, training raises a KeyboardInterrupt that no callback has raised.

    To skorch either one ends the training, and no more than that: a campaign would go
    on with a net that is half trained.
    """
    interrupts = []
    fit_loop = net.fit_loop

    def noting_loop(*args, **kwargs):
        try:
            return fit_loop(*args, **kwargs)
        except KeyboardInterrupt as error:
            if not _is_from_callback(error):
                interrupts.append(error)
            raise

    vars(net)["fit_loop"] = noting_loop
    try:
        yield
    finally:
        del vars(net)["fit_loop"]
    if interrupts:
        raise interrupts[0]


def _is_from_callback(error):
    """Whether it came through what calls the callbacks."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is NeuralNet.notify.__code__:
            return True
        step = step.tb_next
    return False
