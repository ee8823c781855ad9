"""Where messages about alerts may go, and who says so."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from platewarden.policy.actor import Actor, Role
from platewarden.policy.audiences import Audience
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.rights import Right, may

Network = IPv4Network | IPv6Network
_EMBEDDING: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Addresses behind which a translator reaches IPv4 ones (RFC 6052, RFC 8215)."""


def may_propose_endpoint(actor: Actor, address: str, *, networks: Sequence[Network]) -> Decision:
    """Decide whether *actor* may propose that messages go to *address*; somebody else adopts it.

    > ADM-4: no setting of the policy changes by one person's hand

    Only https, without a name or password in the address. Where an address is given as numbers it must be one that
    may be reached; a name is looked at each time that it is resolved.
    """
    return first_refusal(may(actor, Right.MANAGE_WEBHOOKS), address_is_fit(address, networks))


def may_adopt_endpoint(actor: Actor, *, proposed_by_id: str) -> Decision:
    """Decide whether *actor* may adopt an endpoint that the account *proposed_by_id* proposed.

    > ADM-4: no setting of the policy changes by one person's hand
    """
    if actor.id == proposed_by_id:
        return refuse(
            "ADM-4",
            "Whoever proposes an endpoint does not adopt it.",
            remedy="Ask a supervisor or another administrator to adopt it.",
        )
    return may(actor, Right.ADOPT_WEBHOOKS)


def may_manage_endpoints(actor: Actor) -> Decision:
    """Decide whether *actor* may look after endpoints: withdraw one, try it, send what failed again.

    > ADM-4: Data is protected against intrusion
    """
    return may(actor, Right.MANAGE_WEBHOOKS)


def may_see_endpoints(actor: Actor) -> Decision:
    """Decide whether *actor* may see where messages go, and what became of them.

    > ADM-4: supervisors answer for the use their people make of it
    """
    return may(actor, Right.ADOPT_WEBHOOKS)


def concerns_dispatch(audience: Audience) -> bool:
    """Whether a dispatch system is told of alerts for *audience*: where they are for everybody, or for dispatchers.

    > USE-1: by people whose duties call for it
    """
    return not audience.names_someone or Role.DISPATCHER in audience.roles


def may_reach(address: IPv4Address | IPv6Address, *, networks: Sequence[Network]) -> bool:
    """Whether a message may be sent to *address*: a public one, or one of the *networks* the operator names.

    > ADM-4: Data is protected against intrusion

    Otherwise an address in the console would let somebody reach machines behind it that trust its network.
    """
    if any(address in network for network in networks):
        return True
    embedded = getattr(address, "ipv4_mapped", None)
    if embedded is not None:
        return may_reach(embedded, networks=networks)
    if isinstance(address, IPv6Address) and _translates(address):
        return False
    return address.is_global and not address.is_multicast


def _translates(address: IPv6Address) -> bool:
    is_tunnel = address.sixtofour is not None or address.teredo is not None
    return is_tunnel or any(address in network for network in _EMBEDDING)


def address_is_fit(address: str, networks: Sequence[Network]) -> Decision:
    """Decide whether *address* is one that something may be sent to at all: https, without a secret in it.

    > ADM-4: Data is protected against intrusion
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _unfit("This is no address.")
    if parts.scheme != "https":
        return _unfit("Messages go over https alone.")
    if not host or parts.username or parts.password or parts.fragment or port == 0:
        return _unfit("The address needs a host, and has neither a name, a password nor a fragment.")
    try:
        number = ip_address(host)
    except ValueError:
        return allow("ADM-4")
    return allow("ADM-4") if may_reach(number, networks=networks) else _unfit(_BEHIND)


_BEHIND: Final = "This address lies in a network that is not public."


def _unfit(reason: str) -> Decision:
    return refuse(
        "ADM-4",
        reason,
        remedy="Give an address such as https://name.example.gov/platewarden; the operator opens other networks "
        "with webhook_networks in platewarden.toml.",
        field="url",
    )
