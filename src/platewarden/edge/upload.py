"""Submitting reads to the server, in batches, with retries."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import httpx

BATCH = 20
ATTEMPTS = 5


class UploadError(Exception):
    """The server could not be reached, or refuses this camera; the message says what to do."""


class UnreachableError(UploadError):
    """The server could not be reached, or could not take the reads now; later it may."""


@dataclass(slots=True)
class Tally:
    """What became of the reads submitted: counts by outcome, and the problems in words."""

    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, result: dict[str, Any]) -> None:
        """Count one result of the server."""
        outcome = {201: "stored", 202: "not kept", 200: "repeated", 409: "conflict"}.get(
            result["code"], "refused"
        )
        self.outcomes[outcome] += 1
        if problem := result.get("problem"):
            clause = f" ({problem['clause']})" if problem["clause"] else ""
            self.problems.append(f"{result['capture_id']}: {problem['field']}: {problem['message']}{clause}")


class Uploader:
    """Speaks for one camera."""

    def __init__(self, server: str, credential: str, *, pause: float = 0.5) -> None:
        """Submit to *server* (e.g. ``http://127.0.0.1:8420``) with *credential* ("code.secret")."""
        self._client = httpx.Client(
            base_url=server, headers={"Authorization": f"Bearer {credential}"}, timeout=30.0, trust_env=False
        )
        self._pause = pause
        self.tally = Tally()

    def submit(self, reads: Iterable[dict[str, Any]]) -> Tally:
        """Submit *reads* in order, a batch at a time, and return the tally so far.

        Raises:
            UnreachableError: The server cannot be reached, or take the reads, in several attempts.
            UploadError: It refuses this camera.
        """
        for batch in _batches(reads):
            for result in self._post(batch):
                self.tally.add(result)
        return self.tally

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def _post(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(self._pause * 2**attempt)
            try:
                response = self._client.post("/api/v1/reads", json={"reads": batch})
            except httpx.TransportError as error:
                cause = str(error)
                continue
            if response.is_server_error:
                cause = _body(response).get("message", f"it answers {response.status_code}")
                continue
            return self._results(response)
        raise UnreachableError(f"the server could not take the reads in {ATTEMPTS} attempts: {cause}")

    def _results(self, response: httpx.Response) -> list[dict[str, Any]]:
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise UploadError("the server does not know this credential: issue the camera a new one")
        body = _body(response)
        if "results" not in body:
            clause = f" ({body['clause']})" if body.get("clause") else ""
            message = body.get("message", f"it answers {response.status_code}: is it Platewarden's?")
            raise UploadError(f"the server refused: {message}{clause} {body.get('remedy', '')}".strip())
        results: list[dict[str, Any]] = body["results"]
        return results


def _body(response: httpx.Response) -> dict[str, Any]:
    """Return the object that *response* holds; empty if it holds none, as a proxy's own pages do."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _batches(reads: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(reads)
    while batch := list(islice(iterator, BATCH)):
        yield batch
