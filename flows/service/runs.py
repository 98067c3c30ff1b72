"""Flow runs of a deployment, as Prefect's server knows them."""

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun


async def unfinished(client: "PrefectClient", deployment: UUID) -> "list[FlowRun]":
    """Those that were begun and have no end; what runs them may have been killed."""
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType

    begun = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
    return await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=begun)),
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
    )
