"""A small convolutional autoencoder of single pictures, for the entry `latent`."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from boximator.pocket.layout import CELL
from boximator.training.contest.shot import Shot
from boximator.training.task import Loss

LATENT = 6
"""Numbers of a cell of 4x4 pixels, an eighth of what it holds."""

_NOISE = 0.1  # added to latents in training, so that the decoder bears a denoiser's errors
_SIZE_WEIGHT = 1e-3  # keeps latents from growing out of reach of that noise
_PER_CLIP = 4  # frames of each clip in a step


class _Mix(nn.Module):
    """Neighbouring cells mixed by two convolutions, as a residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, width)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Float[Tensor, "n width rows columns"]) -> Float[Tensor, "n width rows columns"]:
        return x + self.second(F.silu(self.first(F.silu(self.norm(x)))))


class Autoencoder(nn.Module):
    """Pictures in [-1, 1] <-> latents on the state's grid. ``scale`` brings latents to unit size (`settle`)."""

    scale: Tensor

    def __init__(self, *, width: int = 64, latent: int = LATENT) -> None:
        super().__init__()
        self.into = nn.Sequential(
            nn.PixelUnshuffle(CELL),
            nn.Conv2d(3 * CELL**2, width, 3, padding=1),
            _Mix(width),
            _Mix(width),
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, latent, 1),
        )
        self.out = nn.Sequential(
            nn.Conv2d(latent, width, 3, padding=1),
            _Mix(width),
            _Mix(width),
            _Mix(width),
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, 3 * CELL**2, 3, padding=1),
            nn.PixelShuffle(CELL),
        )
        self.register_buffer("scale", torch.ones(latent, 1, 1))

    def encode(self, pictures: Float[Tensor, "n 3 height width"]) -> Float[Tensor, "n latent rows columns"]:
        """Latents of unit size."""
        return self.into(pictures) * self.scale

    def decode(self, latents: Float[Tensor, "n latent rows columns"]) -> Float[Tensor, "n 3 height width"]:
        """Undo `encode`."""
        return self.out(latents / self.scale)

    @torch.no_grad()
    def settle(self, pictures: Float[Tensor, "n 3 height width"]) -> None:
        """Measure the size of the latents on these pictures."""
        latents = self.into(pictures)
        self.scale.copy_(1 / latents.std(dim=(0, 2, 3)).clamp_min(1e-3)[:, None, None])


class AutoencoderTask:
    """Training the autoencoder on frames of the same clips that the entries learn from."""

    def __init__(self, autoencoder: Autoencoder) -> None:
        self.trained = autoencoder

    def loss(self, shot: Shot, *, generator: torch.Generator) -> Loss:
        """Squared error of random frames decoded from noisy latents."""
        pictures = drawn_frames(shot, count=_PER_CLIP, generator=generator)
        latents = self.trained.into(pictures)
        noise = _NOISE * torch.randn(latents.shape, generator=generator)
        error = F.mse_loss(self.trained.out(latents + noise), pictures)
        size = latents.square().mean()
        return Loss(total=error + _SIZE_WEIGHT * size, parts={"error": error.item(), "size": size.item()})


def drawn_frames(shot: Shot, *, count: int, generator: torch.Generator) -> Float[Tensor, "n 3 height width"]:
    """Random frames of a shot, ``count`` of each clip, in [-1, 1]."""
    assert shot.frames is not None, "the shot has no frames"
    clips, frames = shot.frames.shape[:2]
    which = torch.stack([torch.randperm(frames, generator=generator)[:count] for _ in range(clips)])
    return shot.frames[torch.arange(clips)[:, None], which].flatten(0, 1).float() / 127.5 - 1
