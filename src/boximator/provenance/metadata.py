"""XMP in the file: the words of the IPTC for "made by a trained model", where other programs look for them.

MP4: a uuid box (XMP specification part 3). PNG: an iTXt chunk. GIF: an application extension. WebP: an XMP chunk.
The container's own comment says the same in a sentence: players show it, and it outlives a remux by FFmpeg.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import boximator
from boximator.scene.atomic import appearing

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SOURCE = re.compile(rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/(\w+)")
TOOL = re.compile(rb"CreatorTool(?:>|=[\"'])([^<\"']*)")
MARKS = re.compile(rb"boximator:marks(?:>|=[\"'])([^<\"']*)")
COMMENT = (
    f"AI-generated with boximator {boximator.__version__} (IPTC digital source type trainedAlgorithmicMedia)"
)
COMMENTED = re.compile(rb"AI-generated with (boximator [^ ()]{1,20}) \(IPTC digital source type (\w+)\)")
MP4_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
GIF_HEAD = b"\x21\xff\x0bXMP DataXMP"
GIF_TAIL = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
"""The "magic trailer": wherever a GIF reader jumps into the packet, it lands on the end of the extension."""
PNG_HEAD = b"XML:com.adobe.xmp\0\0\0\0\0"
PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:boximator="https://boximator.invalid/xmp/1/">
<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>
<Iptc4xmpExt:AISystemUsed>boximator, base {base}</Iptc4xmpExt:AISystemUsed>
<Iptc4xmpExt:AISystemVersionUsed>{version}</Iptc4xmpExt:AISystemVersionUsed>{prompt}
<xmp:CreatorTool>boximator {version}</xmp:CreatorTool>
<boximator:marks>{marks}</boximator:marks>
<dc:description><rdf:Alt>
<rdf:li xml:lang="x-default">AI-generated video, made with boximator.</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True)
class Metadata:
    """What XMP or the comment of a file say; ``made_by_ai``: its source type is one of a trained model.

    ``comment``: the container's comment is one of ours.
    """

    found: bool
    source_type: str | None = None
    tool: str | None = None
    marks: str | None = None
    made_by_ai: bool = False
    comment: bool = False

    @property
    def ours(self) -> bool:
        """Whether they say that boximator made the file."""
        return self.comment or (self.found and (self.tool or "").startswith("boximator "))


def packet(*, base: str, marks: str, prompt: str | None) -> bytes:
    """The XMP packet of a generation."""
    said = (
        f"\n<Iptc4xmpExt:AIPromptInformation>{escape(prompt)}</Iptc4xmpExt:AIPromptInformation>"
        if prompt
        else ""
    )
    text = PACKET.format(
        source=SOURCE_TYPE, base=escape(base), version=boximator.__version__, marks=escape(marks), prompt=said
    )
    return text.encode()


def write_metadata(path: Path, xmp: bytes) -> None:
    """Put a packet into an MP4, PNG, GIF or WebP file."""
    put = {".mp4": _into_mp4, ".png": _into_png, ".gif": _into_gif, ".webp": _into_webp}[path.suffix.lower()]
    content = put(path.read_bytes(), xmp)
    with appearing(path) as partial:
        partial.write_bytes(content)


def read_metadata(content: bytes) -> Metadata:
    """The XMP packet of any file, found by its own marks whatever holds it; and our comment, found by its words."""
    begin, end = content.find(b"<x:xmpmeta"), content.find(b"</x:xmpmeta>")
    xmp = content[begin:end] if 0 <= begin < end else b""
    source, tool, marks = (pattern.search(xmp) for pattern in (SOURCE, TOOL, MARKS))
    comment = COMMENTED.search(content)
    kind = _word(source) or (comment.group(2).decode() if comment else None)
    return Metadata(
        found=kind is not None,
        source_type=kind,
        tool=_word(tool) or _word(comment),
        marks=_word(marks),
        made_by_ai=kind is not None and "trainedalgorithmic" in kind.lower(),
        comment=comment is not None,
    )


def _word(found: re.Match[bytes] | None) -> str | None:
    return found.group(1).decode(errors="replace") if found else None


def _into_mp4(content: bytes, xmp: bytes) -> bytes:
    return content + struct.pack(">I", 24 + len(xmp)) + b"uuid" + MP4_UUID + xmp


def _into_png(content: bytes, xmp: bytes) -> bytes:
    chunk = b"iTXt" + PNG_HEAD + xmp
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:33] + whole + content[33:]  # after the signature (8) and IHDR (25)


def _into_gif(content: bytes, xmp: bytes) -> bytes:
    """Before the trailer, the last byte; version 89a, which knows extensions."""
    return b"GIF89a" + content[6:-1] + GIF_HEAD + xmp + GIF_TAIL + content[-1:]


def _into_webp(content: bytes, xmp: bytes) -> bytes:
    """An extended file (VP8X) has a bit that says there is XMP; a simple one becomes an extended one."""
    body = content[12:]
    if body[:4] != b"VP8X":
        width, height = _webp_size(body)
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        alpha = 0x10 if body[:4] == b"VP8L" else 0
        body = b"VP8X" + struct.pack("<I", 10) + bytes([alpha, 0, 0, 0]) + size + body
    body = body[:8] + bytes([body[8] | 0x04]) + body[9:]
    chunk = b"XMP " + struct.pack("<I", len(xmp)) + xmp + b"\0" * (len(xmp) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(body) + len(chunk)) + b"WEBP" + body + chunk


def _webp_size(body: bytes) -> tuple[int, int]:
    """Width and height of a simple WebP file, lossy (VP8) or lossless (VP8L)."""
    if body[:4] == b"VP8L":
        bits = int.from_bytes(body[9:13], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", body[14:18])
    return width & 0x3FFF, height & 0x3FFF
