"""`boximator studio`: the editor in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def studio(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 finds a free port.")] = 8600,
    host: Annotated[
        str, typer.Option(help="Address to listen at. Anything but this machine's own needs a token.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page.")] = True,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder for pictures, jobs and results; ~/.boximator/studio by default."),
    ] = None,
    engine: Annotated[str, typer.Option(help='"local" worker processes, or "ray" actors.')] = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many jobs at once; one for each device by default.")
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="A Ray cluster to use; by default a Ray of its own is started.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="postgresql://user:password@host/name; a SQLite file in --data by default."),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="BOXIMATOR_TOKEN", help="What callers must know; drawn if needed and not given."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="Another name the studio may be called by.")
    ] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option(help="Another page that may call it: http://localhost:5173")
    ] = None,
    job: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Draw boxes on a picture in the browser, and watch the video being made. Example: boximator studio"""
    from boximator.studio.config import GENERATE, StudioConfig
    from boximator.studio.serve import serve

    config = StudioConfig(
        data=data or Path.home() / ".boximator" / "studio",
        host=host,
        port=port,
        engine=engine,
        database=database,
        workers=workers,
        ray_address=ray_address,
        token=token,
        allow_hosts=tuple(allow_host or ()),
        allow_origins=tuple(allow_origin or ()),
        job_function=job or GENERATE,
    )
    serve(config, say=typer.echo, browse=browser)
