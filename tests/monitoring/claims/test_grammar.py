"""Claims: what can be written, and what is said of what cannot."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from halflife.models.domain import Scope
from halflife.models.errors import ClaimError
from halflife.models.rows import Schema
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.language.schema_check import check
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.syntax.arguments import ArgumentKind
from halflife.monitoring.claims.syntax.claim_text import SHAPE

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    ArgumentKind.FEATURE: TEXT,
    ArgumentKind.VALUE: TEXT | NUMBER,
    ArgumentKind.CHANGES: st.dictionaries(TEXT, TEXT | NUMBER, min_size=1, max_size=3).map(
        lambda changes: tuple(sorted(changes.items()))
    ),
    ArgumentKind.COUNT: st.integers(1, 9),
    ArgumentKind.FEATURES: TEXT | st.lists(TEXT, min_size=2, max_size=3, unique=True).map(tuple),
    ArgumentKind.PREDICATE: TEXT,
    ArgumentKind.CASE: TEXT,
}


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Any claim the grammar can hold, with any text in its arguments."""
    statistic = STATISTICS[draw(st.sampled_from(sorted(STATISTICS)))]
    arguments = tuple(
        (a.name, draw(st.sampled_from(a.choices) if a.choices else VALUES[a.kind]))
        for a in statistic.arguments
        if a.required or draw(st.booleans())
    )
    assume(not statistic.objection(dict(arguments)))
    statistic = statistic.of(dict(arguments))
    if statistic.threshold is bool:
        return Claim(statistic.name, arguments, "==", draw(st.booleans()))
    if statistic.threshold is str:
        return Claim(statistic.name, arguments, "==", draw(TEXT))
    tolerance = draw(st.just(0.0) | st.floats(0, 1e6))
    return Claim(statistic.name, arguments, draw(st.sampled_from([">", ">=", "<", "<="])), draw(NUMBER), tolerance)


@settings(deadline=None)
@given(claims())
def test_text_and_claim_are_the_same_thing(claim: Claim) -> None:
    """``parse(str(claim)) == claim``, whatever quotes, backslashes or emojis the arguments hold."""
    assert parse(str(claim)) == claim


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('attribution_share("duration")>0.30', 'attribution_share("duration") > 0.3'),
        ("attribution_share(feature='duration') > .3 +- .02", 'attribution_share("duration") > 0.3 ± 0.02'),
        ('attribution_share(["duration"]) > 0.3 +/- 0', 'attribution_share("duration") > 0.3'),
        ('attribution_share(("duration", "job")) >= 3e-1', 'attribution_share(["duration", "job"]) >= 0.3'),
        ("auc(\"sex = 'F'\") < 0.7±0.01", "auc(where=\"sex = 'F'\") < 0.7 ± 0.01"),
        ('auc(where="\\"emp.var.rate\\" > 1") > 0.5', "auc(where='\"emp.var.rate\" > 1') > 0.5"),
        (
            "gap(b=\"sex = 'M'\", a=\"sex = 'F'\", metric='fpr') > -1",
            'gap("fpr", a="sex = \'F\'", b="sex = \'M\'") > -1',
        ),
        ("  prediction(case='41023') > 0.0  ", 'prediction(case="41023") > 0'),
        ("top_reason('41023') == 'duration'", 'top_reason(case="41023") == "duration"'),
        ("(auc()) > (0.5)", "auc() > 0.5"),
    ],
)
def test_a_claim_has_one_canonical_text(text: str, canonical: str, schema: Schema) -> None:
    """Spelling, order and quotes are settled by reading it, and reading the result again changes nothing."""
    assert str(parse(text, schema=schema)) == canonical
    assert str(parse(canonical, schema=schema)) == canonical


