"""The lists that cars carry: which version each was given, and what leads to the next."""
