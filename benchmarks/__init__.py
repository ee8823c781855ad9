"""One command each; prints a table beside a peer or a baseline, asserts nothing."""