def test_a_claim_is_data(schema: Schema) -> None:
    """The parts of a claim are there by name, and its scope is its statistic's."""
    claim = parse("attribution_share('duration', where=\"job = 'student'\") > 0.3 ± 0.02", schema=schema)
    assert claim == Claim("attribution_share", (("feature", "duration"), ("where", "job = 'student'")), ">", 0.3, 0.02)
    assert claim.scope is Scope.POPULATION
    assert parse('prediction(case="1") > 0').scope is Scope.ARTIFACT


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 1, f"there is no claim here; {SHAPE}"),
        ("   ", 1, "there is no claim here"),
        ("hello", 1, "this compares nothing"),
        ("auc()", 1, "this compares nothing"),
        ("acu() > 0.5", "acu", "'acu' is not a statistic; statistics are accuracy, amplification, attribution_rank"),
        ("acu() > 0.5", "acu", "did you mean 'auc'?"),
        ("  acu() > 0.5", "acu", "is not a statistic"),
        ("auc > 0.5", " >", "a statistic has parentheses; it is auc(where?), as in auc() > 0.75"),
        ("0.5 < auc()", "0.5", "the left side should be a statistic"),
        ("auc() > 0.5 extra", "extra", "cannot read this (invalid syntax)"),
        ("auc() > 0.5)", ")$", "cannot read this (unmatched ')')"),
        ("auc() > (0.5", "(0", "cannot read this ('(' was never closed)"),
        ("auc() >", "$", "cannot read this (invalid syntax)"),
        ("auc() > 0.5 # sure", "#", "'#' has no place in a claim"),
        ("auc() > 0.5 @ 0.1", "@", "'@' has no place in a claim"),
        ("auc() > 0.5\nauc() > 0.6", "\n", "a claim is one line of plain text"),
        ('auc(where="""x""") > 0.5', '"""x', "text goes in one pair of quotes"),
        ("auc() > 0.5 > 0.4", "0.4", "a claim compares once; make two claims of this"),
        ("auc() == 0.5", "==", "auc is a number, compared with > >= < <="),
        ("auc() != 0.5", "!=", "auc is a number, compared with > >= < <="),
        ('top_reason(case="1") > 0', "> 0", "top_reason is text, compared with =="),
        ('top_reason(case="1") == 3', "3", 'a column goes in quotes, as in "duration"'),
        ('top_reason(case="1") == "job" ± 1', "1$", "top_reason is text and has no tolerance"),
        (
            'top_reason(case="1") == "jab"',
            '"jab"',
            "'jab' is not a column; columns are duration, emp.var.rate, sex, job",
        ),
        ('auc() > "high"', '"high"', "auc is compared with a number, as in auc() > 0.75"),
        ("auc() > True", "True", "auc is compared with a number"),
        ("auc() > nan", "nan", "auc is compared with a number"),
        ("auc() > 1e999", "1e999", "this number is not finite"),
        ("auc() > 1" + "0" * 400, "10", "this number is not finite"),
        ("auc() > 0.5 ± 1e999", "1e999", "this number is not finite"),
        ("auc() > 0.5 ± -0.1", "-0.1", "the tolerance is not negative, as in ± 0.02"),
        ("auc() > 0.5 ± x", "x", "the tolerance is a number, as in ± 0.02"),
        ("auc() > 0.5 ± 0.1 ± 0.1", "0.5", "auc is compared with a number"),
        ("auc() > " + "-" * 900 + "1", None, ""),
        ("auc() > " + "1" * 2000, 1001, "a claim has at most 1000 characters; this one has 2008"),
        (
            'gap("fpr", a="sex = \'F\'") > 0',
            ") > 0",
            "b (an SQL condition on the columns) is missing; it is gap(metric, a, b, where?)",
        ),
        ('gap("fpr", "1", "2", "3", "4") > 0', '"4"', "one argument too many; it is gap(metric, a, b, where?)"),
        ('auc("duration > 1", where="duration > 2") > 0', "where", "where is given twice"),
        ('auc(were="age > 1") > 0', "were", "'were' is not an argument of auc; it is auc(where?)"),
        ('auc(were="age > 1") > 0', "were", "did you mean 'where'?"),
        ("auc(*x) > 0", "*x", "arguments are written out one by one"),
        ("auc(**x) > 0", "**x", "arguments are written out one by one"),
        ("auc(where=3) > 0", "3", "where is a condition in quotes, as in where=\"job = 'student'\""),
        ("attribution_share(duration) > 0", "duration", 'a column goes in quotes, as in "duration"'),
        ('attribution_share(f"duration") > 0', 'f"', "a column goes in quotes"),
        ('attribution_share("durration") > 0', '"durr', "did you mean 'duration'?"),
        ('attribution_share(["duration", "jb"]) > 0', '"jb"', "'jb' is not a column"),
        ('attribution_share(["job", "job"]) > 0', '"job"]', "'job' is listed twice"),
        ("attribution_share([]) > 0", "[]", "the list of columns is empty"),
        ('gap("fqr", a="x", b="y") > 0', '"fqr"', "'fqr' is not a metric; it is one of auc, accuracy, base_rate"),
        ("prediction(case=41023) > 0", "41023", 'a case is text; write case="41023"'),
        ('auc(where="") > 0', '") > 0', "the predicate is empty"),
        ("auc(where=\"jub = 'x'\") > 0", "jub", "'jub' is not a column"),
        ("auc(where=\"duration > 1 AND jub = 'x'\") > 0", "jub", "did you mean 'job'?"),
        ("auc(where='duration > 1 AND job = \\'x\\' AND jub = 1') > 0", "jub", "is not a column"),
        ('auc(where="duration > (SELECT 1)") > 0', "SELECT", "no subqueries"),
        ('auc(where="system(duration) > 1") > 0', "system", "is not a function a predicate may use"),
        ("auc(where=\"job = 'é±' AND jub = 1\") > 0 ± 0.1", "jub", "is not a column"),
    ],
)
def test_a_fault_is_named_and_pointed_at(text: str, at: str | int | None, message: str, schema: Schema) -> None:
    """Each wrong claim gets a message that says what would be right, at the exact column in what was typed."""
    with pytest.raises(ClaimError) as caught:
        parse(text, schema=schema)
    assert message in caught.value.message
    assert caught.value.text == text
    if isinstance(at, str):
        at = len(text) - len(at) + 2 if at.endswith("$") else text.index(at) + 1
    assert at is None or caught.value.column == at


