"""The form that takes a written request in."""

from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from platewarden.releases.forms import RequestForm


@pytest.mark.clause("SHR-2")
def test_the_form_does_not_call_the_written_request_optional() -> None:
    """It is asked for; without it the policy refuses, not the form, so that the refusal is recorded."""
    form = RequestForm(QueryDict(), zone=ZoneInfo("America/New_York"))
    assert form.fields["document"].required
    form.is_valid()
    assert "document" not in form.errors
