"""The OpenAPI document: what FastAPI makes of the routes, said as precisely as the scene's own schema says it.

`openapi.json` beside this file is its checked-in form, of which the editor's types are made:

    python -m boximator.studio.openapi > src/boximator/studio/openapi.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from boximator.scene.colours import SLOTS
from boximator.scene.schema import REQUIRED
from boximator.studio import wire

FILE = Path(__file__).parent / "openapi.json"


def document(app: FastAPI) -> dict[str, Any]:
    """The document of this app; made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas: dict[str, Any] = made["components"]["schemas"]
        schemas["Removed"] = wire.Removed.model_json_schema()
        for schema in schemas.values():
            if "description" in schema:
                schema["description"] = schema["description"].split("\n\n")[0]  # the rest is for Python
        schemas["Scene"]["properties"]["tracks"] |= {"minItems": 1, "maxItems": SLOTS}
        schemas["Scene"]["required"] = list(REQUIRED)
        app.openapi_schema = made
    return app.openapi_schema


def document_text(app: FastAPI) -> str:
    """The document as `openapi.json` holds it."""
    return json.dumps(document(app), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    from boximator.studio.app import create_app
    from boximator.studio.config import StudioConfig

    sys.stdout.write(document_text(create_app(StudioConfig(data=Path("unused")), studio=None)))
