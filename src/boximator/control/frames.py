"""Which video frames' boxes each latent frame attends to: pure data, so that it is saved with an adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FrameKind = Literal["one_to_one", "causal", "packed", "grouped"]


@dataclass(frozen=True, kw_only=True)
class FrameMap:
    """The rule from latent frames to video frames. Where one latent frame holds several video frames, it
    attends to the control tokens of all of them, each marked with a learned embedding of its place in them.

    * one_to_one: latent k is video frame k.
    * causal (ratio r): latent 0 is frame 0, latent k is frames r(k-1)+1 .. rk. Frame 0 stands r times in its
      group, so that every group has the same length.
    * packed (ratio r): latent k is frames rk+1 .. r(k+1); frame 0 is given and in no latent frame.
    * grouped (ratio r): latent k is frames rk .. rk+r-1.

    With `reference`, every control token also carries its object's box in frame 0. Where the base's state is
    kept in the first picture's coordinates, a token then says whose pixels it moves, and where to.

    With `joined`, the tokens that one object has in a latent frame become one token (a Linear over all of them,
    in order). Attention returns averages: of five tokens that differ only by their place in the group it keeps
    apart no more than it has heads for, of one token that tells all five it keeps everything.
    """

    kind: FrameKind = "one_to_one"
    ratio: int = 1
    reference: bool = False
    joined: bool = False

    @property
    def group(self) -> int:
        """How many video frames' tokens each latent frame attends to."""
        return self.ratio

    def video_frames(self, latents: int) -> int:
        """How many video frames `latents` latent frames stand for."""
        if self.kind == "one_to_one":
            return latents
        if self.kind == "grouped":
            return self.ratio * latents
        return 1 + self.ratio * (latents - 1 if self.kind == "causal" else latents)

    def fits(self, frames: int) -> bool:
        """Whether `frames` video frames are a whole number of latent frames."""
        return frames >= self.smallest and (frames - self.smallest) % self.ratio == 0

    @property
    def smallest(self) -> int:
        """The fewest video frames: those of one latent frame."""
        return self.video_frames(1)

    def frames_of(self, latent: int) -> tuple[int, ...]:
        """The video frames that latent frame `latent` attends to; the place in the tuple is the phase."""
        if self.kind == "one_to_one":
            held = (latent,)
        elif self.kind == "grouped":
            held = tuple(range(self.ratio * latent, self.ratio * (latent + 1)))
        elif self.kind == "packed":
            held = tuple(range(self.ratio * latent + 1, self.ratio * (latent + 1) + 1))
        elif latent == 0:
            held = (0,) * self.ratio
        else:
            held = tuple(range(self.ratio * (latent - 1) + 1, self.ratio * latent + 1))
        return held

    def table(self, latents: int) -> tuple[tuple[int, ...], ...]:
        """`frames_of` for each of `latents` latent frames."""
        return tuple(self.frames_of(latent) for latent in range(latents))
