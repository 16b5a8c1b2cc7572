"""Every format there is: what reads and writes it, what it keeps. One list for command line and docs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boximator.formats import (
    ati,
    coco_vid,
    cvat,
    kjnodes,
    label_studio,
    magicmotion,
    mot,
    own,
    scalabel,
    sg_i2v,
    ttm,
    vace,
    wan_move,
)
from boximator.formats.features import EVERYTHING, FEATURES
from boximator.formats.source import Read, Source
from boximator.formats.target import Target, Written
from boximator.scene.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format.

    Attributes:
        name: what `--from` and `--to` call it.
        title: what people call it.
        form: "a folder", or how its file's name ends.
        keeps: the features of a scene that come through when it is written (and read again, if it can be read).
        read_loses: what other files in this format may hold that a scene does not, in words.
        keyframed: it knows keyframes, so that boxes between them are not written.
    """

    name: str
    title: str
    form: str
    write: Callable[[Target], Written]
    read: Callable[[Source], Read] | None = None
    keeps: frozenset[str] = frozenset()
    read_loses: str = ""
    keyframed: bool = False

    @property
    def is_folder(self) -> bool:
        return self.form == "a folder"

    @property
    def loses(self) -> tuple[str, ...]:
        """The features that do not come through when a scene is written."""
        return tuple(name for name in FEATURES if name not in self.keeps)


BOXES = frozenset({"labels", "size changes", "outside", "spans"})

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (
        Format(
            name="scene",
            title="boximator's scene",
            form=".json",
            read=own.read,
            write=own.write,
            keeps=EVERYTHING,
            read_loses="nothing",
            keyframed=True,
        ),
        Format(
            name="cvat",
            title="CVAT for video 1.1",
            form=".xml",
            read=cvat.read,
            write=cvat.write,
            keeps=BOXES | {"keyframes", "soft"},
            read_loses="shapes other than boxes, rotation, occlusion, attributes other than `hard`, absence "
            "between two boxes",
            keyframed=True,
        ),
        Format(
            name="label-studio",
            title="Label Studio video",
            form=".json",
            read=label_studio.read,
            write=label_studio.write,
            keeps=BOXES | {"keyframes", "fps"},
            read_loses="rotation, all labels but the first, the picture's size (it is not in the file), absence "
            "between two boxes, tasks after the first",
            keyframed=True,
        ),
        Format(
            name="mot",
            title="MOTChallenge",
            form="a folder",
            read=mot.read,
            write=mot.write,
            keeps=BOXES | {"fps"},
            read_loses="confidence, visibility, boxes of confidence 0, absence between two boxes",
        ),
        Format(
            name="coco-vid",
            title="COCO-VID (MMTracking)",
            form=".json",
            read=coco_vid.read,
            write=coco_vid.write_coco_vid,
            keeps=BOXES,
            read_loses="masks, file names, videos after the first, absence between two boxes",
        ),
        Format(
            name="tao",
            title="TAO",
            form=".json",
            read=coco_vid.read,
            write=coco_vid.write_tao,
            keeps=BOXES,
            read_loses="masks, file names, videos after the first, absence between two boxes",
        ),
        Format(
            name="scalabel",
            title="Scalabel, BDD100K",
            form=".json",
            read=scalabel.read,
            write=scalabel.write,
            keeps=BOXES,
            read_loses="shapes other than boxes, attributes, scores, `manualShape`, videos after the first, "
            "absence between two boxes",
        ),
        Format(
            name="sg-i2v",
            title="SG-I2V",
            form="a folder",
            read=sg_i2v.read,
            write=sg_i2v.write,
            keeps=frozenset({"picture", "outside"}),
            read_loses="nothing",
        ),
        Format(
            name="vace",
            title="VACE layout video",
            form=".mp4",
            write=vace.write,
            keeps=frozenset({"fps", "size changes", "spans"}),
        ),
        Format(
            name="ttm",
            title="Time-to-Move (TTM)",
            form="a folder",
            write=ttm.write,
            keeps=frozenset({"prompt", "picture", "fps", "size changes", "spans"}),
        ),
        Format(
            name="wan-move",
            title="Wan-Move tracks",
            form="a folder",
            write=wan_move.write,
            keeps=frozenset({"prompt", "picture", "size changes", "outside", "spans"}),
        ),
        Format(
            name="ati",
            title="ATI tracks",
            form=".pth",
            write=ati.write,
            keeps=frozenset({"size changes", "outside", "spans"}),
        ),
        Format(
            name="kjnodes",
            title="KJNodes splines, ComfyUI track_coords",
            form=".json",
            write=kjnodes.write,
            keeps=frozenset({"outside"}),
        ),
        Format(
            name="magicmotion",
            title="MagicMotion box video",
            form=".mp4",
            write=magicmotion.write,
            keeps=frozenset({"size changes", "spans"}),
        ),
    )
}


def format_named(name: str, *, reading: bool) -> Format:
    """The format of this name.

    Raises:
        Problem: there is none, or it cannot be read.
    """
    found = FORMATS.get(name.lower())
    names = ", ".join(one.name for one in FORMATS.values() if one.read is not None or not reading)
    if found is None:
        raise Problem(given=f"There is no format {name}", wanted=f"One of {names}", fix="Choose one of those")
    if reading and found.read is None:
        raise Problem(
            given=f"{found.title} can be written, not read: no box can be had from it",
            wanted=f"One of {names}",
            fix="Start from a file in one of those",
        )
    return found


def table() -> str:
    """The formats as a table in Markdown, for docs/formats.md (a test compares)."""
    lines = [
        "| `--from`, `--to` | format | file | read | lost when read | lost when written |",
        "|---|---|---|---|---|---|",
    ]
    for one in FORMATS.values():
        reads = "yes" if one.read is not None else "no"
        cells = (
            f"`{one.name}`",
            one.title,
            one.form,
            reads,
            one.read_loses or "-",
            ", ".join(one.loses) or "nothing",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
