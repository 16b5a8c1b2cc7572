"""What was shown of every family, as a table (two minutes):

    PYTHONPATH=tests/bases python tests/bases/proofs.py > docs/proofs.md

Every cell is run when the table is made, on a tiny random pipeline. What the base cannot do by itself is tried without
an adapter, and told in its own words.
"""

from __future__ import annotations

# pyright: reportCallIssue=false
# (what diffusers declares is narrower, or wider, than what it takes and gives)
import sys
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import accelerate
import diffusers
import torch
from diffusers import FirstBlockCacheConfig
from peft import LoraConfig
from test_beside import boxed, fast_cache, pyramid, train_lora
from tiny_base import TinyBase, condition, fresh, trained
from tiny_bases import BASES
from torch import Tensor, nn

from boximator.scene.problem import Problem

FAMILIES = (
    *("svd", "unet3d", "i2vgenxl", "animatediff", "latte", "cogvideox-5b", "ltx", "wan2.1-t2v"),
    *("skyreels", "hunyuanvideo", "hunyuanvideo15", "mochi", "allegro", "cosmos"),
)
Check = Callable[[TinyBase], None]
Make = Callable[[], TinyBase]


class BaseCannotError(Exception):
    """The base by itself cannot do it."""


def _first(base: TinyBase, *, seed: int = 0) -> Tensor:
    adapter = trained(base)
    with adapter.attached(base.pipe):
        return boxed(base, adapter, seed=seed)


def nothing_changes(base: TinyBase) -> None:
    plain = base.generate()
    adapter = fresh(base)
    with adapter.attached(base.pipe):
        assert torch.equal(boxed(base, adapter), plain)
    assert not torch.equal(_first(base), plain)
    assert torch.equal(base.generate(), plain)


def bfloat16(base: TinyBase) -> None:
    adapter = trained(base)
    nn.Module.to(adapter, torch.bfloat16)
    base.denoiser.to(torch.bfloat16)
    with adapter.attached(base.pipe), adapter.condition(condition(videos=1, frames=base.frames)):
        assert torch.isfinite(base.forward(1)).all()


def checkpointed(base: TinyBase) -> None:
    adapter, model = trained(base), _any(base.denoiser)
    base.denoiser.requires_grad_(False).train()

    def gradients() -> list[Tensor]:
        adapter.zero_grad()
        boxes = condition(videos=2, frames=base.frames)
        with adapter.attached(base.pipe), adapter.condition(boxes):
            base.forward(2).square().mean().backward()
        return [parameter.grad for parameter in adapter.parameters() if parameter.grad is not None]

    plain = gradients()
    _alone(model.enable_gradient_checkpointing)
    for left, right in zip(plain, gradients(), strict=True):
        torch.testing.assert_close(left, right)


def compiled(base: TinyBase) -> None:
    adapter, graphs = trained(base), list[object]()

    def backend(graph: torch.fx.GraphModule, inputs: list[Tensor]) -> Any:
        graphs.append(graph)
        return graph.forward

    def stepped(seed: int) -> Tensor:
        with adapter.condition(condition(videos=1, frames=base.frames, seed=seed)):
            base.forward(1)
            return base.forward(1)

    torch.compiler.reset()
    with adapter.attached(base.pipe), torch.no_grad():
        expected = [stepped(seed) for seed in (0, 1)]
        base.denoiser.compile(backend=backend, fullgraph=True)
        try:
            first, made, second = stepped(0), len(graphs), stepped(1)
        except Exception as error:
            adapter.detach()
            torch.compiler.reset()
            _alone(lambda: base.forward(1))
            raise AssertionError from error
    assert made == len(graphs) > 0
    torch.testing.assert_close([first, second], expected, atol=1e-4, rtol=1e-3)
    torch.compiler.reset()


def model_offload(base: TinyBase) -> None:
    """The pipeline's own call, with a CPU in the accelerator's place."""
    expected = _first(base)
    _any(base.pipe).enable_model_cpu_offload(device="cpu")
    assert hasattr(base.denoiser, "_hf_hook")
    assert torch.equal(_first(base), expected)


def layer_offload(base: TinyBase) -> None:
    """One call: with every weight on the meta device most pipelines no longer know where they run."""
    adapter, boxes = trained(base), condition(videos=1, frames=base.frames)
    with torch.no_grad():
        with adapter.attached(base.pipe), adapter.condition(boxes):
            expected = base.forward(1)
        accelerate.cpu_offload(base.denoiser, execution_device=torch.device("cpu"))
        _alone(lambda: base.forward(1))
        with adapter.attached(base.pipe), adapter.condition(boxes):
            assert torch.equal(base.forward(1), expected)


