"""The contract of where shadows are kept: whole, in their order, until they are thinned. The checks that ours pass.

A check takes what opens it; called again, it opens the same one again. It is empty at first::

    @pytest.mark.parametrize("check", shadows_checks())
    def test_shadows_keep_the_contract(check, tmp_path):
        check(lambda: BucketShadows(tmp_path))
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from halflife.models.domain import Role, Version
from halflife.models.errors import NotFound
from halflife.models.learner.model import Model
from halflife.models.shadow import ShadowKind
from halflife.monitoring.ports import Shadows
from halflife.testing.asserting import equal, refused
from halflife.testing.small_model import small_model

Make: TypeAlias = Callable[[], Shadows]
Check: TypeAlias = Callable[[Make], None]


def version(number: int, shadows: int = 2) -> Version:
    """A version with so many shadows."""
    kinds = (ShadowKind.COUPLED,) * shadows
    return Version(number, 0, 0, "1", "r", 1, "d", "m", {}, Role.CHAMPION, "", 100, shadows=kinds)


def shadow(number: int) -> Model:
    """A model that differs from others by its threshold."""
    return replace(small_model(), threshold=(number + 1) / 100)


def shadows_checks() -> list[Check]:
    """The checks of where shadows are kept; each raises AssertionError where its first line is not so.

    >>> shadows_checks()[0].__doc__
    'What was never kept is not known, not found and no shadow of its version.'
    """
    return [
        is_empty_at_first,
        keeps_a_model_as_it_was,
        keeps_a_shadow_once,
        gives_all_or_none,
        forgets_what_is_thinned,
        gives_what_was_kept_last,
    ]


def is_empty_at_first(make: Make) -> None:
    """What was never kept is not known, not found and no shadow of its version."""
    shadows = make()
    equal(shadows.known(1), (), "nothing is known")
    equal(shadows.of(version(1)), (), "no version has shadows")
    equal(shadows.of(version(1, shadows=0)), (), "a version without shadows has none")
    refused(NotFound, lambda: shadows.load(1, 0), "a shadow that was never kept")
    equal(shadows.thin([]), 0, "there is nothing to free")


def keeps_a_model_as_it_was(make: Make) -> None:
    """A shadow that was kept comes back equal: text, schema, calibration and threshold; opened again, too."""
    shadows = make()
    shadows.keep(7, 0, shadow(0))
    for one in (shadows, make()):
        equal(one.load(7, 0), shadow(0), "a shadow comes back as it was")
    refused(NotFound, lambda: shadows.load(7, 1), "another number of the same version")
    refused(NotFound, lambda: shadows.load(8, 0), "the same number of another version")


def keeps_a_shadow_once(make: Make) -> None:
    """The same shadow kept again changes nothing; numbers are known in ascending order, however they came."""
    shadows = make()
    for number in (10, 2, 0, 2, 10):
        shadows.keep(1, number, shadow(number))
    equal(shadows.known(1), (0, 2, 10), "numbers are known once, ascending")
    equal(make().known(1), (0, 2, 10), "and so they are when it is opened again")
    equal(shadows.load(1, 2), shadow(2), "a shadow that was kept again is the same")


def gives_all_or_none(make: Make) -> None:
    """The shadows of a version are given in their order once all are kept, and none before."""
    shadows = make()
    shadows.keep(3, 1, shadow(1))
    equal(shadows.of(version(3)), (), "none is given while one is missing")
    shadows.keep(3, 0, shadow(0))
    for one in (shadows, make()):
        for _ in range(2):
            equal(one.of(version(3)), (shadow(0), shadow(1)), "all are given in their order")
    equal(shadows.of(version(4)), (), "another version has none")


def forgets_what_is_thinned(make: Make) -> None:
    """Shadows of every version but those that are kept are forgotten, and the bytes freed are told, once."""
    shadows = make()
    for number in (1, 2, 12):
        for k in range(2):
            shadows.keep(number, k, shadow(k))
        equal(len(shadows.of(version(number))), 2, "the shadows are there")
    assert shadows.thin(iter([2, 99])) > 0, "no byte was freed"
    equal(shadows.thin([2, 99]), 0, "what is gone is freed once")
    for one in (shadows, make()):
        equal([one.known(n) for n in (1, 2, 12)], [(), (0, 1), ()], "one version is kept")
        equal([len(one.of(version(n))) for n in (1, 2, 12)], [0, 2, 0], "shadows are given of that version alone")
    refused(NotFound, lambda: shadows.load(12, 0), "a shadow that was thinned away")


def gives_what_was_kept_last(make: Make) -> None:
    """Shadows that are trained anew after they were thinned away, or replaced, are given, and not those before."""
    shadows = make()
    for k in range(2):
        shadows.keep(1, k, shadow(k))
    equal(shadows.of(version(1)), (shadow(0), shadow(1)), "the first ones are given")
    shadows.thin([])
    for k in range(2):
        shadows.keep(1, k, shadow(k + 5))
    equal(shadows.of(version(1)), (shadow(5), shadow(6)), "those that were trained anew are given")
    equal(shadows.load(1, 0), shadow(5), "and loaded")
    shadows.keep(1, 1, shadow(8))
    equal(shadows.of(version(1)), (shadow(5), shadows.load(1, 1)), "all together are those that are loaded one by one")
