"""Proof that the path from a picture to an alert works: our own plates go through it every day."""
