"""What is in one picture: for click-to-box in an editor, and for whoever wants boxes without a dataset.

    finder = Finder.default()                      # once: reads the fetched weights (0.3 s)
    for thing in finder.things(picture):           # uint8 (rows, columns, 3), RGB; about 0.1 s on one core
        print(thing.label, thing.score, thing.box) # "dog", 0.93, (x0, y0, x1, y1) in [0, 1]
    thing = finder.at(picture, point=(0.4, 0.6))   # the smallest thing there, or None

Weights are fetched once by `boximator data fetch-detector`; without them `Finder.default` raises a `Problem`
whose words say so. A `Finder` may be used by one thread at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from boximator.annotate.detection import Detection, Detector, Frame


@dataclass(frozen=True, eq=False)
class Finder:
    """Boxes with names in single pictures, by any `boximator.annotate.detection.Detector`."""

    detector: Detector

    @classmethod
    def default(cls, *, least: float = 0.3) -> Finder:
        """With SSDLite's 80 classes; ``least`` is the lowest score (0 to 1) that counts.

        Raises:
            Problem: its weights were not fetched.
        """
        from boximator.annotate.fetch import detector_folder
        from boximator.annotate.ssdlite import SsdLite

        return cls(SsdLite.load(detector_folder(), least=least))

    def things(self, picture: Frame) -> list[Detection]:
        """All that is found, best first."""
        return self.detector.detect([picture], wanted=None)[0]

    def at(self, picture: Frame, *, point: tuple[float, float]) -> Detection | None:
        """The smallest thing whose box holds a point (x, y in [0, 1]), or None."""
        x, y = point
        held = [
            thing
            for thing in self.things(picture)
            if thing.box[0] <= x <= thing.box[2] and thing.box[1] <= y <= thing.box[3]
        ]
        return min(held, key=_area, default=None)


def _area(thing: Detection) -> float:
    x0, y0, x1, y1 = thing.box
    return (x1 - x0) * (y1 - y0)
