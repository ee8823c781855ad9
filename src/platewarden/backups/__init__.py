"""Backups that bring back what may come back, and nothing that was purged.

Two kinds. A *lasting* one holds no read: people, cameras, parameters, the ledger, cases; the master key opens it. A
*short* one holds reads as well, of the youngest days, sealed under a key of its own in the keystore; the purge destroys
that key a day before its oldest read reaches its limit, and every copy of the backup is noise from then on (RET-1).
"""
