"""The contract that every place for shadows keeps: the checks that ship, over the folder of ours and its cache."""

from collections.abc import Callable
from pathlib import Path

import pytest

from halflife.models.errors import Unavailable
from halflife.monitoring.adapters.folder_shadows import FolderShadows
from halflife.monitoring.adapters.object_path import ObjectPath
from halflife.monitoring.caches import CachedShadows
from halflife.monitoring.ports import Shadows
from halflife.testing.shadows_checks import Check, shadows_checks
from halflife.testing.small_model import small_model


@pytest.mark.parametrize("cached", [False, True], ids=["folder", "cached"])
@pytest.mark.parametrize("check", shadows_checks())
def test_shadows_keep_the_contract(cached: bool, check: Check, tmp_path: Path) -> None:
    """What each check states in its first line is true of the folder, and of what remembers a version's shadows."""

    def make() -> Shadows:
        shadows = FolderShadows(tmp_path / "shadows")
        return CachedShadows(shadows) if cached else shadows

    check(make)


@pytest.mark.parametrize("check", shadows_checks())
def test_shadows_on_an_object_store_keep_the_contract(check: Check, object_store: Callable[[], str]) -> None:
    """It is true of a bucket."""
    address = ObjectPath.of(object_store()) / "shadows"
    check(lambda: FolderShadows(address))


def test_a_shadow_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """A damaged file is named, with what to do; a file where the folder should be is one sentence."""
    shadows = FolderShadows(tmp_path)
    shadows.keep(1, 0, small_model())
    (tmp_path / "v1" / "0.z").write_bytes(b"junk")
    with pytest.raises(Unavailable, match=r"v1/0.z cannot be read: .*; remove it and it is trained again"):
        shadows.load(1, 0)
    (tmp_path / "v2").touch()
    with pytest.raises(Unavailable, match=r"v2/0\.z cannot be written: "):
        shadows.keep(2, 0, small_model())
