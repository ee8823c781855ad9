"""The Django project: settings, middleware, base templates, the ASGI entry point."""
