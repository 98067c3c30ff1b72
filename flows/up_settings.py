"""Where the servers of `halflife up` listen."""

from typing import Annotated

from pydantic import Field

from halflife.monitoring.section import Section

Port = Annotated[int, Field(ge=0, le=65_535)]


class UpSettings(Section):
    """Where `halflife up` listens; a port of 0 is any that is free."""

    host: Annotated[
        str,
        Field(description="On which everything listens. Anything but loopback lets others in: see the runbook first."),
    ] = "127.0.0.1"
    port: Annotated[Port, Field(description="Of the pages, `/health` and `/metrics`.")] = 8070
    prefect_port: Annotated[Port, Field(description="Of Prefect's server and UI.")] = 4200
    mlflow_port: Annotated[Port, Field(description="Of MLflow's server and UI.")] = 5000
