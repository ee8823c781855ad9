"""The one way to a list and to an entry: what is absent and what is not the asker's look alike."""

from uuid import UUID

from django.http import Http404

from platewarden.hotlists.models import Entry, Hotlist, Upload
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.hotlists import may_load
from platewarden.policy.rights import Right, may


def get_hotlist_for(actor: Actor, hotlist_id: int) -> Hotlist:
    """Return a list of *actor*'s agency.

    Raises:
        PolicyRefusal: *actor* may not see lists.
        Http404: There is none, or it is another agency's.
    """
    require(may(actor, Right.SEE_HOTLISTS), action="hotlist.see")
    found = Hotlist.objects.filter(pk=hotlist_id, agency_id=actor.agency_id).first()
    if found is None:
        raise Http404("no such list")
    return found


def get_upload_for(actor: Actor, upload_id: UUID) -> Upload:
    """Return a file under way in *actor*'s agency; whoever may load lists decides over it.

    Raises:
        PolicyRefusal: *actor* may not load lists.
        Http404: There is none, or it is another agency's.
    """
    require(may_load(actor), action="hotlist.load")
    uploads = Upload.objects.select_related("hotlist", "uploaded_by", "confirmed_by", "snapshot")
    found = uploads.filter(pk=upload_id, hotlist__agency_id=actor.agency_id).first()
    if found is None:
        raise Http404("no such upload")
    return found


def get_entry_for(actor: Actor, entry_id: int) -> Entry:
    """Return an entry made by hand in *actor*'s agency; loaded entries belong to their list's keeper.

    Raises:
        PolicyRefusal: *actor* may not enter plates by hand, nor withdraw what others entered.
        Http404: There is none, it is another agency's, or it came with a loaded list.
    """
    decision = may(actor, Right.ENTER_MANUALLY)
    require(decision if decision.allowed else may(actor, Right.WITHDRAW_ANY_ENTRY), action="entry.see")
    entries = Entry.objects.select_related("snapshot__hotlist", "entered_by")
    found = entries.filter(pk=entry_id, agency_id=actor.agency_id, snapshot__hotlist__is_manual=True).first()
    if found is None:
        raise Http404("no such entry")
    return found
