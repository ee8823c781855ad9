"""Libraries that the server of forks loads once for all the processes it begins. None has seen settings of ours."""

from importlib import import_module

from django.conf import settings
from django.utils.functional import empty

_LIBRARIES = (
    "a2wsgi",
    "allauth.core.exceptions",
    "argon2",
    "csp",
    "cv2",
    "django.contrib.postgres.fields",
    "django.core.serializers.json",
    "django.db.models",
    "django.forms",
    "django.template",
    "django.urls",
    "httpx",
    "ninja",
    "numpy",
    "PIL.Image",
    "procrastinate",
    "psycopg_pool",
    "pyzipper",
    "rapidfuzz",
    "typst",
    "uvicorn",
    "whitenoise",
)

settings.configure()  # one of them looks for its own at once, of which Platewarden has none
for _library in _LIBRARIES:
    import_module(_library)
settings._wrapped = empty
