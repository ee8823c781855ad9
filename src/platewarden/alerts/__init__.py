"""Hits and alerts: from a match to a verification and a disposition (HIT-1..3)."""
