"""Plates as text: canonical form, skeletons and graded comparison. Pure; no Django."""
