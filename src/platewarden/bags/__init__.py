"""Bags (RFC 8493) in one zip: written as a stream and signed, checked byte for byte by anyone with the public key."""
