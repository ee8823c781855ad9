"""Records requests of the public and the courts: registered, sent to the County Attorney, and kept in time (SHR-3).

Nothing here knows of reads, hits, cases or searches; a contract of the checks keeps it so.
"""
