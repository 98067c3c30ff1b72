"""Halflife says which of the things you believed about your last model version are no longer true, and why.

>>> import halflife
>>> home = halflife.open("halflife-home/churn")          # doctest: +SKIP
>>> home.findings(status="stale")                        # doctest: +SKIP
>>> home.file('attribution_share("visits") > 0.1', note="seen in the Monday meeting")  # doctest: +SKIP
>>> home.why("visits-matter")                            # doctest: +SKIP

`open` gives a `Halflife`; what its methods give are frozen values with ``to_dict()`` that show themselves as text in a
terminal and as HTML in a notebook. Errors are those of `errors`: whoever has to act is told by the class. What is not
named here may change without a word.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halflife.flows.face import Halflife
    from halflife.flows.face import open as open  # noqa: A004 - read as halflife.open
    from halflife.models import errors

__all__ = ["Halflife", "errors"]  # not open: a star would hide Python's own
_FACE = ("Halflife", "errors", "open")


def __getattr__(name: str) -> Any:
    """Names are loaded when they are used: ``import halflife`` costs nothing."""
    if name == "errors":
        from halflife.models import errors

        return errors
    if name in _FACE:
        from halflife.flows import face

        return getattr(face, name)
    raise AttributeError(f"module 'halflife' has no attribute {name!r}; it has {', '.join(_FACE)}")


def __dir__() -> list[str]:
    return list(_FACE)
