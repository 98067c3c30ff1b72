"""Evidently without its telemetry and without its own warnings on the user's screen."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Where Evidently is imported and used.

    It reports its use unless ``DO_NOT_TRACK`` is set before it is imported. It touches ``numpy.core`` and Pydantic's
    old interface on import and while drawing; both are deprecated and neither is ours to mend. It divides by the rows of
    empty tables and by the spread of constant columns.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", "(invalid value|divide by zero) encountered", RuntimeWarning)
        yield
