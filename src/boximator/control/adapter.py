"""BoxAdapter: the trained control module of one base, in a file of its own, put on and taken off by hooks."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import torch
from diffusers import ConfigMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn

from boximator.control.active import ActiveCondition, Negative
from boximator.control.address import Address
from boximator.control.attachment import Attachment
from boximator.control.attention import Gate, GatedBoxAttention
from boximator.control.condition import Condition
from boximator.control.files import SafeFiles
from boximator.control.origin import origin
from boximator.control.tokens import BoxTokens
from boximator.scene.colours import SLOTS
from boximator.scene.plan import ControlPlan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

T = TypeVar("T")
COVERAGE = 5.0
"""A box that covers a patch weighs exp(5), about as much as all the other tokens of a small frame together."""
SILU_GAIN = 1.677
"""1 / sqrt(E[silu(z)^2]) for z ~ N(0, 1): keeps the size of activations from layer to layer."""


class BoxAdapter(SafeFiles, ConfigMixin):
    """Box control for one base: the token encoder and one gated layer per block of its address.

        adapter = BoxAdapter.from_pretrained(path)
        with adapter.attached(pipe), adapter.boxes(scene):
            video = pipe(image=image, prompt=scene.prompt).frames

    Building or loading touches no base. Fresh, an adapter changes nothing; detached, the base is as before.

    Args:
        address: `Address.to_json()` of the base it is for.
        token_dim: width of the control tokens (1024 in the paper).
        gate: what is zero at the start, the output projection or a scalar (learns far more slowly).
        bottleneck: inner width of the attention in every layer, None for the block's own.
        cross_only: visual tokens see only control tokens in our layers.
        coverage: a learned bias draws visual tokens to the boxes over them (`GatedBoxAttention`).
        visual_keys: at most so many visual keys per frame in every layer, by averaging (`GatedBoxAttention`).
        base: name of the base it was made for (hub id or folder), and its `revision`; None: built in code.
        facts: what its model card tells of its training (`boximator.control.card.card`).
    """

    @register_to_config
    def __init__(
        self,
        address: dict[str, Any],
        token_dim: int = 1024,
        gate: Gate = "zero-output",
        bottleneck: int | None = None,
        cross_only: bool = False,
        coverage: bool = False,
        visual_keys: int | None = None,
        base: str | None = None,
        revision: str | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.address = Address.from_json(address)
        self.record = False
        self.tokens = BoxTokens(token_dim, reference=self.address.frames.reference)
        frames = self.address.frames
        self.phases = None if frames.joined else nn.Parameter(torch.zeros(frames.group, token_dim))
        self.join = nn.Linear(frames.group * token_dim, token_dim) if frames.joined else None
        self.layers = nn.ModuleList(
            GatedBoxAttention(
                block.width,
                block.heads,
                token_dim,
                positions=self.address.positions,
                bottleneck=bottleneck,
                cross_only=cross_only,
                gate=gate,
                coverage=coverage,
                visual_keys=visual_keys,
            )
            for block in self.address.blocks
        )
        self._attachment: Attachment | None = None
        self._active: ActiveCondition | None = None
        initialise(self)

    @classmethod
    def from_base(
        cls,
        base: object,
        *,
        address: Address,
        every: int = 1,
        token_dim: int = 1024,
        gate: Gate = "zero-output",
        bottleneck: int | None = None,
        cross_only: bool = False,
        coverage: bool = False,
        visual_keys: int | None = None,
        generator: torch.Generator | None = None,
    ) -> BoxAdapter:
        """A fresh adapter for a pipeline or denoiser, in float32 on the CPU; the base is only looked at.

        Args:
            base: pipeline or denoiser.
            address: `boximator.bases.address_for(base)`.
            every: put a layer at every so many blocks only.
            generator: source of the initial weights, None for torch's global one.

        Raises:
            Problem: the address is not that of this base.
        """
        denoisers = address.denoisers_of(base)
        for denoiser in denoisers:
            address.check(denoiser)
        name, revision = origin(base, denoiser=denoisers[0])
        adapter = cls(
            address=address.every(every).to_json(),
            token_dim=token_dim,
            gate=gate,
            bottleneck=bottleneck,
            cross_only=cross_only,
            coverage=coverage,
            visual_keys=visual_keys,
            base=name,
            revision=revision,
        )
        initialise(adapter, generator)
        return adapter

    # On and off

    def attach(self, base: object) -> Attachment:
        """Put the hooks on a pipeline's denoiser(s), and move this adapter to their device; dtype stays.

        Raises:
            Problem: already attached, or the base is not one this adapter can be attached to.
        """
        if self._attachment is not None:
            raise Problem(
                given="This BoxAdapter is already attached to a base",
                wanted="An adapter that is attached to one base at a time",
                fix="Call adapter.detach() first, or load the adapter a second time",
            )
        self._attachment = Attachment(self, base)
        device = next(self._attachment.hooks[0].denoiser.parameters()).device
        if device.type != "meta":  # offloading keeps the weights elsewhere; the first call says where it runs
            nn.Module.to(self, device)
        return self._attachment

    def detach(self) -> None:
        """Take the hooks off; the base is bit for bit what it was. Without hooks, nothing happens."""
        if self._attachment is not None:
            for hooks in self._attachment.hooks:
                hooks.remove()
        self._attachment = None

    @contextmanager
    def attached(self, base: object) -> Generator[BoxAdapter]:
        """Attached inside the `with` block, detached after it."""
        with self.attach(base):
            yield self

    # The condition

    @contextmanager
    def condition(
        self, condition: Condition | None, *, scale: float = 1.0, negative: Negative = "null"
    ) -> Generator[ActiveCondition]:
        """Every call of the base inside the `with` block sees these boxes; None is an explicit "no boxes".

        The weights must not change inside the block while gradients are off: what does not change over the
        denoising steps is computed once. In training, keep forward and backward inside one block.

        Args:
            condition: one entry per video of the batch. A call with that batch sees the boxes; a call with
                twice that batch is guidance, its first half unconditional; a call inside the base's
                `cache_context("uncond")`, as Wan's pipelines make it, is the unconditional one.
            scale: factor on what the layers add; 1 as trained, 0 the base.
            negative: what the unconditional branch sees, null tokens (paper, 3.4) or the same boxes.

        Raises:
            Problem: another number of slots than adapters are made for.
        """
        if condition is not None and condition.slots != SLOTS:
            raise Problem(
                given=f"The condition has {condition.slots} slots for tracks",
                wanted=f"{SLOTS} slots, however many tracks there are; the others are marked as not present",
                fix="Make it of a scene or a control plan, which always have them: adapter.boxes(scene)",
            )
        before, self._active = self._active, ActiveCondition(condition, scale=scale, negative=negative)
        try:
            yield self._active
        finally:
            self._active = before
            if self._attachment is not None:
                for hooks in self._attachment.hooks:
                    hooks.release()

    @contextmanager
    def boxes(
        self, boxes: Scene | ControlPlan | Condition, *, scale: float = 1.0, negative: Negative = "null"
    ) -> Generator[ActiveCondition]:
        """As `condition`, for a scene (planned by the default rules) or a control plan."""
        with self.condition(Condition.of(boxes), scale=scale, negative=negative) as active:
            yield active

    @property
    def active(self) -> ActiveCondition:
        """The condition in force.

        Raises:
            Problem: there is none, with the line to write.
        """
        if self._active is None:
            raise Problem(
                given="The base was called with a box adapter attached and no boxes given",
                wanted="A condition round every call",
                fix='Write "with adapter.boxes(scene):" round the call, or "with adapter.condition(None):" '
                "for a video without boxes",
            )
        return self._active

    def forward(self, condition: Condition | None, run: Callable[[], T]) -> T:
        """`run()` under `condition`: the door for wrappers that synchronise gradients at forward (DDP)."""
        with self.condition(condition):
            return run()

    # What training watches

    @property
    def gated_layers(self) -> list[GatedBoxAttention]:
        return [cast(GatedBoxAttention, layer) for layer in self.layers]

    def gate_norms(self) -> dict[str, float]:
        """By block: root mean square of the output projection (times the scalar gate). 0: no control yet."""
        paths = [block.path for block in self.address.blocks]
        return {path: float(layer.gate_norm()) for path, layer in zip(paths, self.gated_layers, strict=True)}

    def last_delta(self) -> dict[str, float]:
        """By block: |delta| / |v| in the last call made while `record` was True; {} if there was none."""
        if self._attachment is None:
            return {}
        paths = [block.path for block in self.address.blocks]
        pairs = [pair for hooks in self._attachment.hooks for pair in zip(paths, hooks.blocks, strict=True)]
        return {path: float(hooks.ratio) for path, hooks in pairs if hooks.ratio is not None}


@torch.no_grad()
def initialise(adapter: BoxAdapter, generator: torch.Generator | None = None) -> None:
    """Every weight of an adapter, in one place.

    | part                                   | start                                                       |
    |----------------------------------------|-------------------------------------------------------------|
    | Linear weights, biases                 | normal, std 1/sqrt(inputs); 0                               |
    | ... behind a SiLU                      | times 1.677: tokens have size 1 and vary with the box       |
    | null token                             | normal, std 1, the size of the others                       |
    | phases                                 | normal, std 0.5; 0 where a latent frame is one video frame  |
    | LayerNorm                              | 1, 0                                                        |
    | output projection, or gamma            | 0: the base bit for bit                                     |
    | coverage bias                          | 5 on this frame's boxes in even heads, on frame 0's in odd  |
    """
    for name, module in adapter.named_modules():
        if isinstance(module, nn.Linear):
            behind_silu = name.endswith(".place.2") or (
                name.startswith("tokens.mlp.") and name != "tokens.mlp.0"
            )
            std = (SILU_GAIN if behind_silu else 1.0) / math.sqrt(module.in_features)
            nn.init.normal_(module.weight, std=std, generator=generator)
            nn.init.zeros_(module.bias)
    nn.init.normal_(adapter.tokens.null, generator=generator)
    phases: Tensor | None = adapter.phases
    if phases is not None:
        nn.init.normal_(phases, std=0.5 if len(phases) > 1 else 0.0, generator=generator)
    for layer in adapter.gated_layers:
        if layer.gamma is None:
            nn.init.zeros_(layer.output.weight)
        else:
            nn.init.zeros_(layer.gamma)
        if layer.coverage is not None:
            layer.coverage.zero_()
            layer.coverage[0::2, 0] = COVERAGE
            layer.coverage[1::2, 1] = COVERAGE
