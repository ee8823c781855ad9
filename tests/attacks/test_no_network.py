"""That there is no way to search other agencies' systems, or several at once: by construction (SHR-1)."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import platewarden
from platewarden.queries import actions as queries
from platewarden.queries import search as module
from platewarden.queries import taking
from tests.site.test_doors import views

_REACHING_OUT = re.compile(r"network|national|federat|nlets|bulk|standing|outgoing|upstream|hub|exchange")


@pytest.mark.clause("SHR-1")
def test_no_address_searches_other_agencies_or_many_at_once() -> None:
    """By construction: the only addresses that search are those of one's own query, and all read one agency's reads."""
    names = {name for name, _ in views()}
    assert not [name for name in names if _REACHING_OUT.search(name)]
    searching = {name for name in names if name.startswith("queries:")}
    assert searching == {
        *("queries:ask", "queries:held", "queries:review", "queries:settle", "queries:answer"),
        *("queries:of_notice", "queries:complete", "queries:export", "queries:print", "queries:image"),
    }


@pytest.mark.clause("SHR-1")
def test_one_function_reads_past_reads_and_it_takes_one_agency() -> None:
    """Every search goes through `search`, whose every statement is bound to one agency: ours."""
    assert inspect.signature(module.search).parameters["agency_id"].annotation is int
    assert "agency_id = %(agency)s" in module._IN_WINDOW
    source = inspect.getsource(queries)
    assert source.count("search(") == 1
    assert "agency_id=own," in inspect.getsource(queries.found_by)
    assert "search(" not in inspect.getsource(taking).replace("search(es)", "")


@pytest.mark.clause("SHR-1")
def test_no_part_that_searches_or_shares_opens_a_connection() -> None:
    """Neither app imports anything that speaks to another machine."""
    root = Path(platewarden.__file__).parent
    speaks = re.compile(
        r"^\s*(?:import|from)\s+(?:urllib\.request|http\.client|requests|httpx|socket|aiohttp)\b",
        re.MULTILINE,
    )
    files = [*(root / "sharing").rglob("*.py"), *(root / "queries").rglob("*.py")]
    assert files
    assert [path.name for path in files if speaks.search(path.read_text())] == []


@pytest.mark.clause("ADM-4")
def test_recognition_keeps_no_id_of_the_machine_and_tells_nobody_of_it(tmp_path: Path) -> None:
    """The library that runs the models would, unless it is told not to before it is loaded."""
    code = "from platewarden.recognition.plate_detector import PlateDetector; PlateDetector(threads=1)"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []
