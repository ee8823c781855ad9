"""Edge devices: enrolled by a one-time code, known by a key of their own, set from afar, revoked at once."""
