"""Tags become findings or answers, and said twice they are said once."""

from halflife.models.domain import Author, Finding, Scope
from halflife.models.rows import Column, Kind, Schema
from halflife.monitoring.filing.tag_requests import asked

SCHEMA = Schema((Column("age", Kind.NUMERIC),))
OTHERS = {"halflife.version": "1", "owner": "ann"}


def test_a_tag_with_a_claim_is_a_finding_about_its_version() -> None:
    """Canonical, with the statistic's scope, by MLflow, and without an answer."""
    found = asked({3: {**OTHERS, "halflife.finding.old": "attribution_share('age')>.3"}}, [], SCHEMA)
    (finding,) = found.findings
    assert finding == Finding(
        "old", 'attribution_share("age") > 0.3', "attribution_share", Scope.POPULATION, 3,
        author=Author.MLFLOW, note="filed by a tag on v3",
    )  # fmt: skip
    assert found.answers == {}


def test_a_claim_that_does_not_parse_is_answered_beside_it() -> None:
    """With the column of the fault, in one line; the same answer is not given again."""
    tags = {"halflife.finding.bad": 'attribution_share("agee") > 0.3'}
    found = asked({2: tags}, [], SCHEMA)
    answer = {"halflife.error.bad": "'agee' is not a column; columns are age; did you mean 'age'? (column 19)"}
    assert found.findings == ()
    assert found.answers == {2: answer}
    assert asked({2: tags | answer}, [], SCHEMA).answers == {}


def test_an_answer_leaves_once_its_claim_is_mended_or_withdrawn() -> None:
    """Nobody is told of a fault that is no more."""
    stale = {"halflife.error.bad": "something"}
    mended = asked({2: stale | {"halflife.finding.bad": "auc() > 0.7"}}, [], SCHEMA)
    assert [f.name for f in mended.findings] == ["bad"]
    assert mended.answers == {2: {"halflife.error.bad": None}}
    assert asked({2: stale}, [], SCHEMA).answers == {2: {"halflife.error.bad": None}}


def test_a_request_that_was_filed_is_done() -> None:
    """The same name with the same claim asks for nothing, on whichever version it stands."""
    filed = Finding("old", "auc() > 0.7", "auc", Scope.POPULATION, 1)
    tags = {n: {"halflife.finding.old": "auc() > 0.70"} for n in (1, 2)}
    assert asked(tags, [filed], SCHEMA) == asked({}, [filed], SCHEMA)
    assert [f.made_on for f in asked(tags, [], SCHEMA).findings] == [1], "of two, the earlier version's is filed"


def test_a_name_that_says_something_else_already_is_answered() -> None:
    """The answer quotes the claim that has the name."""
    filed = Finding("old", "auc() > 0.7", "auc", Scope.POPULATION, 1)
    found = asked({2: {"halflife.finding.old": "auc() > 0.8"}}, [filed], SCHEMA)
    assert found.findings == ()
    assert found.answers == {
        2: {"halflife.error.old": "there is a finding old that says auc() > 0.7; choose another name"}
    }


def test_a_name_no_finding_can_have_is_answered() -> None:
    """What MLflow allows in a key and we do not: spaces, slashes, other alphabets, nothing at all."""
    for name in ("a b", "a/b", "ä", "", "12"):
        found = asked({1: {f"halflife.finding.{name}": "auc() > 0.7"}}, [], SCHEMA)
        assert found.findings == ()
        assert f"{name!r} cannot be a finding's name" in str(found.answers[1][f"halflife.error.{name}"])
