"""Fitting the map from a read's evidence to the probability that it is right."""
