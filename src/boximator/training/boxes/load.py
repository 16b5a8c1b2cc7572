"""A diffusers pipeline from a folder or the hub, without pickles."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from diffusers import DiffusionPipeline

from boximator.bases.fit import Fitted, fitted
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.training.boxes.run import Precision


def load_pipeline(base: str, *, revision: str | None, precision: Precision) -> Any:
    """The pipeline, on the CPU; its autoencoder always in float32.

    Raises:
        Problem: there is none, or its weights are no safetensors.
    """
    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    told: dict[str, Any] = {"default": dtype, "vae": torch.float32}
    kind: Any = DiffusionPipeline
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", FutureWarning
            )  # newer diffusers say dtype, older know torch_dtype only
            pipe: Any = kind.from_pretrained(base, revision=revision, torch_dtype=told, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise Problem(
            given=f"No base could be loaded from {base}: {' '.join(str(error).split())[:500]}",
            wanted="A folder that a diffusers pipeline was saved to, or a hub id, with safetensors",
            fix="Check the name; to load from the hub, check the network as well",
        ) from error
    pipe.set_progress_bar_config(disable=True)
    return pipe


def snapped(pipe: Any, *, frames: int, size: tuple[int, int]) -> Fitted:
    """Frames and size as the base can make them, with what was changed in sentences."""
    return fitted(Scene(prompt="", frames=frames), pipe, size=size)
