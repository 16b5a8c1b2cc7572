"""Families of diffusers that cannot be controlled, and why."""

from __future__ import annotations

from boximator.scene.problem import Problem

HISTORY = "tokens of earlier pieces of the video stand in the same row at other scales, so a row is not whole frames"
REFUSED = {
    "HunyuanVideoFramepackTransformer3DModel": ("hunyuanvideo-framepack", "HunyuanVideo FramePack", HISTORY),
    "HeliosTransformer3DModel": ("helios", "Helios", HISTORY),
    "LTX2VideoTransformer3DModel": (
        "ltx2",
        "LTX-2",
        "picture and sound pass through every block together, and what is heard is tied to what is seen; no place "
        "for boxes in them has been shown to be exact",
    ),
    "EasyAnimateTransformer3DModel": (
        "easyanimate",
        "EasyAnimate",
        "its class cannot be built from diffusers' defaults, so nothing could be shown about it",
    ),
}
"""By the denoiser's class: the family, what people call it, and the reason."""


def refuse_family(denoiser: str) -> None:
    """Raise a Problem if the denoiser's class is one of those."""
    if denoiser in REFUSED:
        _, model, reason = REFUSED[denoiser]
        raise Problem(
            given=f"The base is {model} ({denoiser}), which boxes cannot control: {reason}",
            wanted="A base of a family that can be controlled",
            fix="Choose one of those that `boximator bases` lists as working",
        )
