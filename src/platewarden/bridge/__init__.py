"""Carries what cameras publish on an MQTT broker to the address where cameras push; a way in that is no second one.

It knows each camera by that camera's own credential and pushes what was published, unchanged. What it could do to the
store, the camera could do.
"""
