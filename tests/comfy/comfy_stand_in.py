"""As much of ComfyUI's `comfy_api.latest` as the nodes use: it keeps what it is given, and checks names."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any


class Socket:
    """An input or an output, as declared."""

    def __init__(self, name: str | None = None, **options: Any) -> None:
        self.name = name
        self.options = options


class Kind:
    """A type of value: `Kind.Input("name")`, `Kind.Output()`."""

    Input = Socket
    Output = Socket


class Schema:
    def __init__(self, *, node_id: str, display_name: str, category: str, inputs: Any, outputs: Any) -> None:
        self.node_id, self.display_name, self.category = node_id, display_name, category
        self.inputs, self.outputs = inputs, outputs


class NodeOutput:
    def __init__(self, *values: Any) -> None:
        self.result = values


class ComfyNode:
    """What every node inherits from."""


class ComfyExtension:
    """What every pack inherits from."""


def modules() -> dict[str, ModuleType]:
    """What to put into `sys.modules`."""
    latest: Any = ModuleType("comfy_api.latest")
    latest.ComfyExtension = ComfyExtension
    latest.io = SimpleNamespace(
        ComfyNode=ComfyNode,
        Schema=Schema,
        NodeOutput=NodeOutput,
        Custom=lambda name: type(str(name), (Kind,), {}),  # pyright: ignore[reportUnknownLambdaType]
        **dict.fromkeys(("String", "Int", "Image", "Tracks"), Kind),
    )
    package = ModuleType("comfy_api")
    return {"comfy_api": package, "comfy_api.latest": latest}
