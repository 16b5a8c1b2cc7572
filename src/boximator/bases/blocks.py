"""A block of a base, as an address wants it: its path, its width and its heads, read from its self-attention."""

from __future__ import annotations

from torch import nn

from boximator.control.address import BlockAddress


def block_address(block: nn.Module, *, path: str, attention: str = "attn1") -> BlockAddress:
    """The address of one block. `attention` is its self-attention, which has a `to_q` and says its `heads`."""
    module = block.get_submodule(attention)
    width, heads = module.get_submodule("to_q").in_features, module.heads
    assert isinstance(width, int), "a Linear says how wide it is"
    assert isinstance(heads, int), "an attention says how many heads it has"
    return BlockAddress(path=path, width=width, heads=heads)


def chain(
    owner: nn.Module, *, at: str = "transformer_blocks", attention: str = "attn1", prefix: str = ""
) -> tuple[BlockAddress, ...]:
    """Every block of a transformer, in order: the children of its list of modules called `at`."""
    listed = owner.get_submodule(at).named_children()
    return tuple(
        block_address(block, path=f"{prefix}{at}.{name}", attention=attention) for name, block in listed
    )
