"""Sharing with agencies of the state: the register, agreements, guests, suspensions, reports of misuse."""
