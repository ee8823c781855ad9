"""The page in the car that needs no connection: what the list on board hit, and nothing else.

It is served on the box's own loopback address alone, to whoever opened it with the code that the box gives out once.
There is no read on it that hit nothing, no stream, and no way to search (CAP-4).
"""
