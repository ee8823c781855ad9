"""The hotlist on board of a car: compact in memory, sealed on disk, brought up to date by difference."""
