"""The append-only ledger: RFC 6962 proofs, C2SP checkpoints, and the Django app that appends and verifies."""
