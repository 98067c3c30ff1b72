"""Where labels come from that arrive later than their rows, from another system."""

from typing import Annotated

from pydantic import Field, model_validator

from halflife.flows.local_paths import LocalPath
from halflife.monitoring.section import Section


class LabelSettings(Section):
    """A table of labels, joined to the feed's rows by `feed.id`. Of two labels of one row the first one stays."""

    path: Annotated[
        LocalPath | None,
        Field(description="CSV or Parquet file, folder or pattern of files, or Delta table; relative to this file."),
    ] = None
    url_env: Annotated[
        str, Field(description="Instead of a path: environment variable that holds the address of a database.")
    ] = ""
    table: Annotated[str, Field(description="Its table or view.")] = ""
    query: Annotated[str, Field(description="SQL that gives the labels, instead of a table.")] = ""
    key: Annotated[str, Field(description="Column that says of which row a label is, as `feed.id`.")]
    column: Annotated[str, Field(description="Column of the label, which has two values.")]
    time: Annotated[
        str | None,
        Field(
            description="Column that says when a label came to be known: it comes in the first tick that reaches as far."
            " Unset, it counts as soon as it is seen."
        ),
    ] = None
    positive: Annotated[
        str | None, Field(description="The label's positive value; unset, found out for 0/1, no/yes, false/true, n/y.")
    ] = None

    @model_validator(mode="after")
    def _one_place(self) -> "LabelSettings":
        if (self.path is None) == (not self.url_env):
            raise ValueError("[labels] names a path, or a url_env with a table or query; one of the two")
        if self.url_env and bool(self.table) == bool(self.query):
            raise ValueError("[labels] with a url_env names a table or a query; one of the two")
        return self
