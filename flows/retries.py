"""What is worth trying again: what the outside did, never what a person or the data got wrong."""

import logging
from typing import Any, TypedDict

from prefect.cache_policies import NO_CACHE

from halflife.models.errors import DataError, UsageError

LOG = logging.getLogger(__name__)


async def transient(task: Any, run: Any, state: Any) -> bool:
    """Whether a failed task may succeed when it is tried again; awaited by Prefect's engine."""
    try:
        await state.aresult()
    except (UsageError, DataError):
        return False
    except Exception as error:
        LOG.info("%s failed and may be tried again: %s", getattr(run, "name", "a task"), error)
        return True
    return False


class TaskOptions(TypedDict):
    """Options every task shares."""

    retries: int
    retry_delay_seconds: list[float]
    retry_condition_fn: Any
    cache_policy: Any


RETRIED: TaskOptions = {
    "retries": 2,
    "retry_delay_seconds": [1, 10],
    "retry_condition_fn": transient,
    "cache_policy": NO_CACHE,
}
