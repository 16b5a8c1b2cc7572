"""The web application: routes, refusals, the guard and the editor's files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

import boximator
from boximator.studio import openapi, pages, refusals
from boximator.studio.body_limit import BodyLimit
from boximator.studio.config import StudioConfig
from boximator.studio.guard import Guard
from boximator.studio.routes import about, events, exchange, jobs, pictures, plans, results, verify
from boximator.studio.service import Studio

API = "/api/v1"
ROUTERS = (
    about.router,
    pictures.router,
    plans.router,
    exchange.router,
    events.router,
    jobs.router,
    results.router,
    verify.router,
)
DESCRIPTION = "Scenes in, videos out: pictures are uploaded, scenes queued as jobs, results fetched by frame."


def create_app(config: StudioConfig, *, studio: Studio | None, static: Path = pages.STATIC) -> FastAPI:
    """The application round a studio; without one it has an OpenAPI document, and answers nothing else."""
    app = FastAPI(
        title="boximator studio",
        description=DESCRIPTION,
        version=boximator.__version__,
        docs_url=None,  # the page would load its scripts from elsewhere
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=_name,
    )
    app.state.studio = studio
    app.openapi = lambda: openapi.document(app)
    api = APIRouter(prefix=API, responses=refusals.BODIES)
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    refusals.install(app)
    pages.install(app, static=static)
    app.add_middleware(BodyLimit, limits=config.limits)
    app.add_middleware(Guard, config=config)
    return app


def _name(route: APIRoute) -> str:
    """What generated clients call the operation: its noun and its verb."""
    return f"{route.tags[0]}_{route.name}"
