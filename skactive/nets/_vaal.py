"""Which samples do not look labeled, to a critic of an autoencoder's latent space."""

import numpy as np
import torch
from scipy import sparse
from sklearn.preprocessing import StandardScaler
from sklearn.utils import gen_batches

from skactive.nets._seeding import seeded_torch
from skactive.nets._vaal_modules import (
    critic_loss,
    deceiver_loss,
    image_autoencoder,
    perceptron,
    table_autoencoder,
)

# Steps of the autoencoder for one of the critic.
_N_STEPS = 2

# Numbers in a batch of rows that are only looked at.
_N_NUMBERS = 2**18


def labeled_logits(
    labeled,
    pool,
    given,
    *,
    seed,
    image_shape=None,
    latent_size=32,
    hidden_size=128,
    beta=1.0,
    adversarial_weight=1.0,
    lr=5e-4,
    batch_size=128,
    max_epochs=10,
    device="cpu",
):
    """How labeled each sample of the pool looks, once both nets are trained.

    Parameters
    ----------
    labeled, pool : {ndarray, CSR} of shape (n_labeled or n_pool, n_features)
        The samples; images flattened.
    given : ndarray of int
        Rows of the pool that count as labeled.
    seed : int
        Everything random follows from it.
    image_shape : tuple (channels, height, width), default=None
        For images.
    latent_size, hidden_size : int
        Dimensions of the latent space, and units of the hidden layers.
    beta : float
        Weight of the divergence of latent vectors.
    adversarial_weight : float
        Weight of the deception of the critic.
    lr, batch_size, max_epochs, device
        Of the training. An epoch is one of the larger side.

    Returns
    -------
    logits : ndarray of shape (n_pool,), float64
        What the critic says of the means of the latent vectors.
    """
    sides = [(labeled, np.arange(labeled.shape[0])), (pool, given)]
    rest = (pool, np.delete(np.arange(pool.shape[0]), given))
    scaler = StandardScaler(with_mean=not sparse.issparse(pool))
    for X in (labeled, pool):
        for rows in _blocks_of(X):
            scaler.partial_fit(X[rows])
    rng = np.random.default_rng(seed)
    with seeded_torch(seed, device), torch.enable_grad():
        make, args = table_autoencoder, ()
        if image_shape is not None:
            make, args = image_autoencoder, (image_shape,)
        sizes = latent_size, hidden_size
        vae = make(*args, scaler.mean_, scaler.scale_, *sizes).to(device)
        critic = perceptron(latent_size, hidden_size, 1).to(device)
        rows_of = [
            _Batches([s for s in side if len(s[1])], batch_size, rng, device)
            for side in (sides, [rest])
        ]
        n_rows = max(batches.n_rows for batches in rows_of)
        _train(
            vae,
            critic,
            rows_of,
            beta=beta,
            adversarial_weight=adversarial_weight,
            lr=lr,
            n_steps=max_epochs * -(-n_rows // batch_size),
        )
        return _logits(vae, critic, pool, device)


def _train(vae, critic, sides, *, beta, adversarial_weight, lr, n_steps):
    vae_optimizer = torch.optim.Adam(vae.parameters(), lr=lr, fused=True)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=lr, fused=True)
    for _ in range(n_steps):
        critic.requires_grad_(False)
        for _ in range(_N_STEPS):
            batches = [side.draw() for side in sides]
            # Both sides at once, and means over each: they weigh the same.
            losses, means = vae.losses(torch.cat(batches), beta)
            sizes = [len(batch) for batch in batches]
            loss = sum(part.mean() for part in losses.split(sizes))
            if adversarial_weight:
                said = critic(means).split(sizes)
                loss = loss + adversarial_weight * deceiver_loss(*said)
            vae_optimizer.zero_grad()
            loss.backward()
            vae_optimizer.step()
        with torch.no_grad():
            _, means, _ = vae.encode(torch.cat(batches))
        critic.requires_grad_(True)
        critic_optimizer.zero_grad()
        critic_loss(*critic(means).split(sizes)).backward()
        critic_optimizer.step()


class _Batches:
    """Batches of one side, over and over, in new orders."""

    def __init__(self, parts, batch_size, rng, device):
        self.parts = parts
        self.starts = np.cumsum([0, *(len(rows) for _, rows in parts)])
        self.n_rows = self.starts[-1]
        self.batch_size = batch_size
        self.rng = rng
        self.device = device
        self.waiting = np.empty(0, dtype=np.int64)

    def draw(self):
        if not len(self.waiting):
            self.waiting = self.rng.permutation(self.n_rows)
        numbers, self.waiting = np.split(self.waiting, [self.batch_size])
        found = []
        for (X, rows), start in zip(self.parts, self.starts, strict=False):
            own = numbers - start
            own = own[(own >= 0) & (own < len(rows))]
            found.append(_tensor(X, rows[own], self.device))
        return torch.cat(found)


@torch.no_grad()
def _logits(vae, critic, X, device):
    """Answers in double precision: copies of a row differ by next to nothing."""
    vae, critic = vae.double(), critic.double()
    answers = [
        critic(vae.encode(_tensor(X, rows, device).double())[1])[:, 0]
        for rows in _blocks_of(X)
    ]
    return torch.cat(answers).cpu().numpy()


def _blocks_of(X):
    return gen_batches(X.shape[0], max(1, _N_NUMBERS // X.shape[1]))


def _tensor(X, rows, device):
    """Some rows as a tensor of their own."""
    part = X[rows]
    part = part.toarray() if sparse.issparse(part) else np.array(part)
    return torch.from_numpy(part.astype(np.float32, copy=False)).to(device)
