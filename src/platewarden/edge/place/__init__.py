"""Where a car is: from gpsd or from a receiver itself, and at which moment."""
