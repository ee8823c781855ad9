"""Releases: copies for agencies without access - asked for in writing, prepared, decided, handed over (SHR-2)."""
