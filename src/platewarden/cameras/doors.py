"""The one way to a camera and to what belongs to it: what is absent and what is another agency's look alike."""

from django.db.models import QuerySet
from django.http import Http404

from platewarden.accounts.actors import owning_agency_id
from platewarden.cameras.models import Camera, Deployment, FieldOfViewStatement, MoveFinding
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.rights import Right, may


def get_camera_for(actor: Actor, camera_id: int) -> Camera:
    """Return a camera of *actor*'s agency.

    Raises:
        PolicyRefusal: *actor* may not see cameras.
        Http404: There is none, or it is another agency's.
    """
    require(may(actor, Right.SEE_CAMERAS), action="camera.see")
    cameras = Camera.objects.select_related("registered_by", "approved_by", "area")
    found = cameras.filter(pk=camera_id, agency_id=actor.agency_id).first()
    if found is None:
        raise Http404("no such camera")
    return found


def searchable(actor: Actor) -> QuerySet[Camera]:
    """Return the cameras whose past reads *actor* may search: ours, or of a guest those that their agreement names."""
    own = Camera.objects.filter(agency_id=owning_agency_id())
    if actor.terms is not None:
        return own.filter(pk__in=actor.terms.cameras)
    return own if actor.agency_id == owning_agency_id() else own.none()


def get_statement_for(actor: Actor, camera_id: int, statement_id: int) -> FieldOfViewStatement:
    """Return a statement of a camera; raises as `get_camera_for`."""
    statements = get_camera_for(actor, camera_id).statements.select_related(
        "camera", "signed_by", "approved_by"
    )
    found = statements.filter(pk=statement_id).first()
    if found is None:
        raise Http404("no such statement")
    return found


def get_finding_for(actor: Actor, camera_id: int, finding_id: int) -> MoveFinding:
    """Return what was found of a camera; raises as `get_camera_for`."""
    found = get_camera_for(actor, camera_id).findings.select_related("camera").filter(pk=finding_id).first()
    if found is None:
        raise Http404("no such finding")
    return found


def get_deployment_for(actor: Actor, camera_id: int, deployment_id: int) -> Deployment:
    """Return a deployment of a camera; raises as `get_camera_for`."""
    deployments = get_camera_for(actor, camera_id).deployments.select_related("camera")
    found = deployments.filter(pk=deployment_id).first()
    if found is None:
        raise Http404("no such deployment")
    return found
