"""Platewarden: licence plate recognition that can prove it keeps its agency's written policy."""

import os

__version__ = "0.1.0"

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""ONNX Runtime, from 1.29 on, gives each machine an id and tells its maker of every model that is loaded, unless this
is set before it is. Nothing leaves a machine of the agency that the agency does not send."""
