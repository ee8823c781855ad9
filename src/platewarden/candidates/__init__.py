"""Matches that are too weak to alert: kept by day like the hits, listed for a person to judge."""