def lora(base: TinyBase) -> None:
    config = LoraConfig(r=2, target_modules=["to_q", "to_k", "to_v", "to_out.0"])
    adapter = trained(base)
    if not hasattr(base.denoiser, "add_adapter"):
        raise BaseCannotError("its class takes none")
    with adapter.attached(base.pipe):
        plain = boxed(base, adapter)
        _any(base.denoiser).add_adapter(config)
        torch.testing.assert_close(
            boxed(base, adapter), plain, atol=1e-5, rtol=1e-4
        )  # a fresh LoRA adds zeros
        train_lora(base.denoiser)
        after = boxed(base, adapter)
        assert not torch.equal(after, plain)
    with adapter.attached(base.pipe):
        assert torch.equal(boxed(base, adapter), after)


def _cache_of_attention(base: TinyBase, config: Callable[[], Any]) -> None:
    model, adapter = _any(base.denoiser), trained(base)
    if not hasattr(model, "enable_cache"):
        raise BaseCannotError("its class takes none")
    plain = base.generate()

    def tried() -> None:
        model.enable_cache(config())
        base.generate()

    _alone(tried)
    without = base.generate()
    with adapter.attached(base.pipe):
        first, second = boxed(base, adapter), boxed(base, adapter, seed=1)
        assert not torch.equal(first, second)
        assert torch.equal(boxed(base, adapter), first)
    assert torch.equal(base.generate(), without)
    model.disable_cache()
    assert torch.equal(base.generate(), plain)


def pyramid_attention(base: TinyBase) -> None:
    _cache_of_attention(base, pyramid)


def faster_cache(base: TinyBase) -> None:
    _cache_of_attention(base, fast_cache)


def first_block_cache(base: TinyBase) -> None:
    model, adapter = _any(base.denoiser), trained(base)
    if not hasattr(model, "enable_cache"):
        raise BaseCannotError("its class takes none")
    plain = _first(base)

    def tried() -> None:
        model.enable_cache(FirstBlockCacheConfig(threshold=0.0))  # it never finds a block to leave out
        base.generate()

    _alone(tried)
    with adapter.attached(base.pipe):
        assert torch.equal(boxed(base, adapter), plain)


def context_parallelism(base: TinyBase) -> None:
    vars(base.denoiser)["_parallel_config"] = SimpleNamespace(context_parallel_config=object())
    fresh(base).attach(base.pipe)


def compiled_before(base: TinyBase) -> None:
    base.denoiser.compile(backend="eager")
    fresh(base).attach(base.pipe)


CHECKS: dict[str, Check] = {
    "fresh and detached: the base, bit for bit": nothing_changes,
    "bfloat16": bfloat16,
    "gradient checkpointing": checkpointed,
    "torch.compile, one graph for all boxes": compiled,
    "attached after compiling": compiled_before,
    "enable_model_cpu_offload": model_offload,
    "layer by layer offload": layer_offload,
    "LoRA before or after": lora,
    "Pyramid Attention Broadcast": pyramid_attention,
    "FasterCache": faster_cache,
    "FirstBlockCache": first_block_cache,
    "context parallelism": context_parallelism,
}


def told(check: Check, make: Make, *, reasons: list[str]) -> str:
    """The cell: yes, refused, the number of a reason why the base itself cannot, or NO."""
    base = make()
    try:
        check(base)
    except BaseCannotError as error:
        reason = str(error)
        if reason not in reasons:
            reasons.append(reason)
        return f"({1 + reasons.index(reason)})"
    except Problem:
        return "refused"
    except Exception as error:
        sys.stderr.write(f"{check.__name__}: {error!r}\n")
        return "**NO**"
    return "yes"


def table() -> str:
    """Markdown: a row for each promise, then the reasons."""
    reasons: list[str] = []
    rows = [["", *FAMILIES], ["---"] * (1 + len(FAMILIES))]
    for words, check in CHECKS.items():
        rows.append([words, *(told(check, BASES[name], reasons=reasons) for name in FAMILIES)])
        sys.stderr.write(f"{words}\n")
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*lines, "", *(f"{number}. {reason}" for number, reason in enumerate(reasons, start=1))])


def _any(value: object) -> Any:
    return value


def _alone(run: Callable[[], object]) -> None:
    """What is run without boxes; its error is the base's own."""
    try:
        run()
    except Exception as error:
        words = " ".join(str(error).split())
        short = words.split(". ")[0][:140].replace("|", "/").replace("<", "").replace(">", "")
        raise BaseCannotError(f"{type(error).__name__}: {short}") from error


HEAD = f"""# What was shown of every family

On tiny random pipelines, on a CPU, with diffusers {diffusers.__version__}, by
`python tests/bases/proofs.py`, which wrote this page. *yes*: tried, and right; *refused*: with a sentence that says
what to do; a number: fails, or is not there, without an adapter as well, for the reason under the table.
`torch.compile` stands for tracing without a break, and the same graphs for other boxes (no generated kernels);
offloading for its hooks, with a CPU in the GPU's place.
"""

if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    sys.stdout.write(f"{HEAD}\n{table()}\n")
