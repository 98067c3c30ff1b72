"""Where labels come from that arrive later than their rows, from another system."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from halflife.flows.label_value import LabelValue
from halflife.flows.local_paths import PathOrAddress
from halflife.monitoring.section import Section


class LabelSettings(Section):
    """Labels that come later, or never: a table of them, joined by `feed.id`; of two labels of one row the first stays."""

    path: Annotated[
        PathOrAddress | None,
        Field(
            description="CSV or Parquet file, folder or pattern of files, or Delta table; relative to this file, or an"
            " address as in `feed.path`."
        ),
    ] = None
    url_env: Annotated[
        str, Field(description="Instead of a path: environment variable that holds the address of a database.")
    ] = ""
    table: Annotated[str, Field(description="Its table or view.")] = ""
    query: Annotated[str, Field(description="SQL that gives the labels, instead of a table.")] = ""
    key: Annotated[str, Field(description="Column that says of which row a label is, as `feed.id`.")] = ""
    column: Annotated[str, Field(description="Column of the label, which has two values.")] = ""
    time: Annotated[
        str | None,
        Field(
            description="Column that says when a label came to be known: it comes in the first tick that reaches as far."
            " Unset, it counts as soon as it is seen."
        ),
    ] = None
    positive: Annotated[
        LabelValue | None,
        Field(description="The label's positive value; unset, found out for 0/1, no/yes, false/true, n/y."),
    ] = None
    give_up_after: Annotated[
        int | None,
        Field(
            ge=1,
            description="Ticks after its row's from which a label that has not come is no longer expected; unset, it is"
            " waited for for ever. It stands alone where labels come in the feed's own column.",
        ),
    ] = None
    absent: Annotated[
        Literal["unknown", "negative"],
        Field(
            description="What a label that never came means: nothing, or the negative value, as where only fraud is"
            " reported. One that comes after `give_up_after` is set aside then."
        ),
    ] = "unknown"

    @property
    def elsewhere(self) -> bool:
        """Whether there is a table of labels."""
        return self.path is not None or bool(self.url_env)

    @model_validator(mode="after")
    def _one_place(self) -> "LabelSettings":
        if self.absent == "negative" and self.give_up_after is None:
            raise ValueError('[labels] with absent = "negative" says after how many ticks: give_up_after')
        if not self.elsewhere and self.give_up_after is not None and not (self.key or self.column or self.time):
            return self
        if (self.path is None) == (not self.url_env):
            raise ValueError("[labels] names a path, or a url_env with a table or query; one of the two")
        if not self.key or not self.column:
            raise ValueError(
                "[labels] with a table says its key and its column: of which row a label is, and the label"
            )
        if self.url_env and bool(self.table) == bool(self.query):
            raise ValueError("[labels] with a url_env names a table or a query; one of the two")
        return self
