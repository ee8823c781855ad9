"""Cameras that are none: vehicles made up, pictures rendered or given, pushed as each maker's cameras push them."""
