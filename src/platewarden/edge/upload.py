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


@dataclass(slots=True)
class Tally:
    """What became of the reads submitted: counts by outcome, and the problems in words."""

    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, result: dict[str, Any]) -> None:
        """Count one result of the server."""
        outcome = {201: "stored", 200: "repeated", 409: "conflict"}.get(result["code"], "refused")
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
            UploadError: The server refuses this camera, or cannot be reached in several attempts.
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
            if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                cause = response.json().get("message", "unavailable")
                continue
            return self._results(response)
        raise UploadError(f"the server could not take the reads in {ATTEMPTS} attempts: {cause}")

    def _results(self, response: httpx.Response) -> list[dict[str, Any]]:
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise UploadError("the server does not know this credential: issue the camera a new one")
        body = response.json()
        if "results" not in body:
            clause = f" ({body['clause']})" if body.get("clause") else ""
            raise UploadError(
                f"the server refused: {body.get('message')}{clause} {body.get('remedy', '')}".strip()
            )
        results: list[dict[str, Any]] = body["results"]
        return results


def _batches(reads: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(reads)
    while batch := list(islice(iterator, BATCH)):
        yield batch
