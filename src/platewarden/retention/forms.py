"""What the administrator says when they authorise destruction."""

from django import forms


class AuthoriseForm(forms.Form):
    """The standing authorisation, in the administrator's words."""

    use_required_attribute = False

    statement = forms.CharField(
        label="Authorisation",
        max_length=500,
        min_length=12,
        help_text="It is kept on the ledger under your name, and named by every destruction record.",
        widget=forms.Textarea({"rows": 3}),
        initial="I authorise the destruction of reads, images and everything made from them at the end of their"
        " day of retention.",
    )
