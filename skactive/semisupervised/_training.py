"""Training a net on labeled and unlabeled batches."""

from contextlib import contextmanager

import numpy as np
import torch
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parameter import is_lazy

from skactive.nets._criterion import _check_head
from skactive.nets._forward import first
from skactive.nets._outputs import _logits
from skactive.semisupervised._augment import dense


class Trainer:
    """Takes steps with a net, and keeps an average of its weights.

    The average forgets exponentially, slower and slower up to `decay`: after few steps
    it would still be at the first weights.

    Parameters
    ----------
    net : skorch.NeuralNetClassifier
        Initialized; trained in place.
    n_classes : int
    decay : float
        Share of the average that a step leaves.
    """

    def __init__(self, net, n_classes, decay):
        self.net = net
        self.module = net.module_
        self.n_classes = n_classes
        self.decay = decay
        self.n_steps = 0
        self.normalizes = any(isinstance(m, _BatchNorm) for m in self.module.modules())

    def start(self, X):
        """Begin with a look at a batch, from which lazy layers get their shape."""
        if any(is_lazy(param) for param in self.module.parameters()):
            self.net._set_training(False)
            with torch.no_grad():
                self.logits(X)
        self.net._set_training(True)
        self.average = {
            name: param.detach().clone()
            for name, param in self.module.named_parameters()
        }

    def logits(self, X):
        """Logits (n, n_classes), in training mode."""
        output = first(self.net.infer(X))
        _check_head(self.n_classes, output, None)
        return _logits(self.net, output)[:, : self.n_classes]

    def guess(self, X):
        """Probabilities, without gradient or trace."""
        with torch.no_grad(), self.kept_buffers():
            return self.logits(X).softmax(1)

    def guess_of_average(self, X):
        """Probabilities under the averaged weights."""
        state = {**self.average, **dict(self.module.named_buffers())}
        with torch.no_grad(), self.kept_buffers():
            X = X.to(self.net.device)
            output = first(torch.func.functional_call(self.module, state, (X,)))
            return _logits(self.net, output)[:, : self.n_classes].softmax(1)

    def logits_apart(self, groups):
        """Logits of several batches, each normalized by itself.

        The statistics that BatchNorm keeps are those of the first one.
        """
        if not self.normalizes:
            return self.logits(torch.cat(groups)).split([len(g) for g in groups])
        logits = [self.logits(groups[0])]
        with self.kept_buffers():
            logits += [self.logits(group) for group in groups[1:]]
        return logits

    def logits_interleaved(self, groups):
        """Logits of batches of one size, each normalized among rows of all groups."""
        if not self.normalizes:
            return self.logits_apart(groups)
        return interleave(self.logits_apart(interleave(groups)))

    def step(self, loss):
        """Follow the gradient of a loss, then move the average."""
        self.net.optimizer_.zero_grad()
        loss.backward()
        self.net.optimizer_.step()
        self.n_steps += 1
        keep = min(self.decay, self.n_steps / (self.n_steps + 9))
        with torch.no_grad():
            averages = [self.average[n] for n, _ in self.module.named_parameters()]
            torch._foreach_lerp_(
                averages, [p.detach() for p in self.module.parameters()], 1 - keep
            )

    def finish(self):
        """Put the average in place of the weights."""
        with torch.no_grad():
            for name, param in self.module.named_parameters():
                param.copy_(self.average[name])
        self.net._set_training(False)

    @contextmanager
    def kept_buffers(self):
        """Restore the statistics of BatchNorm after the block."""
        kept = [buffer.clone() for buffer in self.module.buffers()]
        try:
            yield
        finally:
            for buffer, before in zip(self.module.buffers(), kept, strict=True):
                # By `data`: autograd would take a change that it notices for one of
                # what the backward pass needs.
                buffer.data.copy_(before)


class Batches:
    """Endless batches of rows, each row once in a pass.

    Parameters
    ----------
    X : {ndarray, CSR} of shape (n_samples, ...)
    size : int
        Rows of a batch, however few rows there are.
    rng : numpy.random.Generator
    weight : ndarray of shape (n_samples,), default=None
        Chances of the rows; drawn with replacement then.
    """

    def __init__(self, X, size, rng, weight=None):
        self.X = X
        self.size = size
        self.rng = rng
        self.chances = None if weight is None else weight / weight.sum(dtype=np.float64)
        self.ahead = np.empty(0, dtype=np.intp)

    def draw(self):
        """Rows (size, ...) as an array, and their numbers."""
        n = self.X.shape[0]
        if self.chances is not None:
            rows = self.rng.choice(n, self.size, p=self.chances)
        else:
            while len(self.ahead) < self.size:
                self.ahead = np.append(self.ahead, self.rng.permutation(n))
            rows, self.ahead = self.ahead[: self.size], self.ahead[self.size :]
        return dense(self.X[rows]), rows


def interleave(groups):
    """Swap parts of the first batch for parts of the others; its own inverse.

    Parameters
    ----------
    groups : list of Tensor
        Batches of one size.

    Returns
    -------
    groups : list of Tensor
        Part i of the first batch is that of batch i, and the other way round.
    """
    parts = [list(torch.tensor_split(group, len(groups))) for group in groups]
    for i in range(1, len(groups)):
        parts[0][i], parts[i][i] = parts[i][i], parts[0][i]
    return [torch.cat(own) for own in parts]
