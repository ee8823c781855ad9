"""What people say when they raise an alert from a candidate; what the policy asks for is left to the policy."""

from django import forms

from platewarden.hotlists.forms import ShowsRefusal
from platewarden.site.fields import PolicyField


class PromoteForm(ShowsRefusal):
    """Why this weaker match deserves an alert."""

    reason = PolicyField(
        label="Why this match deserves an alert",
        max_length=500,
        help_text="It goes on the ledger with your name; never write a plate here.",
        widget=forms.Textarea({"rows": 3}),
    )
