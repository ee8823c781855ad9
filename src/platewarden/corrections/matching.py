"""What the ingest asks before it raises alerts: which matches rest on an entry that was found wrong.

Suppressed matches are counted on their suppression and leave nothing else: no hit, no time, no place.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from platewarden.accounts.actors import system_actor
from platewarden.corrections.digests import Digester, Digests, EntryFacts
from platewarden.corrections.models import Suppression
from platewarden.corrections.suppressing import record_corrected
from platewarden.hotlists.matching import MatchedEntry
from platewarden.hotlists.models import Entry
from platewarden.images.keystore import KeyUnavailable
from platewarden.policy.corrections import silences
from platewarden.policy.hotlists import Category

logger = logging.getLogger(__name__)


def without_suppressed(matches: Sequence[MatchedEntry], *, now: datetime) -> list[MatchedEntry]:
    """Return *matches* without those that a suppression silences; count those on it.

    Belongs to the transaction that stores the reads. A suppression whose entry its owner has changed ends here.
    """
    silenced = suppressed_entries(matches, now=now)
    return [matched for matched in matches if (matched.read.id, matched.entry.pk) not in silenced]


def suppressed_entries(matches: Sequence[MatchedEntry], *, now: datetime) -> frozenset[tuple[UUID, int]]:
    """Return the read and entry of each of *matches* that a suppression silences.

    Without the key nothing can be compared: then every match alerts, for a person looks before anybody is stopped.
    """
    known = _known([(matched.entry, matched.read.plate) for matched in matches])
    return frozenset(
        (matched.read.id, matched.entry.pk)
        for matched in matches
        if (found := known.get((matched.entry.pk, matched.read.plate))) and _silences(*found, now=now)
    )


def found_wrong(pairs: Sequence[tuple[Entry, str]]) -> frozenset[tuple[int, str]]:
    """Return the entry's number and the plate of each of *pairs* that a suppression silences as things stand.

    For those who look: nothing is counted on a suppression, and none ends here.
    """
    return frozenset(
        pair
        for pair, (suppression, digests) in _known(pairs).items()
        if bytes(suppression.content_digest) == digests.content and _is_in_force(suppression)
    )


def lists_found_wrong(plate: str, *, agency_id: int, besides: str) -> list[str]:
    """Return the names of the lists, *besides* one, of which an entry was found wrong for the canonical *plate*.

    Another list that wants the same plate still alerts, for its owner may know better; but whoever looks must know
    that somebody was wrong about this vehicle before.
    """
    standing = Suppression.objects.filter(agency_id=agency_id, lifted_at=None).exclude(hotlist__name=besides)
    if not standing.exists():
        return []
    try:
        digest = Digester(agency_id).plate(plate)
    except KeyUnavailable:
        logger.exception("the key of the register cannot be used: earlier findings cannot be told")
        return []
    names = (
        standing.filter(plate_digest=digest).order_by("hotlist__name").values_list("hotlist__name", flat=True)
    )
    return list(names.distinct())


def _known(pairs: Sequence[tuple[Entry, str]]) -> dict[tuple[int, str], tuple[Suppression, Digests]]:
    """Return the standing suppression of each pair of entry and plate that has one, with the digests of today."""
    lists = {entry.snapshot.hotlist_id for entry, _ in pairs}
    if not lists or not Suppression.objects.filter(hotlist__in=lists, lifted_at=None).exists():
        return {}
    try:
        digester = Digester(pairs[0][0].agency_id)
    except KeyUnavailable:
        logger.exception("the key of the register cannot be used: suppressed entries alert again")
        return {}
    made = {(entry.pk, plate): _digests(digester, entry, plate) for entry, plate in pairs}
    standing = _standing(list(made.values()))
    return {
        pair: (found, digests)
        for pair, digests in made.items()
        if (found := standing.get((digests.entry, digests.plate)))
    }


def _digests(digester: Digester, entry: Entry, plate: str) -> Digests:
    facts = EntryFacts.of_entry(entry)
    return digester.digests(hotlist_id=entry.snapshot.hotlist_id, facts=facts, plate=plate)


def _standing(known: Sequence[Digests]) -> dict[tuple[bytes, bytes], Suppression]:
    found = Suppression.objects.filter(
        entry_digest__in={digests.entry for digests in known}, lifted_at__isnull=True
    )
    return {(bytes(one.entry_digest), bytes(one.plate_digest)): one for one in found}


def _silences(suppression: Suppression, digests: Digests, *, now: datetime) -> bool:
    """Whether *suppression* silences the match it belongs to; count it if so, end it if the entry was changed."""
    if bytes(suppression.content_digest) != digests.content:
        actor = system_actor("matching")
        record_corrected(suppression=suppression, actor=actor, now=now)
        return False
    if not _is_in_force(suppression):
        return False
    Suppression.objects.filter(pk=suppression.pk).update(applied=F("applied") + 1)
    return True


def _is_in_force(suppression: Suppression) -> bool:
    return silences(Category(suppression.category), is_confirmed=suppression.confirmed_at is not None)
