"""Queries: every look at past reads, with its justification, logged before it shows (QRY-1, QRY-2)."""
