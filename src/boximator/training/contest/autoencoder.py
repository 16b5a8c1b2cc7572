"""A small convolutional autoencoder of single pictures, for the entry `latent`."""

from __future__ import annotations

import torch
from einops import einsum
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from boximator.pocket.layout import CELL
from boximator.training.contest.shot import Shot
from boximator.training.task import Loss

LATENT = 6
"""Numbers of a cell of 4x4 pixels, an eighth of what it holds."""

_NOISE = 0.1  # added to latents in training, so that the decoder bears a denoiser's errors
_SIZE_WEIGHT = 1e-4  # keeps latents from growing out of reach of that noise
_PER_CLIP = 4  # frames of each clip in a step


class _Mix(nn.Module):
    """Neighbouring cells mixed by two convolutions, as a residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Float[Tensor, "n width rows columns"]) -> Float[Tensor, "n width rows columns"]:
        return x + self.second(F.silu(self.first(F.silu(x))))


def patterns() -> Float[Tensor, "latent values"]:
    """Orthonormal pictures of a cell: grey, grey rising across, down and on the diagonal, and two hues."""
    at = (torch.arange(CELL) - (CELL - 1) / 2).sign()
    down, across = torch.meshgrid(at, at, indexing="ij")
    flat = torch.ones(CELL, CELL)
    grey, red, blue = torch.tensor([[1.0, 1, 1], [1, -1, 0], [1, 1, -2]])
    pairs = ((grey, flat), (grey, across), (grey, down), (grey, across * down), (red, flat), (blue, flat))
    drawn = torch.stack([einsum(hue, shape, "c, y x -> c y x").flatten() for hue, shape in pairs])
    return drawn / drawn.norm(dim=1, keepdim=True)


class Autoencoder(nn.Module):
    """Pictures in [-1, 1] <-> latents on the state's grid. ``scale`` brings latents to unit size (`settle`).

    It begins as a projection onto `patterns`, and learns what the convolutions add to it.
    """

    scale: Tensor

    def __init__(self, *, width: int = 64) -> None:
        super().__init__()
        self.plain_in, self.plain_out = nn.Conv2d(3 * CELL**2, LATENT, 1), nn.Conv2d(LATENT, 3 * CELL**2, 1)
        self.into = nn.Sequential(
            nn.Conv2d(3 * CELL**2, width, 3, padding=1),
            _Mix(width),
            _Mix(width),
            nn.SiLU(),
            nn.Conv2d(width, LATENT, 1),
        )
        self.out = nn.Sequential(
            nn.Conv2d(LATENT, width, 3, padding=1),
            _Mix(width),
            _Mix(width),
            _Mix(width),
            nn.SiLU(),
            nn.Conv2d(width, 3 * CELL**2, 3, padding=1),
        )
        self.register_buffer("scale", torch.ones(()))
        self._begin_plain()

    @torch.no_grad()
    def _begin_plain(self) -> None:
        for added in (self.into[-1], self.out[-1], self.plain_in, self.plain_out):
            for weight in added.parameters():
                weight.zero_()
        self.plain_in.weight.copy_(patterns()[:, :, None, None])
        self.plain_out.weight.copy_(patterns().T[:, :, None, None])

    def raw_encode(
        self, pictures: Float[Tensor, "n 3 height width"]
    ) -> Float[Tensor, "n latent rows columns"]:
        """Latents of their own size."""
        cells = F.pixel_unshuffle(pictures, CELL)
        return self.plain_in(cells) + self.into(cells)

    def raw_decode(
        self, latents: Float[Tensor, "n latent rows columns"]
    ) -> Float[Tensor, "n 3 height width"]:
        """Undo `raw_encode`."""
        return F.pixel_shuffle(self.plain_out(latents) + self.out(latents), CELL)

    def encode(self, pictures: Float[Tensor, "n 3 height width"]) -> Float[Tensor, "n latent rows columns"]:
        """Latents of unit size."""
        return self.raw_encode(pictures) * self.scale

    def decode(self, latents: Float[Tensor, "n latent rows columns"]) -> Float[Tensor, "n 3 height width"]:
        """Undo `encode`."""
        return self.raw_decode(latents / self.scale)

    @torch.no_grad()
    def settle(self, pictures: Float[Tensor, "n 3 height width"]) -> None:
        """Measure the size of latents on these pictures. One number for all: those that tell details stay small."""
        latents = self.raw_encode(pictures)
        self.scale.copy_(1 / latents.std().clamp_min(1e-3))


class AutoencoderTask:
    """Training the autoencoder on frames of the same clips that the entries learn from."""

    def __init__(self, autoencoder: Autoencoder) -> None:
        self.trained = autoencoder

    def loss(self, shot: Shot, *, generator: torch.Generator) -> Loss:
        """Squared error of random frames decoded from noisy latents."""
        pictures = drawn_frames(shot, count=_PER_CLIP, generator=generator)
        latents = self.trained.raw_encode(pictures)
        noise = _NOISE * torch.randn(latents.shape, generator=generator)
        error = F.mse_loss(self.trained.raw_decode(latents + noise), pictures)
        size = latents.square().mean()
        return Loss(total=error + _SIZE_WEIGHT * size, parts={"error": error.item(), "size": size.item()})


def drawn_frames(shot: Shot, *, count: int, generator: torch.Generator) -> Float[Tensor, "n 3 height width"]:
    """Random frames of a shot, ``count`` of each clip, in [-1, 1]."""
    assert shot.frames is not None, "the shot has no frames"
    clips, frames = shot.frames.shape[:2]
    which = torch.stack([torch.randperm(frames, generator=generator)[:count] for _ in range(clips)])
    return shot.frames[torch.arange(clips)[:, None], which].flatten(0, 1).float() / 127.5 - 1
