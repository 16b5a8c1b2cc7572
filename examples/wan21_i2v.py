"""Wan 2.1 I2V 14B: a photograph becomes a video in which things move as the scene says.

    python examples/wan21_i2v.py examples/demo.json --adapter FOLDER -o video.mp4

FOLDER holds a box adapter trained for this base (docs/bring-your-base.md). Without one the control module is fresh
and changes nothing. On a GPU the parts of the pipeline are loaded one after the other (model offloading).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, WanImageToVideoPipeline
from PIL import Image

from boximator.bases.defaults import new_adapter
from boximator.bases.fit import fitted, shaped_like
from boximator.control.adapter import BoxAdapter
from boximator.provenance.ledger import of_recipe
from boximator.provenance.marks import write_marked
from boximator.scene.wire import read_scene
from boximator.video.picture import scene_picture

BASE = "Wan-AI/Wan2.1-I2V-14B-480P-Diffusers"
AREA = 480 * 832
"""Pixels of a frame, in the shape of the picture."""


def main(arguments: Sequence[str] | None = None) -> None:
    told = argparse.ArgumentParser()
    told.add_argument("scene", type=Path)
    told.add_argument("--base", default=BASE, help="a hub id, or a folder")
    told.add_argument("--adapter", type=Path)
    told.add_argument("--size", type=int, nargs=2, metavar=("HEIGHT", "WIDTH"))
    told.add_argument("--steps", type=int, default=50)
    told.add_argument("-o", "--output", type=Path, default=Path("video.mp4"))
    ask = told.parse_args(arguments)
    gpu = torch.cuda.is_available()
    autoencoder = AutoencoderKLWan.from_pretrained(ask.base, subfolder="vae", torch_dtype=torch.float32)
    pipe = WanImageToVideoPipeline.from_pretrained(
        ask.base, vae=autoencoder, torch_dtype=torch.bfloat16 if gpu else torch.float32
    )
    if gpu:
        pipe.enable_model_cpu_offload()

    scene = read_scene(ask.scene)
    assert scene.picture is not None, "this base animates a picture"
    picture = scene_picture(ask.scene, scene.picture).pixels
    made = fitted(scene, pipe, size=ask.size or shaped_like(picture.shape, area=AREA))
    for note in made.notes:
        print(note, file=sys.stderr)
    image = Image.fromarray(picture).resize((made.width, made.height))

    adapter = BoxAdapter.from_pretrained(ask.adapter) if ask.adapter else new_adapter(pipe)
    with adapter.attached(pipe), adapter.boxes(made.scene):
        frames = pipe(
            image,
            prompt=scene.prompt,
            height=made.height,
            width=made.width,
            num_frames=made.scene.frames,
            num_inference_steps=ask.steps,
            generator=torch.Generator().manual_seed(scene.seed),
            output_type="np",
        ).frames[0]
    about = of_recipe(
        scene, base=ask.base, method="boxes", steps=ask.steps, scene_file=ask.scene, adapter=ask.adapter
    )
    write_marked((frames * 255).round().astype("uint8"), ask.output, fps=scene.fps, about=about)


if __name__ == "__main__":
    main()
