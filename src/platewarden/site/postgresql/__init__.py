"""Django's backend for PostgreSQL, with sessions as Platewarden wants them; Django finds it in `base`."""
