"""What the product installs may be used under the Apache licence's terms."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

LOCK = Path(__file__).parents[1] / "requirements" / "main.txt"
LOCKED = sorted(set(re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(), re.MULTILINE)))

PERMISSIVE = re.compile(
    r"Apache|BSD|MIT|MPL|Mozilla Public License|PSF|ISC|Zlib|CC0|Dual License|LGPL|Lesser General Public",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"(?<!L)GPL|Affero|(?<!Lesser )General Public License", re.IGNORECASE)

# Shared libraries under the GPL that a wheel carries whatever its own licence says. Nothing here is
# distributed by this project, but whoever passes on a finished installation must know of it: see NOTICE.
GPL_LIBRARIES = re.compile(r"^lib(x264|x265|xvidcore|postproc|rubberband|vidstab)\b")
CARRIES_GPL_LIBRARIES: frozenset[str] = frozenset()


def find(name: str) -> Distribution:
    """Return an installed distribution; skip what other platforms install."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not for this platform")


def licences(package: Distribution) -> str:
    """Return what the package declares: its expression, else its classifiers, else its free text."""

    def declared(key: str) -> list[str]:
        return [str(value) for value in package.metadata.get_all(key) or []]

    classifiers = [value for value in declared("Classifier") if value.startswith("License ::")]
    return "; ".join(declared("License-Expression") or classifiers or declared("License"))


@pytest.mark.parametrize("name", LOCKED)
def test_no_dependency_of_the_product_is_under_the_gpl(name: str) -> None:
    """Each locked package declares a permissive licence, or the LGPL, and none the GPL or AGPL."""
    declared = licences(find(name))
    assert PERMISSIVE.search(declared), f"{name} declares {declared or 'nothing'}"
    assert not COPYLEFT.search(declared.replace("LGPL", "")), f"{name} declares {declared}"


@pytest.mark.parametrize("name", LOCKED)
def test_gpl_libraries_inside_wheels_are_known(name: str) -> None:
    """A wheel that carries a library under the GPL is one this project knows of and names."""
    carried = {file.name for file in find(name).files or [] if GPL_LIBRARIES.match(file.name)}
    assert bool(carried) == (name in CARRIES_GPL_LIBRARIES), f"{name} carries {sorted(carried)}"


def test_the_lock_names_no_registry() -> None:
    """The lock files pin versions and digests, and name no address to fetch from."""
    for lock in LOCK.parent.glob("*.txt"):
        assert "://" not in lock.read_text()
        assert not re.search(r"^--?(index|extra|find|i )", lock.read_text(), re.MULTILINE)
