"""A findings file is read whole or refused with the place of every fault, and written as it is read."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.domain import Finding, Scope
from halflife.models.errors import ConfigError, HalflifeError, UsageError
from halflife.models.rows import Column, Kind, Schema
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.filing.entry import named, schema, schema_text
from halflife.monitoring.filing.import_plan import born
from halflife.monitoring.filing.reader import read
from halflife.monitoring.filing.writer import write
from halflife.monitoring.filing.yaml_positions import LARGEST

ROOT = Path(__file__).parents[3]
SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))

CLAIMS = [
    "auc() > 0.7",
    "auc() > 0.7 ± 0.02",
    'attribution_share(["age", "job"], where="job = \'it\'\'s: # odd\'") > 0.3',
    'gap("fpr", a="job = \'x\'", b="job <> \'x\'") <= 0.05 ± 0.01',
    'top_reason(case="41 023") == "age"',
]
notes = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
findings = st.builds(
    Finding,
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}", fullmatch=True),
    claim=st.sampled_from(CLAIMS),
    statistic=st.just(""),
    scope=st.sampled_from(Scope),
    made_on=st.integers(1, 5),
    author=notes.filter(len),
    note=notes | st.text("ab \n:#'\"-", max_size=30),
    guard=st.booleans(),
    ttl=st.none() | st.integers(1, 9),
    links=st.lists(notes.filter(len), max_size=2).map(tuple),
    in_file=st.just(True),
).map(lambda f: replace(f, guard=f.guard and f.scope is not Scope.PROCESS))


def faults(text: str, **known: int) -> list[str]:
    """The faults of a file, one a line, as ``line:column: message``; the lines they quote are left out."""
    with pytest.raises(ConfigError) as caught:
        read(text, "f.yaml", schema=SCHEMA, **known)
    return [line.removeprefix("f.yaml:") for line in str(caught.value).splitlines() if line.startswith("f.yaml:")]


@settings(max_examples=200, deadline=None)
@given(st.lists(findings, max_size=4, unique_by=lambda f: f.name))
def test_what_is_written_is_read_back_and_written_the_same(given: list[Finding]) -> None:
    """Every name, claim, tolerance, note and link survives, and a second writing gives the same bytes."""
    text = write(given)
    placed = read(text, "f.yaml", schema=SCHEMA, newest=5).placed
    back = [born(p, made_on=9, author="nobody") for p in placed]
    assert back == sorted((replace(f, statistic=f.claim.partition("(")[0]) for f in given), key=lambda f: f.name)
    assert write(reversed(back)) == text


def test_a_note_of_several_lines_is_written_as_people_write_it() -> None:
    """Block style, no escapes."""
    text = write([Finding("a", "auc() > 0.7", "auc", Scope.POPULATION, 1, author="ann", note="über\nzwei Zeilen\n")])
    assert "    note: |\n      über\n      zwei Zeilen\n" in text


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("claim: acu() > 0.7", "3:12"),
        ("claim:   'acu() > 0.7'", "3:15"),
        ('claim: attribution_share("agee") > 0.7', "3:30"),
        ("claim: 'gap(\"fpr\", a=\"job = ''x''\", b=\"jab = ''y''\") > 0'", "3:44"),
        ('claim: "gap(\\"fpr\\", a=\\"job = \'x\'\\", b=\\"jab = \'y\'\\") > 0"', "3:47"),
        ("claim: >-\n      attribution_share('agee') > 0.7", "4:25"),
        ("claim: |\n      acu() > 0.7", "4:7"),
    ],
)
def test_a_fault_in_a_claim_is_shown_where_it_stands_in_the_file(claim: str, place: str) -> None:
    """Plain, quoted either way or in a block: line and column are those of the wrong word."""
    text = f"findings:\n  - name: a\n    {claim}\n"
    (fault,) = faults(text)
    assert fault.startswith(f"{place}: ")
    line, column = map(int, place.split(":"))
    assert text.splitlines()[line - 1][column - 1 :].startswith(("acu", "'agee", '"agee', "jab"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1: a findings file has one key, findings"),
        ("- name: a\n", "1:1: a findings file has one key, findings"),
        ("findings: 3\n", "1:11: findings is a list of entries"),
        ("finding: []\n", "1:1: 'finding' is not a key; keys are findings; did you mean 'findings'?"),
        ("findings: [a]\n", "1:12: an entry is a table"),
        ("findings:\n- claim: auc() > 0.7\n", "2:3: name is missing; it is text of letters"),
        ("findings:\n- name: a\n", "2:3: claim is missing; it is text such as"),
        ("findings:\n- name: 12\n  claim: auc() > 0.7\n", "2:9: name is text of letters"),
        ("findings:\n- name: no\n  claim: auc() > 0.7\n", "2:9: name is text of letters"),
        ("findings:\n- name: a b\n  claim: auc() > 0.7\n", "2:9: name is text of letters"),
        ("findings:\n- name: a\n  claim: 2020-01-01\n", "3:10: claim is text such as"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  guard: 'on'\n", "4:10: guard is true or false"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  scope: process\n  guard: true\n", "5:10: guard: a guard judges a version"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  ttl: 0\n", "4:8: ttl is a whole number, 1 or more"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  ttl: 2.5\n", "4:8: ttl is a whole number, 1 or more"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  scope: all\n", "4:10: scope is artifact (this model on these rows), population"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  tolerance: -1\n", "4:14: tolerance is a number, 0 or more"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  tolerance: .nan\n", "4:14: tolerance is a number, 0 or more"),
        ("findings:\n- name: a\n  claim: auc() > 1 ± 0.1\n  tolerance: 0.2\n", "4:14: tolerance: the claim itself says"),
        ("findings:\n- name: a\n  claim: top_reason(case='1') == 'age'\n  tolerance: 1\n", "4:14: tolerance: top_reason"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  links: x\n", "4:10: links is a list of texts"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  links: [x, 3]\n", "4:14: links is a list of texts"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  nte: x\n", "4:3: 'nte' is not a key; keys are name, claim"),
        ("findings:\n- name: a\n  claim: auc() > 1\n  name: b\n", "4:3: name is given twice"),
        ("findings:\n- {name: a, claim: auc() > 1}\n- {name: a, claim: auc() > 1}\n", "3:10: name: there is another 'a'"),
        ("findings:\n- {name: a, claim: auc() > 1, made_on: 6}\n", "2:40: made_on: there is no v6; the newest"),
        ("findings:\n- &x {name: a, claim: auc() > 1}\n- *x\n", "2:3: an alias repeats this"),
        ("findings: !!python/object:os.system {}\n", "1:11: tag:yaml.org,2002:python/object:os.system is not read"),
        ("findings:\n- name: !!python/name:os.system x\n", "2:9: tag:yaml.org,2002:python/name:os.system is not read"),
        ("findings:\n- ? [a]\n  : b\n", "2:5: a key is a word"),
        ("findings:\n- name: a\n  claim: b: c\n", "3:11: not YAML: mapping values are not allowed"),
        ("findings: [\n", "2:1: not YAML"),
        ("--- a\n--- b\n", "2:1: not YAML"),
        ("findings: \x07\n", "1:1: not YAML"),
    ],
)  # fmt: skip
def test_every_fault_has_its_place_and_says_what_is_right(text: str, told: str) -> None:
    """File, line and column, then what would be right there."""
    assert faults(text, newest=5)[0].startswith(told)


def test_all_faults_are_told_at_once() -> None:
    """Whoever mends a file does not have to ask again after each fault."""
    text = "findings:\n- {name: a, claim: acu() > 1}\n- {name: a, claim: auc() > 1, made_on: 6}\n"
    assert [fault.partition(": ")[0] for fault in faults(text, newest=5)] == ["2:20", "3:10", "3:40"]


def test_a_file_too_large_or_too_deep_is_refused() -> None:
    """No file makes the reader run out of stack or patience."""
    with pytest.raises(ConfigError, match=f"at most {LARGEST:,} are read"):
        read("#" * (LARGEST + 1), "f.yaml")
    with pytest.raises(ConfigError):
        read("[" * 100_000, "f.yaml")
    with pytest.raises(ConfigError):
        read("{a: " * 900 + "}" * 900, "f.yaml")


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["findings:", "\n", "  ", "- ", "name: a", "claim: auc() > 1", "'", '"', "|", ">", "&a", "*a", "{", "}", "[",
             "]", ", ", "? ", "!!binary", "<<: ", "%YAML 1.1", "---", "\u2028", "\x85", "\ufeff", "ttl: 1e400", "0x1F"]
        ),
        max_size=20,
    ).map("".join)
)  # fmt: skip
def test_no_text_does_more_than_be_refused(text: str) -> None:
    """Whatever is in a file, it is read or answered with one of our errors."""
    with suppress(HalflifeError):
        assert read(text, "f.yaml", schema=SCHEMA, newest=1).placed is not None


def test_names_are_safe_as_tags_and_words() -> None:
    """A name begins with a letter and is at most 100 characters of letters, digits, dots, dashes and underscores."""
    assert named("a" * 100) == "a" * 100
    for wrong in ("", "1", "a b", "ä", "a" * 101, "a~1", "a/b", "a\n"):
        with pytest.raises(UsageError, match="cannot be a finding's name"):
            named(wrong)


def test_the_published_schema_is_the_one_the_reader_checks_by() -> None:
    """``halflife finding schema > infra/docs/findings.schema.json`` changes nothing; every key and scope is in it."""
    assert (ROOT / "infra" / "docs" / "findings.schema.json").read_text(encoding="utf-8") == schema_text()
    entry = schema()["$defs"]["Entry"]
    assert set(entry["properties"]) == {
        "name", "claim", "tolerance", "scope", "made_on", "author", "guard", "ttl", "note", "links",
    }  # fmt: skip
    assert schema()["$defs"]["Scope"]["enum"] == [*Scope]
    assert json.loads(schema_text())["additionalProperties"] is False


def test_the_file_in_the_readme_is_valid() -> None:
    """Whoever copies it has a file that can be imported."""
    (text,) = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert [placed.entry.name for placed in read(text, "README.md").placed] == ["visits-matter", "ranks-well"]


def test_the_example_is_valid_and_names_its_schema() -> None:
    """``infra/examples/findings.yaml`` is read without fault, and its first line points at the schema."""
    path = ROOT / "infra" / "examples" / "findings.yaml"
    text = path.read_text(encoding="utf-8")
    placed = read(text, path.name).placed
    assert len(placed) >= 3
    assert {p.claim.statistic for p in placed} <= set(STATISTICS)
    said = text.splitlines()[0].partition("$schema=")[2]
    assert (path.parent / said).resolve() == ROOT / "infra" / "docs" / "findings.schema.json"
