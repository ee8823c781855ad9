"""Reads: partitioned by capture day, sealed images, and the register of plates for pattern searches."""
