"""One entry of ``findings.yaml``, as a model from which both the checks and the published JSON Schema are made."""

import re
from json import dumps
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from halflife.models.domain import Scope
from halflife.models.errors import UsageError

NAME = r"^[A-Za-z][A-Za-z0-9._-]{0,99}$"
"""Short enough for a tag's key in the registry, and never mistaken for a finding's number."""

SCOPES: dict[Scope, str] = {
    Scope.ARTIFACT: "this model on these rows",
    Scope.POPULATION: "the rows it meets",
    Scope.PROCESS: "all models trained this way, as the version's shadows show them",
}
"""What each scope speaks about."""

UNGUARDED = "a guard judges a version before its shadows are trained, so its scope cannot be process"
"""Why a claim about all models trained this way keeps none from promotion."""

RIGHT = {
    "findings": "a list of entries, each with a name and a claim",
    "name": "text of letters, digits, '.', '_' and '-' that begins with a letter and has at most 100 characters",
    "claim": "text such as 'auc() > 0.7 ± 0.02'; halflife statistics lists what it can speak about",
    "scope": f"{', '.join(f'{name} ({about})' for name, about in SCOPES.items())}; left out, it is the statistic's own",
    "tolerance": "a number, 0 or more, in the statistic's unit, by which the claim may be missed",
    "made_on": "the number of the version it is about, 1 or more; left out, it is the newest",
    "author": "text: who says so",
    "guard": "true or false: whether a version that breaks it is kept from promotion; not with scope process",
    "ttl": "a whole number, 1 or more, of retrains without a valid re-test after which it expires",
    "note": "text: how you came to think so, for those who read it later",
    "links": "a list of texts: addresses of what led to it",
}
"""Key -> what is right there: the schema's descriptions and the second half of every message about a fault."""

Words = Annotated[str, Field(min_length=1)]


def _key(name: str, **constraints: Any) -> Any:
    return Field(description=RIGHT[name][0].upper() + RIGHT[name][1:] + ".", **constraints)


class Entry(BaseModel):
    """A conclusion about a version, as a team writes it down."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = _key("name", pattern=NAME)
    claim: str = _key("claim", min_length=1)
    tolerance: float | None = _key("tolerance", ge=0, allow_inf_nan=False, default=None)
    scope: Annotated[Scope, Field(strict=False)] | None = _key("scope", default=None)
    made_on: int | None = _key("made_on", ge=1, default=None)
    author: Words | None = _key("author", default=None)
    guard: bool = _key("guard", default=False)
    ttl: int | None = _key("ttl", ge=1, default=None)
    note: str = _key("note", default="")
    links: Annotated[tuple[Words, ...], Field(strict=False)] = _key("links", default=())


class FindingsFile(BaseModel):
    """Findings as a team keeps them in git; read by ``halflife finding import``."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="findings.yaml")

    findings: tuple[Entry, ...] = _key("findings")


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors.

    >>> sorted(schema()["$defs"]["Entry"]["required"])
    ['claim', 'name']
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **FindingsFile.model_json_schema()}


def schema_text() -> str:
    """The JSON Schema as the text that is published."""
    return dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def named(name: str) -> str:
    """The name, if a finding may be called so. Raises UsageError.

    >>> named("fair-by-region")
    'fair-by-region'
    """
    if not re.fullmatch(NAME, name):
        raise UsageError(f"{name!r} cannot be a finding's name; it is {RIGHT['name']}")
    return name


def scoped(text: str) -> Scope:
    """The scope a finding is filed with. Raises UsageError.

    >>> scoped("population")
    <Scope.POPULATION: 'population'>
    """
    if text not in list(Scope):
        raise UsageError(f"{text!r} cannot be a finding's scope; it is {RIGHT['scope']}")
    return Scope(text)
