"""How well plates are read in photographs whose plates are known: pure functions, without a database or Django.

An engine is anything that takes a frame and gives guesses, best first (`outcomes.Engine`); every engine is
measured the same way. Recognition does not know that it is measured.
"""
