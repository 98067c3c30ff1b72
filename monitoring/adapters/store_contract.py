"""What a store fixes with its first tick: its columns, and which rows play which part. Kept in ``store.json``."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from json import JSONDecodeError, dumps, loads

from halflife.models.errors import ConfigError, SchemaError, Unavailable
from halflife.models.rows import ENTITY, PROPENSITY, RESERVED, Schema, Split
from halflife.monitoring.adapters.places import Place, written_first

NAME = "store.json"


@dataclass(frozen=True)
class StoreContract:
    """The schema and split of a store, and how its rows came; no later tick or setting changes them.

    Attributes:
        propensity: rows say with which probability their label was let through.
        trimmed: texts came without the blanks around them; not so in stores of earlier revisions.
    """

    schema: Schema
    split: Split
    propensity: bool = False
    trimmed: bool = True


def read_contract(folder: Place) -> StoreContract | None:
    """The contract of the store in ``folder``; None when there is no store yet.

    Raises:
        OSError: the folder cannot be read.
        Unavailable: ``store.json`` is there but damaged.
    """
    try:
        said = loads((folder / NAME).read_text())
        schema, split = Schema.from_dict(said["schema"]), Split(**said["split"])
        return StoreContract(schema, split, bool(said.get("propensity")), bool(said.get("trimmed")))
    except FileNotFoundError:
        return None
    except (JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise Unavailable(
            f"{folder / NAME} is damaged ({error}); it holds the store's columns and split: bring it back from a copy"
        ) from error


def write_contract(folder: Place, contract: StoreContract) -> StoreContract:
    """Fix the contract, whole or not at all, and return the one that holds: of two writers, the first one's.

    Raises:
        OSError: the folder cannot be written.
    """
    said = {**asdict(contract), "schema": contract.schema.to_dict()}
    text = dumps(said, ensure_ascii=False, indent=2)
    held = None if written_first(folder / NAME, text) else read_contract(folder)
    return contract if held is None else held


def require_storable(schema: Schema) -> None:
    """Raise SchemaError for names the tables could not tell apart, upper and lower case being one to them."""
    names = [name.casefold() for name in (*RESERVED, *schema.names)]
    clash = [name for name in schema.names if names.count(name.casefold()) > 1]
    if clash:
        raise SchemaError(
            f"column {', '.join(map(repr, clash))}: the store tells no two names apart by upper and lower case, and keeps "
            f"{', '.join(RESERVED)} for itself; rename it in the feed"
        )


def require_entities(split: Split, columns: Iterable[str]) -> None:
    """Raise SchemaError unless rows come with an entity exactly when the split goes by entity."""
    if (ENTITY in columns) != bool(split.cluster):
        asked = f"by {split.cluster!r}, and the feed does not say" if split.cluster else "by row, and the feed says"
        raise SchemaError(f"the store's evidence is set apart {asked} which rows are about one entity")


def require_propensity(contract: StoreContract, columns: Iterable[str]) -> None:
    """Raise SchemaError unless rows come with a propensity exactly when the store's have one."""
    if (PROPENSITY in columns) != contract.propensity:
        here, now = ("has had", "no longer says") if contract.propensity else ("has not had", "now says")
        raise SchemaError(
            f"the store {here} propensities since its first tick, and the feed {now} with which probability a label was "
            "let through; keep [feed] as it was, or start a new home"
        )


def require_split(contract: StoreContract, asked: Split, folder: Place) -> None:
    """Raise ConfigError unless the split that is asked for is the store's."""
    if contract.split != asked:
        raise ConfigError(
            f"the store in {folder} was made with {_shares(contract.split)}, the configuration says {_shares(asked)}: "
            "rows kept out of training until now would leak into it. Use the store's shares, or another home"
        )


def _shares(split: Split) -> str:
    """As the configuration would say it.

    >>> _shares(Split(cluster="customer"))
    "evidence = 0.1, discovery = 0.05, calibration = 0.1, cluster = 'customer'"
    """
    said = {name: value for name, value in asdict(split).items() if value != ""}
    return ", ".join(f"{name} = {value!r}" for name, value in said.items())