def test_the_message_shows_the_place(schema: Schema) -> None:
    """What a person sees: the sentence, the claim, and a caret under the word inside the predicate."""
    with pytest.raises(ClaimError) as caught:
        parse("auc(where=\"jub = 'cook'\") > 0.5", schema=schema)
    assert str(caught.value) == (
        "'jub' is not a column; columns are duration, \"emp.var.rate\", sex, job; did you mean 'job'? (column 12)\n"
        "  auc(where=\"jub = 'cook'\") > 0.5\n"
        "             ^"
    )


def test_columns_are_taken_on_trust_without_a_schema(schema: Schema) -> None:
    """A claim read from a file is valid until it meets a schema; ``check`` is that meeting."""
    claim = parse('attribution_share("durration") > 0.3')
    with pytest.raises(ClaimError, match="did you mean 'duration'"):
        check(claim, schema)
    check(parse('attribution_share("duration") > 0.3'), schema)
    with pytest.raises(ClaimError, match="'vibes' is not a statistic"):
        check(Claim("vibes", (), ">", 0.0), schema)


def outcome(text: str) -> Claim | ClaimError:
    """What reading a text comes to."""
    try:
        return parse(text)
    except ClaimError as error:
        return error


@settings(deadline=None)
@given(st.text(max_size=60) | st.text("auc()><=.5±+-/\"'@# where", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, the answer is a claim or a ClaimError that points into the text."""
    read = outcome(text)
    assert parse(str(read)) == read if isinstance(read, Claim) else 1 <= read.column <= len(text) + 1
