"""`python -m tests.edge.feeder`: an agent whose cameras see what they are told to; made to be killed.

It puts a read into the spool, and once the spool has taken it, writes the id and the true time into a journal. What
stands in the journal must reach the server, once, whatever happens to this process.
"""

import argparse
import base64
import os
import secrets
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from platewarden.edge.agent import Agent
from platewarden.edge.clock import Clock
from platewarden.edge.identity import load_identity
from platewarden.edge.talking import RevokedError
from platewarden.edge.vault import open_vault


def main() -> None:
    """Feed and deliver at once; end when all is delivered, or when told to."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("state", type=Path)
    options.add_argument("key")
    options.add_argument("journal", type=Path)
    options.add_argument("--reads", type=int, default=0)
    options.add_argument("--every", type=float, default=0.0)
    options.add_argument("--ahead", type=float, default=0.0)
    options.add_argument("--picture", type=Path)
    options.add_argument("--camera", default="route-13")
    options.add_argument("--offline", action="store_true")
    asked = options.parse_args()
    vault = open_vault(asked.key)
    clock = Clock(wall=lambda: time.time() + asked.ahead)
    agent = Agent(
        asked.state,
        vault,
        asked.key,
        load_identity(asked.state, vault),
        (),
        log,
        clock,
    )
    feeding = threading.Thread(target=feed, args=(agent, asked), daemon=True)
    feeding.start()
    if asked.offline:
        feeding.join()
        return
    try:
        while feeding.is_alive() or agent.spool.depth().reads:
            agent.run(None, until_delivered=True)
            agent.stop.clear()
            feeding.join(0.05)
    except RevokedError:
        sys.exit(3)


def log(said: str) -> None:
    """Write what the agent says, at once."""
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()


def feed(agent: Agent, asked: argparse.Namespace) -> None:
    """Put reads into the spool, and their ids into the journal once they are there."""
    picture = base64.b64encode(asked.picture.read_bytes() if asked.picture else small()).decode()
    with asked.journal.open("a", encoding="utf-8") as journal:
        for number in range(asked.reads):
            capture_id, true_s = secrets.token_hex(12), time.time()
            seen_at = datetime.fromtimestamp(agent.clock.wall(), UTC).isoformat()
            read = {
                "capture_id": capture_id,
                "seen_at": seen_at,
                "plate": f"KT{number % 10_000:04d}",
                "confidence": 0.9,
                "char_confidences": [0.9] * 6,
                "alternates": [],
                "state": "NY",
                "state_confidence": 0.8,
                "vehicle": {"colour": "red"},
                "plate_image": base64.b64encode(small()).decode(),
                "vehicle_image": picture,
            }
            if agent.keep(asked.camera, read, is_live=True):
                journal.write(f"{capture_id} {true_s}\n")
                journal.flush()
                os.fsync(journal.fileno())
            time.sleep(asked.every)


def small() -> bytes:
    """A JPEG as small as a plate's crop often is."""
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (160, 80), "white").save(buffer, "JPEG")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
