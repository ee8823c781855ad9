"""Hotlists: lists, loaded snapshots, entries (HOT-1..3)."""
