"""The one way to a device: what is absent and what is another agency's look alike."""

from django.http import Http404

from platewarden.devices.models import Device
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


def get_device_for(actor: Actor, device_id: int) -> Device:
    """Return a device of *actor*'s agency.

    Raises:
        PolicyRefusal: *actor* may not see cameras, nor what reads for them.
        Http404: There is none, or it is another agency's.
    """
    require(may(actor, Right.SEE_CAMERAS), action="device.see")
    devices = Device.objects.select_related("enrolled_by", "revoked_by", "state")
    found = devices.filter(pk=device_id, agency_id=actor.agency_id).first()
    if found is None:
        raise Http404("no such device")
    return found
