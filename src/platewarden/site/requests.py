"""Requests as views receive them."""

from django.http import HttpRequest

from platewarden.policy.actor import Actor


class ActorRequest(HttpRequest):
    """A request behind `ActorMiddleware`: it says who asks."""

    actor: Actor
