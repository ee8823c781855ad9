"""`python -m platewarden.ingest.openapi`: the device API's OpenAPI document, as committed with the docs."""

import json
import sys


def document() -> str:
    """Return the document as indented JSON; Django must be set up."""
    from platewarden.boards import api as _boards  # noqa: F401, PLC0415 - adds its part; needs Django to be set up
    from platewarden.ingest.api import api  # noqa: PLC0415 - likewise

    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    from platewarden.commands.support import with_django

    with with_django():
        sys.stdout.write(document())
