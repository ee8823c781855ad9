"""The job that verifies the whole ledger; the worker runs it."""

from procrastinate.contrib.django import app

from platewarden.witnesses.verifying import verify


@app.task(name="verify_ledger", pass_context=False, priority=-20)  # it takes long, and nothing waits for it
def verify_ledger(verification_id: int) -> None:
    """Verify the ledger for one order."""
    verify(verification_id)
