"""The auditor's pages in a browser: looked at, used by keyboard, and what they hand out checked alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from platewarden.ledger import keys
from platewarden.ledger.actions import sign_checkpoint
from platewarden.ledger.checkpoint import Note
from platewarden.ledger.cosignature import WitnessSigner
from platewarden.ledger.verify_ledger import main
from platewarden.site.clock import utc_now
from platewarden.witnesses.actions import adopt_witness, propose_witness, receive
from platewarden.witnesses.models import Verification
from platewarden.witnesses.verifying import verify
from tests.browser.conftest import signed_in
from tests.browser.looks import look_at
from tests.cast import Cast
from tests.live import LiveServer
from tests.witnesses.test_actions import second_history

pytestmark = pytest.mark.browser


@pytest.fixture
def witnessed(live_cast: Cast) -> WitnessSigner:
    """A witness in use who has co-signed, one who waits, and a second history."""
    now = utc_now()
    clerk = WitnessSigner.generate("clerk.example.org/witness")
    waiting = WitnessSigner.generate("gazette.example.org/witness")
    for who, signer, url in (
        ("Jane Roe, Office of the County Clerk", clerk, ""),
        ("The Gazette, newsroom", waiting, "https://witness.gazette.example.org/alpr"),
    ):
        key = signer.verifier.encode()
        made = propose_witness(who=who, key=key, url=url, actor=live_cast.actor("ada"), now=now)
        if signer is clerk:
            adopt_witness(witness=made, actor=live_cast.actor("tom"), now=now)
    signed = sign_checkpoint(actor=live_cast.actor("tom"), now=now)
    good = signed.note + clerk.cosign(Note.parse(signed.note).text, now).encode()
    other = second_history(signed, signed.size, bytes(32))
    receive(good, actor=live_cast.actor("tom"), now=now)
    receive(other + clerk.cosign(Note.parse(other).text, now).encode(), actor=live_cast.actor("tom"), now=now)
    return clerk


def test_the_auditor_s_pages_are_fit_to_be_looked_at(
    browser: Browser, live: LiveServer, live_cast: Cast, witnessed: WitnessSigner
) -> None:
    """Ledger, an entry, checkpoints, witnesses with a contradiction, and a verification under way and done."""
    page = signed_in(browser, live, "tom")
    look_at(page, "auditor-receipts")
    for name, path in (
        ("auditor-ledger", "/ledger/"),
        ("auditor-entry", "/ledger/1/"),
        ("auditor-checkpoints", "/ledger/checkpoints/"),
        ("auditor-witnesses", "/ledger/witnesses/"),
    ):
        page.goto(live.url + path)
        look_at(page, name)
    page = signed_in(browser, live, "ada")
    page.goto(f"{live.url}/ledger/witnesses/")
    look_at(page, "administrator-witnesses")


def test_a_verification_is_ordered_and_followed_by_keyboard(
    browser: Browser, live: LiveServer, live_cast: Cast, witnessed: WitnessSigner
) -> None:
    """Enter on the button orders it; the page follows by itself, and says how it ended without being reloaded."""
    page = signed_in(browser, live, "tom")
    page.goto(f"{live.url}/ledger/witnesses/verify/")
    look_at(page, "auditor-verify-none")
    page.get_by_role("button", name="Verify now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    Verification.objects.update(seen=9)
    expect(page.get_by_text("9 of")).to_be_visible()
    look_at(page, "auditor-verify-progress")
    verify(Verification.objects.get().pk)
    expect(page.get_by_text("The ledger is NOT sound")).to_be_visible()
    look_at(page, "auditor-verify-unsound")


def test_what_the_page_hands_out_passes_alone(
    browser: Browser, live: LiveServer, live_cast: Cast, witnessed: WitnessSigner, tmp_path: Path
) -> None:
    """Export and the receipt of what was just done, as the browser saves them, pass under the log's key."""
    page, key = signed_in(browser, live, "tom"), keys.signer().verifier.encode()
    page.goto(f"{live.url}/ledger/")
    for button, name in (("Export with what entries say", "x.ledger"), ("receipt", "x.tlog-proof")):
        if name == "x.tlog-proof":
            page = signed_in(browser, live, "tom")
        with page.expect_download() as waiting:
            page.get_by_role("button", name=button).first.click()
        waiting.value.save_as(tmp_path / name)
        assert main([str(tmp_path / name), "--key", key]) == 0
