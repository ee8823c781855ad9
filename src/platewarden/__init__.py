"""Platewarden: licence plate recognition that can prove it keeps its agency's written policy."""

__version__ = "0.1.0"
