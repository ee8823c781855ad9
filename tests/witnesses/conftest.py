"""What the tests about witnesses share."""

from tests.witnesses.stage import address, clerk, log_key, register, sign

__all__ = ["address", "clerk", "log_key", "register", "sign"]
