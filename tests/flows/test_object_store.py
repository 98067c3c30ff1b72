"""Halflife on an object store, as a person uses it: rows by address, and what an address may not hold."""

from collections.abc import Callable
from pathlib import Path

import pytest

from halflife.flows.bootstrap import feed
from halflife.flows.configuration import parse, read
from halflife.flows.use_cases.beginning import begin
from halflife.flows.use_cases.checking import diagnose
from halflife.models.errors import ConfigError
from halflife.monitoring.adapters.places import place_of


def test_rows_and_labels_by_address_from_init_to_doctor(
    object_store: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`init` writes addresses as they are, `doctor` reads them, and labels of another object join the rows."""
    bucket = object_store()
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"r{k},2024-03-{1 + k // 20:02d}T00:00:00,{k % 7}\n" for k in range(400))
    place_of(f"{bucket}/my rows/a.csv").write(f"id,at,x\n{rows}")
    place_of(f"{bucket}/labels.csv").write("row,y\n" + "".join(f"r{k},{k % 2}\n" for k in range(400)))
    begun = begin([f"{bucket}/my rows"], labels=f"{bucket}/labels.csv", label="y")
    assert begun.source == f"{bucket}/my rows"
    settings = read(Path("halflife.toml"))
    assert settings.name == "my-rows"
    assert diagnose(settings).ok
    batch = feed(settings).batch(0)
    assert len(batch.rows) == len(batch.labels) > 0


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (
            {"kind": "file", "path": "s3://ann:hush@bucket/rows.csv"},
            r"feed.path = 's3://\*\*\*@bucket/rows.csv': an address holds",
        ),
        (
            {"kind": "file", "path": "az://rows/a.csv?sv=1&sig=hush"},
            r"feed.path = 'az://rows/a.csv\?sv=1&sig=\*\*\*'?: an address holds no",
        ),
        ({"kind": "file", "path": "ftp://host/rows.csv"}, "addresses begin with s3://, .* not with ftp://"),
        ({"kind": "file", "path": "s3:///rows.csv"}, "names no bucket; addresses look like s3://bucket/rows"),
        (
            {"kind": "push", "id": "id", "path": "s3://bucket/inbox"},
            "feed.path = .* a folder of this machine is needed",
        ),
    ],
)
def test_an_address_that_cannot_be_says_why(feed: dict[str, str], message: str) -> None:
    """Keys in an address are refused and not told again; so is what no object store is, and where one will not do."""
    with pytest.raises(ConfigError, match=message) as error:
        parse({"feed": {"label": "y", **feed}}, "halflife.toml")
    assert "hush" not in str(error.value)


def test_a_file_address_is_a_path(tmp_path: Path) -> None:
    """``file://`` names a file of this machine, wherever the configuration stands."""
    text = f'[feed]\nkind = "file"\nlabel = "y"\npath = "file://{tmp_path}/a%20b.csv"\n'
    (tmp_path / "halflife.toml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "halflife.toml").feed.path == str(tmp_path / "a b.csv")
