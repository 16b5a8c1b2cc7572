"""The hooks of one adapter on one base: read v at its first consumer after self-attention, add delta at
the last module before cross-attention's result joins the residual stream."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from einops import rearrange
from torch import Tensor, nn

from boximator.control.active import Call
from boximator.control.address import Address, BlockAddress
from boximator.control.attention import GatedBoxAttention, KeysValues, places
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle

    from boximator.control.adapter import BoxAdapter


class _NeverCopied:
    """A hook belongs to one module: a copy of the module would carry it, still bound to the original."""

    def __deepcopy__(self, memo: dict[int, Any]) -> None:
        raise Problem(
            given="A base with a box adapter attached was to be deep-copied",
            wanted="A base without hooks of ours",
            fix="Detach the adapter first (adapter.detach()), then copy; attach again afterwards",
        )


class BlockHooks(_NeverCopied):
    """One gated layer at its block.

    The state of the current call stays in here until the next call: gradient checkpointing runs these hooks
    again during backward. With checkpointing, therefore, no second forward before the first one's backward.
    """

    def __init__(self, layer: GatedBoxAttention, address: Address) -> None:
        self.layer = layer
        self.address = address
        self.control: KeysValues | None = None
        self.place: Tensor | None = None
        self.grid: tuple[int, int] = (1, 1)
        self.scale = 1.0
        self.record = False
        self.ratio: Tensor | None = None
        self._delta: Tensor | None = None

    def read(self, module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Forward pre-hook: compute delta from v, pass v + delta on, remember delta."""
        index = self.address.read.index or 0
        visual: Tensor = args[index]
        delta = self._delta_for(visual).to(visual.dtype)
        self._delta = delta
        return (*args[:index], visual + delta, *args[index + 1 :])

    def also(self, index: int) -> Callable[[nn.Module, tuple[Any, ...]], tuple[Any, ...]]:
        """A forward pre-hook that lets one more consumer of v see v + delta."""

        def show(module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
            assert self._delta is not None, "it runs after the read port"
            return (*args[:index], args[index] + self._delta.to(args[index].dtype), *args[index + 1 :])

        return show

    def write(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> Any:
        """Forward hook: add the remembered delta, which so reaches the residual stream."""
        delta, self._delta = self._delta, None
        if delta is None:  # caches may skip the block's inside and still pass here
            return output
        index = self.address.write.index
        if index is None:
            return output + delta.to(output.dtype)
        changed = output[index] + delta.to(output[index].dtype)
        return (*output[:index], changed, *output[index + 1 :])

    def _delta_for(self, visual: Tensor) -> Tensor:
        control = self.control
        assert control is not None, "the denoiser's own hook runs before those of its blocks"
        x = visual.to(self.layer.query.weight.dtype)
        if self.address.layout == "frames_in_batch":
            delta = self.layer(x, _last_rows(control, len(x)), self.place, level(self.grid, x.shape[1]))
        else:
            assert self.place is not None, "the denoiser's own hook has said where the tokens lie"
            tokens = len(self.place)
            assert x.shape[1] % tokens == 0, "the sequence is made of whole latent frames"
            frames = x.shape[1] // tokens
            rows = rearrange(
                x, "batch (frames tokens) channels -> (batch frames) tokens channels", frames=frames
            )
            delta = self.layer(rows, _last_rows(control, len(rows)), self.place, self.grid)
            delta = rearrange(
                delta, "(batch frames) tokens channels -> batch (frames tokens) channels", frames=frames
            )
        if self.record:
            self.ratio = (delta.detach().float().norm() / x.detach().float().norm()) * self.scale
        return delta * self.scale


class DenoiserHooks(_NeverCopied):
    """All hooks on one denoiser. Made, they are in place; `remove` leaves the module as it was."""

    def __init__(self, adapter: BoxAdapter, denoiser: nn.Module) -> None:
        self.adapter = adapter
        self.denoiser = denoiser
        self.blocks = [BlockHooks(layer, adapter.address) for layer in adapter.gated_layers]
        self.branch: str | None = None
        self._timestep: object = None
        self._handles: list[RemovableHandle] = [
            denoiser.register_forward_pre_hook(self.begin, with_kwargs=True)
        ]
        for hooks, block in zip(self.blocks, adapter.address.blocks, strict=True):
            self._handles += _hook_block(hooks, denoiser, block)
        self._shadowing = vars(denoiser).get("cache_context")
        if hasattr(denoiser, "cache_context"):
            self._follow_branches(denoiser.cache_context)

    def begin(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Forward pre-hook of the denoiser: hand every block the keys and values of this call."""
        adapter, grid = self.adapter, self.adapter.address.grid
        sample: Tensor = kwargs[grid.argument] if grid.argument in kwargs else args[0]
        refuse_skipping(module, adapter.address)
        latents, rows, columns = grid.sizes(sample, kwargs)
        if adapter.device != sample.device:
            nn.Module.to(adapter, sample.device)
        active = adapter.active
        branch = self.unnamed_branch(kwargs.get("timestep")) if self.branch is None else self.branch
        call = Call(batch=sample.shape[0], latents=latents, grid=(rows, columns), branch=branch)
        place = None
        if adapter.address.layout == "frames_in_tokens":
            place = places(rows, columns, device=sample.device)
        for hooks, control in zip(self.blocks, active.keys_values(adapter, call), strict=True):
            hooks.control, hooks.place, hooks.grid = control, place, (rows, columns)
            hooks.scale, hooks.record = active.scale, adapter.record

    def release(self) -> None:
        """Let go of tensors that no backward pass will ask for."""
        for hooks in self.blocks:
            if hooks.control is not None and not hooks.control.keys.requires_grad:
                hooks.control = None

    def remove(self) -> None:
        """Take every hook off."""
        for handle in self._handles:
            handle.remove()
        vars(self.denoiser).pop("cache_context", None)
        if self._shadowing is not None:
            vars(self.denoiser)["cache_context"] = self._shadowing

    def unnamed_branch(self, timestep: object) -> str | None:
        """The branch, where a pipeline calls twice with one timestep and says nothing (`Address.repeats`)."""
        if not self.adapter.address.repeats or torch.is_grad_enabled():
            return None
        again = isinstance(timestep, Tensor) and timestep is self._timestep
        self._timestep = timestep
        return "uncond" if again else None

    def _follow_branches(self, plain: Any) -> None:
        """Pipelines that call the denoiser once per branch of guidance say which, by `cache_context`."""

        @contextmanager
        def followed(name: str, **fields: Any) -> Generator[None]:
            before, self.branch = self.branch, name
            try:
                with plain(name, **fields):
                    yield
            finally:
                self.branch = before

        vars(self.denoiser)["cache_context"] = followed


class Attachment(AbstractContextManager["Attachment"]):
    """An adapter on a base. A copy of the adapter (a running average, say) is attached to nothing.

    Raises:
        Problem: a denoiser is compiled, split over devices, taken, or not the one the adapter is for.
    """

    def __init__(self, adapter: BoxAdapter, base: object) -> None:
        denoisers = adapter.address.denoisers_of(base)
        for denoiser in denoisers:
            refuse_unfit(denoiser)
            adapter.address.check(denoiser)
        self.hooks = [DenoiserHooks(adapter, denoiser) for denoiser in denoisers]
        self._adapter = adapter

    def remove(self) -> None:
        """Detach. The base is bit for bit what it was."""
        self._adapter.detach()

    def __exit__(self, *error: object) -> None:
        self.remove()

    def __deepcopy__(self, memo: dict[int, Any]) -> None:
        return None


def refuse_unfit(denoiser: nn.Module) -> None:
    """Raise a Problem if hooks on `denoiser` would be ignored, would see a slice, or are there already."""
    name = type(denoiser).__name__
    for part in denoiser.modules():
        if hasattr(part, "_orig_mod") or getattr(part, "_compiled_call_impl", None) is not None:
            raise Problem(
                given=f"The base's {name} is already compiled, and hooks added now would be silently ignored",
                wanted="A base that is compiled after the adapter is attached",
                fix="Load the base again, attach the adapter, then compile",
            )
    parallel = getattr(denoiser, "_parallel_config", None)
    if parallel is not None and getattr(parallel, "context_parallel_config", None) is not None:
        raise Problem(
            given=f"The base's {name} splits its tokens over devices (context parallelism)",
            wanted="Every call sees the tokens of whole frames",
            fix="Load the base without context parallelism, or spread videos over devices instead",
        )
    hooks = vars(denoiser)["_forward_pre_hooks"].values()
    if any(isinstance(getattr(hook, "__self__", None), DenoiserHooks) for hook in hooks):
        raise Problem(
            given=f"The base's {name} already has a box adapter attached",
            wanted="One adapter on a base at a time",
            fix="Detach the other one first (adapter.detach(), or leave its `with` block)",
        )


SKIPPING = ("FirstBlockCacheConfig", "MagCacheConfig", "SeaCacheConfig")
"""diffusers' caches that leave out whole blocks. Those that leave out attention only run our hooks as ever."""


def refuse_skipping(denoiser: nn.Module, address: Address) -> None:
    """Raise a Problem if a cache leaves out blocks at whose output the adapter would add what it has not computed.

    Where delta is added inside a block it is part of what the cache keeps, as good as the rest of the block.
    """
    cache = type(getattr(denoiser, "_cache_config", None)).__name__
    if cache in SKIPPING and address.write.module == "":
        raise Problem(
            given=f"{cache.removesuffix('Config')} is on, which leaves out whole blocks of {address.family}",
            wanted="Blocks that all run, since boxes come in at their end",
            fix="Turn it off (denoiser.disable_cache()), or use PyramidAttentionBroadcast or FasterCache",
        )


def _hook_block(hooks: BlockHooks, denoiser: nn.Module, block: BlockAddress) -> list[RemovableHandle]:
    module = denoiser.get_submodule(block.path)
    first = module.get_submodule(hooks.address.read.module)
    last = module.get_submodule(hooks.address.write.module)
    handles = [first.register_forward_pre_hook(hooks.read), last.register_forward_hook(hooks.write)]
    for port in hooks.address.also:
        consumer = module.get_submodule(port.module)
        handles.append(consumer.register_forward_pre_hook(hooks.also(port.index or 0)))
    return handles


def level(grid: tuple[int, int], tokens: int) -> tuple[int, int]:
    """Rows and columns of a U-Net's level with so many tokens; each level halves the one before, rounded up."""
    rows, columns = grid
    while rows * columns > tokens:
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
    return rows, columns


def _last_rows(control: KeysValues, rows: int) -> KeysValues:
    """The control of the rows that arrived: all, or the conditional half (FasterCache drops the other)."""
    known = len(control.keys)
    assert rows in (known, known // 2), f"{rows} rows of tokens arrived where {known} were announced"
    if rows == known:
        return control
    bias = None if control.bias is None else control.bias[-rows:]
    return control._replace(keys=control.keys[-rows:], values=control.values[-rows:], bias=bias)
