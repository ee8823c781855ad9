"""GStreamer's RTSP server with a recording on it as H.264, behind a password; run by the system's own Python.

With ``--check`` it ends with status 0 if it could run; with a recording, a user and a password it prints its port, and
serves until it is ended.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - versions are asked for first

ELEMENTS = ("avidemux", "jpegdec", "videoconvert", "x264enc", "rtph264pay")


def serve(recording: str, user: str, password: str) -> None:
    """Serve *recording*, anew from its beginning to whoever plays it."""
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( filesrc location={recording} ! avidemux ! jpegdec ! videoconvert ! video/x-raw,format=I420 "
        "! x264enc speed-preset=ultrafast tune=zerolatency key-int-max=10 bitrate=8000 ! rtph264pay name=pay0 )"
    )
    role = "camera"
    factory.add_role_from_structure(
        Gst.Structure.new_from_string(
            f"{role}, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        )
    )
    guard = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", role)
    guard.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(guard)
    server.get_mount_points().add_factory("/gate", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)  # noqa: T201 - whoever started it reads this
    GLib.MainLoop().run()


if __name__ == "__main__":
    Gst.init(None)
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if all(map(Gst.ElementFactory.find, ELEMENTS)) else 1)
    serve(*sys.argv[1:4])
