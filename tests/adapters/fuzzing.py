"""Coverage-guided noise for every adapter: mutated samples for a while, kept where they reach new code.

The tests beside this try a fixed number of examples in seconds; this looks for minutes. What it finds fails as it would
in a test, is written to ``var/fuzz``, and belongs into the samples. Prints how many deliveries each format was given.

    make fuzz [SECONDS=60] [NAMES="hikvision axis"]
"""

import argparse
import subprocess
import sys
from pathlib import Path

import atheris

FOUND = Path("var/fuzz")
LONGEST = 20_000


def main() -> int:
    """Fuzz each format in a process of its own: the fuzzer ends the process that it runs in."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=60, help="for each format")
    options.add_argument("--here", help="fuzz this one format in this process")
    options.add_argument("names", nargs="*", help="formats; all where none is named")
    asked = options.parse_args()
    if asked.here:
        fuzz(asked.here, seconds=asked.seconds)
    from platewarden.adapters.formats import FORMATS

    is_sound = True
    for key in asked.names or FORMATS:
        command = [
            sys.executable,
            "-m",
            "tests.adapters.fuzzing",
            "--here",
            key,
            "--seconds",
            str(asked.seconds),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = done.stderr.splitlines()
        print(f"{key}: {lines[-1] if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            is_sound = False
            print("\n".join(lines[-30:]))
    return 0 if is_sound else 1


def fuzz(key: str, *, seconds: int) -> None:
    """Give the adapter *key* what the fuzzer makes of its samples; does not return.

    The first two bytes choose the type of the content and the path among those of the samples; the rest is the body.
    """
    with atheris.instrument_imports(include=["platewarden.adapters"], enable_loader_override=False):
        from platewarden.adapters.results import Delivery
    from tests.adapters.deliveries import EASTERN, OTHERS, READS, RECEIVED
    from tests.adapters.test_fuzz import run

    samples = [sample for name, sample in (READS | OTHERS).values() if name == key]
    kinds = ["", *sorted({sample.content_type for sample in samples})]
    paths = ["", *sorted({sample.path for sample in samples} - {""})]
    corpus = FOUND / key
    corpus.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(samples):
        chosen = bytes([kinds.index(sample.content_type), paths.index(sample.path)])
        (corpus / f"sample-{number}").write_bytes(chosen + sample.content)

    def deliver(content: bytes) -> None:
        if len(content) > 2:
            kind, path = kinds[content[0] % len(kinds)], paths[content[1] % len(paths)]
            run(key, Delivery(content[2:], kind, RECEIVED, EASTERN, path))

    arguments = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={FOUND}/{key}-failed-",
    ]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], deliver)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
