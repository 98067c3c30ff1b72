"""Machine code from Python functions: compiled by Numba on first use and kept on disk."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """``function`` as machine code that lets other threads run, multiplies and adds in one instruction, and divides as IEEE does.

    The code is kept beside the source, or in the user's cache folder when that cannot be written; where neither can, it
    is compiled in every process. Numba replaces cache files whole, so processes may compile at the same time. It
    looks at the function's own file to see whether the code is still right: call nothing compiled from another module.
    A function whose name starts with ``_`` gets no Python wrapper, so only compiled functions can call it.
    """
    settings: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": {"contract"},
        "no_cpython_wrapper": function.__name__.startswith("_"),
        "no_cfunc_wrapper": True,
    }
    try:
        code: F = njit(cache=True, **settings)(function)
    except RuntimeError:  # no folder to keep it in
        code = njit(**settings)(function)
    return code
