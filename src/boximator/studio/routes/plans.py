"""What will be asked, before anything is generated."""

from __future__ import annotations

from fastapi import APIRouter

from boximator.scene.plan import plan
from boximator.studio import wire
from boximator.studio.requests import check_scene
from boximator.studio.service import Service

router = APIRouter(tags=["plan"])


@router.post("/plan")
def preview(request: wire.PlanRequest, studio: Service) -> wire.Plan:
    """The control plan of a scene: every box of every frame, as the base would be told."""
    check_scene(request.scene, limits=studio.limits)
    table = plan(request.scene, insert=request.insert)
    return wire.Plan(
        frames=table.frames,
        boxes=table.boxes.tolist(),
        hard=table.hard.tolist(),
        present=table.present.tolist(),
        colours=table.colours.tolist(),
    )
