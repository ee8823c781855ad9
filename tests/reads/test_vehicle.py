"""What is said of a vehicle."""

from platewarden.reads.models import Read


def test_what_no_camera_could_tell_is_left_out() -> None:
    """``unknown`` is a recogniser's way to say nothing; of a vehicle only what is known is shown."""
    read = Read(vehicle_colour="blue", vehicle_make="unknown", vehicle_model="", vehicle_type="unknown")
    assert read.vehicle == "blue"
    assert Read(vehicle_type="unknown").vehicle == ""
