"""Where rows and shadows are kept."""

from typing import Annotated

from pydantic import Field

from halflife.flows.local_paths import PathOrAddress
from halflife.monitoring.section import Section


class StoreSettings(Section):
    """Where rows and shadows are kept; what is made again from them stays in the home."""

    uri: Annotated[
        PathOrAddress | None,
        Field(
            min_length=1,
            description="Address of one home's own on an object store, such as `s3://bucket/halflife/churn`, or a folder,"
            " relative to this file; unset, they are in the home. Credentials come from the environment.",
        ),
    ] = None
