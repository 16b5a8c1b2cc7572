"""The three trained parts of `pocket` as one thing: built, run, saved and loaded together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import WanTransformer3DModel
from jaxtyping import Float
from torch import Tensor, nn

from boximator.pocket.layout import PACK, PATCH, STATE_CHANNELS
from boximator.pocket.modules import COORDINATES, LAST, PictureEncoder, StateRefiner
from boximator.pocket.text import WIDTH
from boximator.scene.problem import Problem

PARTS = ("picture_encoder", "transformer", "refiner")


@dataclass(frozen=True)
class PocketSize:
    """The numbers of one size of `pocket`."""

    width: int = 256
    heads: int = 8
    layers: int = 8
    feed_forward: int = 768
    picture: int = 48
    spare: int = 16


class PocketBase(nn.Module):
    """First picture, text, noisy state and time -> clean state. The transformer is Wan's, from diffusers."""

    def __init__(
        self, picture_encoder: PictureEncoder, transformer: WanTransformer3DModel, refiner: StateRefiner
    ) -> None:
        super().__init__()
        self.picture_encoder = picture_encoder
        self.transformer = transformer
        self.refiner = refiner

    def features(
        self, picture: Float[Tensor, "batch 3 height width"], *, last: Float[Tensor, "batch 4 rows columns"]
    ) -> Float[Tensor, "batch channels rows columns"]:
        """What does not change over the denoising steps: computed once per generation."""
        return self.picture_encoder(picture, last)

    def forward(
        self,
        state: Float[Tensor, "batch channels latent rows columns"],
        *,
        times: Float[Tensor, " batch"],
        features: Float[Tensor, "batch channels rows columns"],
        text: Float[Tensor, "batch tokens text_width"],
    ) -> Float[Tensor, "batch channels latent rows columns"]:
        """The predicted clean state; ``times`` in (0, 1], 1 = noise."""
        latent = state.shape[2]
        beside = features[:, :, None].expand(-1, -1, latent, -1, -1)
        answer = self.transformer(
            hidden_states=torch.cat([state, beside], dim=1),
            timestep=1000 * times,
            encoder_hidden_states=text,
            return_dict=False,
        )[0]
        return self.refiner(answer, state, features, times)


def build(size: PocketSize, *, channels: int = STATE_CHANNELS * PACK) -> PocketBase:
    """A new base with random weights (torch's global generator decides which) for a state of ``channels``."""
    encoder = PictureEncoder(width=size.picture)
    transformer = WanTransformer3DModel(
        patch_size=(1, PATCH, PATCH),
        num_attention_heads=size.heads,
        attention_head_dim=size.width // size.heads,
        in_channels=channels + size.picture + COORDINATES + LAST,
        out_channels=channels + size.spare,
        text_dim=WIDTH,
        freq_dim=128,
        ffn_dim=size.feed_forward,
        num_layers=size.layers,
        cross_attn_norm=True,
        rope_max_seq_len=64,
    )
    refiner = StateRefiner(spare=size.spare, picture=encoder.out_channels, channels=channels)
    return PocketBase(encoder, transformer, refiner)


def save(base: PocketBase, *, folder: Path) -> None:
    """Write diffusers' folder layout: one subfolder a part, each config.json + safetensors."""
    for part in PARTS:
        getattr(base, part).save_pretrained(folder / part)
        forget_origin(folder / part)


def forget_origin(folder: Path) -> None:
    """Take out of a saved part's config.json where on this machine it was loaded from."""
    path = folder / "config.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content.pop("_name_or_path", None)
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def load(folder: Path) -> PocketBase:
    """Read what `save` wrote.

    Raises:
        Problem: parts of it are not there.
    """
    for part in (folder / name for name in PARTS):
        if not (part / "config.json").is_file():
            raise Problem(
                given=f"There are no weights in {part}",
                wanted=f"A folder with {', '.join(PARTS)}",
                fix="Name such a folder, or train one: boximator train pocket-base",
            )
    return PocketBase(
        PictureEncoder.from_pretrained(folder / "picture_encoder"),
        WanTransformer3DModel.from_pretrained(folder / "transformer"),
        StateRefiner.from_pretrained(folder / "refiner"),
    )
