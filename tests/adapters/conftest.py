"""What the tests of adapters share."""

from tests.adapters.pushing import device

__all__ = ["device"]
