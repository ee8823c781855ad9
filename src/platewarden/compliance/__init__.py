"""Clause by clause: whether it holds now, and by what evidence."""
