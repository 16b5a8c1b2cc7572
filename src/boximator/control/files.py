"""How an adapter goes into a folder and comes out of it: safetensors and JSON, with a card, never a pickle."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, Self

from diffusers import ModelMixin

from boximator.control.card import CARD, card
from boximator.scene.problem import Problem

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""Endings of files that run code when they are loaded."""


class SafeFiles(ModelMixin):
    """A diffusers model whose weights are safetensors only, and whose folder has a model card."""

    def save_pretrained(self, save_directory: str | PathLike[str], *args: Any, **kwargs: Any) -> None:
        """Write config.json, the weights as safetensors, and README.md; see `ModelMixin.save_pretrained`.

        Raises:
            Problem: ``safe_serialization=False``.
        """
        if args or not kwargs.get("safe_serialization", True):
            raise Problem(
                given="The adapter was to be saved as a pickle, or with arguments that are not named",
                wanted="Weights in safetensors, which hold numbers and cannot run code",
                fix="Call save_pretrained(folder) without safe_serialization=False, and name what you pass",
            )
        super().save_pretrained(save_directory, **kwargs)
        if kwargs.get("is_main_process", True):
            config: Any = self.config
            (Path(save_directory) / CARD).write_text(card(config), encoding="utf-8")

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | PathLike[str] | None, **kwargs: Any
    ) -> Self:
        """Load from a folder or a hub id; see `ModelMixin.from_pretrained`.

        Raises:
            Problem: there are no safetensors (pickles are never loaded), or nothing could be found.
        """
        told = str(pretrained_model_name_or_path)
        folder = Path(told) / (kwargs.get("subfolder") or "")
        asked = kwargs.pop("use_safetensors", True)
        pickles = _only_pickles(folder)
        if asked is False or pickles:
            raise Problem(
                given=f"The weights in {told} would be read from a pickle ({pickles or 'use_safetensors=False'})",
                wanted="A safetensors file: a pickle runs whatever code its author put into it when it is loaded",
                fix="Ask its author for safetensors, or convert it on a machine that you can afford to lose",
            )
        try:
            return super().from_pretrained(pretrained_model_name_or_path, use_safetensors=True, **kwargs)
        except Problem:
            raise
        except (TypeError, KeyError, ValueError, RuntimeError) as error:
            raise Problem(
                given=f"What {told} holds is no box adapter, or not a whole one: {' '.join(str(error).split())[:200]}",
                wanted="A folder (or a hub id) with a config.json and a safetensors file, as save_pretrained writes",
                fix="Give the adapter's own folder (of a training: OUT/adapter), or fetch it again",
            ) from error
        except OSError as error:
            raise Problem(
                given=f"No adapter could be loaded from {told}: {' '.join(str(error).split())}",
                wanted="A folder (or a hub id) with a config.json and a safetensors file, as save_pretrained writes",
                fix="Check the name; to load from the hub, check the network as well",
            ) from error


def _only_pickles(folder: Path) -> str:
    """The name of a pickle in a folder that has no safetensors; "" if there is none."""
    if not folder.is_dir() or any(folder.glob("*.safetensors")):
        return ""
    return next((path.name for path in sorted(folder.iterdir()) if path.suffix in PICKLES), "")
