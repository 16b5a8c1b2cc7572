"""The editor's files, as Vite builds them; or a page that says how to build them."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
FRESH = {"Cache-Control": "no-cache"}
"""Kept by the browser, but asked for each time whether it is still the same: names hold no hash."""

NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>boximator studio</title>
<h1>The editor is not built</h1>
<p>The service runs, and <a href="/openapi.json">its API</a> can be used.
The editor comes with the wheel; in a checkout of the source it is built by</p>
<pre>cd web
npm ci
npm run build</pre>
<p>Then load this page again.</p>
</html>
"""


class _Fresh(StaticFiles):
    """Files that are asked for each time."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # pyright: ignore[reportArgumentType]
        response.headers.update(FRESH)
        return response


def install(app: FastAPI, *, static: Path = STATIC) -> None:
    """Serve the editor at `/`. The folder may be built while the studio runs."""

    @app.get("/", include_in_schema=False, tags=["page"])
    def page() -> Response:  # pyright: ignore[reportUnusedFunction]
        index = static / "index.html"
        return FileResponse(index, headers=FRESH) if index.is_file() else HTMLResponse(NOT_BUILT)

    app.mount("/", _Fresh(directory=static, check_dir=False), name="static")
