"""Boxes for ComfyUI: the pack's entry point. Everything is in the library; see nodes.py."""

from __future__ import annotations

try:
    from .nodes import comfy_entrypoint
except ModuleNotFoundError as missing:
    if (missing.name or "").split(".")[0] not in {"comfy_api", "torch"}:
        raise
    comfy_entrypoint = None  # not inside ComfyUI: there is nothing to enter

__all__ = ["comfy_entrypoint"]
