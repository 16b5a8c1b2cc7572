"""diffusers' pipelines as training-free methods see them: which family, how its latents lie, how it encodes a clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from boximator.control.frames import FrameMap
from boximator.guidance.reference import Reference
from boximator.guidance.stage import Layout, Stage
from boximator.guidance.words import Words, words_of
from boximator.scene.problem import Problem

ONE_TO_ONE = FrameMap()
CAUSAL = FrameMap(kind="causal", ratio=4)
CHANNELS_FIRST, FRAMES_FIRST = Layout(frames=2), Layout(frames=1)


@dataclass(frozen=True)
class SchedulerLevels:
    """The noise levels of a diffusers scheduler, known once the pipeline has set its timesteps."""

    scheduler: Any

    def noised(self, clean: Tensor, *, noise: Tensor, step: int) -> Tensor:
        """See `Levels`. Schedulers of several kinds know best at the step at which they stand: ask for that one."""
        times = self.scheduler.timesteps
        if step >= len(times):
            return clean
        if hasattr(self.scheduler, "scale_noise"):  # a straight path
            sigma = float(self.scheduler.sigmas[step])
            return (1 - sigma) * clean + sigma * noise
        return self.scheduler.add_noise(clean, noise, times[step : step + 1])

    def model_input(self, latents: Tensor, *, step: int) -> Tensor:
        """See `Levels`. The scheduler stands at this step already."""
        if not hasattr(self.scheduler, "scale_model_input"):
            return latents
        return self.scheduler.scale_model_input(latents, self.scheduler.timesteps[step])

    def timestep(self, step: int) -> float:
        """See `Levels`."""
        return float(self.scheduler.timesteps[step])


Clip = Float[Tensor, "1 3 frames height width"]


def _encode_frames(pipe: Any, clip: Clip) -> Float[Tensor, "1 channels frames rows columns"]:
    """By a picture autoencoder, frame by frame."""
    frames = clip[0].transpose(0, 1)
    latents = [pipe.vae.encode(frame[None]).latent_dist.mode() for frame in frames]
    return torch.stack(latents, dim=2) * pipe.vae.config.scaling_factor


def _encode_cogvideox(pipe: Any, clip: Clip) -> Float[Tensor, "1 channels frames rows columns"]:
    """Of a video. `invert_scale_latents` is about the given picture of image-to-video only, which is another thing:
    what the pipelines denoise, they divide by the factor before decoding, always."""
    latents: Tensor = pipe.vae.encode(clip).latent_dist.mode()
    return latents * pipe.vae.config.scaling_factor


def _encode_wan(pipe: Any, clip: Clip) -> Float[Tensor, "1 channels frames rows columns"]:
    latents: Tensor = pipe.vae.encode(clip).latent_dist.mode()
    mean, std = (
        torch.tensor(values).view(1, -1, 1, 1, 1).to(latents)
        for values in (pipe.vae.config.latents_mean, pipe.vae.config.latents_std)
    )
    return (latents - mean) / std


@dataclass(frozen=True, kw_only=True)
class Family:
    """What all pipelines of a family share."""

    name: str
    encode: Callable[[Any, Clip], Float[Tensor, "1 channels frames rows columns"]]
    layout: Layout = CHANNELS_FIRST
    frames: FrameMap = ONE_TO_ONE
    denoisers: tuple[str, ...] = ("unet",)


BY_DENOISER: dict[str, Family] = {
    "UNetSpatioTemporalConditionModel": Family(name="svd", encode=_encode_frames, layout=FRAMES_FIRST),
    "UNet3DConditionModel": Family(name="unet3d", encode=_encode_frames),
    "UNetMotionModel": Family(name="animatediff", encode=_encode_frames),
    "WanTransformer3DModel": Family(
        name="wan", encode=_encode_wan, frames=CAUSAL, denoisers=("transformer", "transformer_2")
    ),
    "CogVideoXTransformer3DModel": Family(
        name="cogvideox",
        encode=_encode_cogvideox,
        layout=FRAMES_FIRST,
        frames=CAUSAL,
        denoisers=("transformer",),
    ),
}
"""By the class of the denoiser."""


def stage_for(pipe: Any, *, frames: int, size: tuple[int, int]) -> Stage:
    """The stage of a diffusers pipeline for one size.

    Args:
        pipe: a pipeline of one of `BY_DENOISER`.
        frames: of the video, as the pipeline is called for.
        size: height and width in pixels, likewise.

    Raises:
        Problem: another pipeline, or a network with patches over time (CogVideoX 1.5).
    """
    family = _family(pipe)
    networks = [getattr(pipe, name, None) for name in family.denoisers]
    denoisers = tuple(network for network in networks if isinstance(network, nn.Module))
    latents = -(-(frames - 1) // family.frames.ratio) + 1
    channels = _channels(pipe.vae)
    factor: int = getattr(pipe, "vae_scale_factor_spatial", None) or pipe.vae_scale_factor
    shape = (1, latents, channels) if family.layout.frames == 1 else (1, channels, latents)

    @torch.no_grad()
    def encode(reference: Reference) -> Tensor:
        frames = [_resized(frame, size=size) for frame in reference.frames]
        clip = torch.from_numpy(np.stack(frames)).permute(3, 0, 1, 2)[None] / 127.5 - 1
        return family.layout.pack(family.encode(pipe, clip.to(next(pipe.vae.parameters()))).float())

    return Stage(
        family=family.name,
        denoisers=denoisers,
        shape=(*shape, size[0] // factor, size[1] // factor),
        layout=family.layout,
        shows=tuple(family.frames.ratio * latent for latent in range(latents)),
        anchored=torch.zeros(channels, dtype=torch.bool),
        levels=SchedulerLevels(pipe.scheduler),
        encode=encode,
        patch=_patch(denoisers[0]),
    )


def words_for(pipe: Any, *, prompt: str, labels: Sequence[str], count: int) -> Words:
    """Which of a prompt's tokens speak of each label.

    Args:
        pipe: a pipeline with a tokenizer.
        prompt: what it is called with.
        labels: of the plan's objects, in order of their slots.
        count: tokens that its text encoder makes (`prompt_embeds.shape[1]`).
    """
    tokenizer = pipe.tokenizer
    plain = [tokenizer(label, add_special_tokens=False).input_ids for label in labels]
    ids: list[int] = tokenizer(prompt).input_ids
    opened = bool(ids) and ids[0] == tokenizer.bos_token_id
    return words_of(ids, phrases=plain, count=count, opened=opened)


def _family(pipe: Any) -> Family:
    parts = (getattr(pipe, name, None) for name in ("transformer", "unet"))
    denoiser = next((part for part in parts if part is not None), None)
    family = BY_DENOISER.get(type(denoiser).__name__)
    if family is None or getattr(pipe, "vae", None) is None:
        raise Problem(
            given=f"{type(pipe).__name__} is no pipeline that training-free methods know",
            wanted=f"A pipeline with an autoencoder and a denoiser of {', '.join(BY_DENOISER)}",
            fix="Pass such a pipeline, or train an adapter for yours (docs/bring-your-base.md)",
        )
    return family


def _channels(autoencoder: Any) -> int:
    config = autoencoder.config
    return int(config["z_dim"] if "z_dim" in config else config["latent_channels"])


def _patch(denoiser: nn.Module) -> tuple[int, int]:
    """Rows and columns of latents in a token: one and one in a U-Net."""
    config: Any = denoiser.config
    size = config.get("patch_size", 1)
    over_time, rows, columns = (
        (config.get("patch_size_t") or 1, size, size) if isinstance(size, int) else size
    )
    if over_time != 1:
        raise Problem(
            given=f"{type(denoiser).__name__} joins {over_time} latent frames in one token",
            wanted="Training-free methods need tokens of one latent frame",
            fix="Use a base without patches over time (CogVideoX 1.0, say), or a trained adapter",
        )
    return rows, columns


def _resized(
    frame: UInt8[np.ndarray, "h w 3"], *, size: tuple[int, int]
) -> UInt8[np.ndarray, "height width 3"]:
    same = frame.shape[:2] == size
    return frame if same else cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA).astype(np.uint8)
