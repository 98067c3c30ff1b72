"""What is tried again and what is not."""

import asyncio

import pytest
from prefect.states import Completed, Failed

from halflife.flows.retries import RETRIED, transient
from halflife.models.errors import FeedError, SchemaError, Unavailable, UsageError


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OSError("disk"), True),
        (Unavailable("no answer"), True),
        (UsageError("no such version"), False),
        (SchemaError("a column has gone"), False),
        (FeedError("no such file"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_outside_did_is_tried_again(error: Exception, again: bool) -> None:
    """A failure of the machine or the network may pass; one of a person or of the data will not."""
    assert asyncio.run(transient(None, None, Failed(data=error))) is again


def test_success_is_not_repeated() -> None:
    """There is nothing to try again."""
    assert asyncio.run(transient(None, None, Completed(data=1))) is False


def test_prefects_engine_awaits_the_condition() -> None:
    """Prefect awaits a coroutine function; what is read inside a flow's loop would be a coroutine nobody awaits."""
    assert asyncio.iscoroutinefunction(RETRIED["retry_condition_fn"])
