"""The copy of a case that leaves it: a signed bag with everything, and how to check it (RET-2)."""
