"""Signed messages to a dispatch system that there is an alert, without plate, picture or place; off until two agree."""
