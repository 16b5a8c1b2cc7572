"""The training-free methods by name."""

from __future__ import annotations

from boximator.guidance.freetraj import FreeTraj, FreeTrajNoise
from boximator.guidance.method import Method
from boximator.guidance.peekaboo import Peekaboo
from boximator.guidance.sg_i2v import SgI2v
from boximator.guidance.trailblazer import TrailBlazer
from boximator.guidance.ttm import TimeToMove

METHODS: dict[str, Method] = {
    method.name: method
    for method in (TimeToMove(), Peekaboo(), FreeTrajNoise(), FreeTraj(), SgI2v(), TrailBlazer())
}
