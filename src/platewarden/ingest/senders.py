"""Who sends reads, as an actor."""

from django.http import HttpRequest

from platewarden.accounts.actors import address_of
from platewarden.cameras.models import Camera
from platewarden.policy.actor import Actor, ActorKind


def actor_of(camera: Camera, request: HttpRequest) -> Actor:
    """Return *camera* as the actor behind *request*."""
    return Actor(
        kind=ActorKind.CAMERA,
        id=str(camera.pk),
        name=camera.code,
        agency_id=camera.agency_id,
        address=address_of(request),
    )
