"""Nothing that can be typed crashes: a claim or a predicate is read and answered, or refused with our own error."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.domain import Measurement, Status
from halflife.models.errors import ClaimError
from halflife.models.learner.model import Model
from halflife.models.rows import Schema
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.masks import mask
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.syntax.claim_text import LONGEST
from halflife.monitoring.claims.syntax.sql_words import FUNCTIONS, KEYWORDS

FRAME = pd.DataFrame(
    {
        "_id": list("abcd"),
        "_tick": 0,
        "_label": [1.0, 0.0, np.nan, 1.0],
        "duration": [20.0, -35.0, np.nan, 1e300],
        "emp.var.rate": [1.4, -1.8, 0.0, np.nan],
        "sex": pd.Series(["F", "M", "F", "F"], dtype="str"),
        "job": pd.Series(["student", "o'brien", np.nan, ""], dtype="str"),
    }
)
CLAIMS = [
    *(statistic.example for statistic in STATISTICS.values()),
    'effect("duration", kind="ale", low=-1, high=2, where="sex = \'F\'") > 0 ± 0.1',
    'flips(set={"duration": 3, "job": "cook"}, where="emp.var.rate > 0") < 0.05',
    'attribution_share(["duration", "job"], where=\'"emp.var.rate" > 1\') > 0.3 +- 0.02',
]
CONDITIONS = [
    "duration > 30 AND job LIKE 's%'",
    "job IN ('student', 'cook') OR NOT sex = 'F'",
    "CASE WHEN duration > 30 THEN job = 'cook' ELSE emp.var.rate IS NULL END",
    "COALESCE(duration, 99) BETWEEN -1e3 AND 60.5 AND SUBSTR(job, 1, 2) = 'st'",
    'POWER(duration, 2) / MOD("emp.var.rate", 3) <> LENGTH(TRIM(UPPER(job)))',
]
INJECTIONS = [
    "1=1; DROP TABLE findings", "duration > 1 --", "duration > 1 /* x */", "' OR '1'='1", "duration > 1 UNION SELECT 1",
    "duration > (SELECT MAX(duration) FROM self)", "duration IN (SELECT 1)", "EXISTS (SELECT * FROM self)",
    "read_csv('/etc/passwd') IS NULL", "duration > 1 LIMIT 1", "duration > 1 GROUP BY job", "SUM(duration) > 1",
    "ROW_NUMBER() OVER (ORDER BY job) = 1", "job = 'x' COLLATE nocase", "CAST(duration AS INT) > 1", "duration::text = 'x'",
    "job = E'\\x41'", "job = U&'d'", "duration > $1", "duration > ?", "duration > :x", "job = `x`", "[duration] > 1",
    "self.duration > 1", "* = 1", "duration.* > 1", "job = ANY('x')", "INTERVAL '1' DAY > duration",
    "job = X'41'", "@@version = 1", "CURRENT_USER = job", "duration > 0x10", "job REGEXP '(a+)+$'", "job RLIKE '(a+)+$'",
    "job ~ '(a+)+$'", "REGEXP_LIKE(job, '(a+)+$')", "job SIMILAR TO '(a|a)*'",
]  # fmt: skip
PIECES = st.sampled_from(
    [*'"\'()[]{}<>=!±+-*/%,.:;@#\\ \t\n\x00', "±", "**", "==", "lambda", "__import__('os')", "True", "None", "nan", "1e999",
     "0x1", "1_000", "f''", "b''", "(((((", "{{{", "-- ", "where=", "set=", "𝛉", "е", "\u202e", "\ud800", "🙂", "''''", "NULL",
     "AND", "NOT ", "SELECT", "LIKE '%_%'", "IN ()", "duration", "emp.var.rate", "CASE", "END", "999999999999999999999"]
)  # fmt: skip


@st.composite
def mutants(draw: st.DrawFn, seeds: list[str]) -> str:
    """A valid text after a few cuts, insertions, repetitions and exchanges with another valid text."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        a, b = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        match draw(st.integers(0, 3)):
            case 0:
                text = text[:a] + text[b:]
            case 1:
                text = text[:a] + draw(PIECES) + text[a:]
            case 2:
                text = text[:a] + text[a:b] * draw(st.integers(2, 3)) + text[b:]
            case _:
                other = draw(st.sampled_from(seeds))
                text = text[:a] + other[a:b] + text[b:]
    return text


def read(text: str, schema: Schema | None) -> Claim | ClaimError:
    """What reading a claim comes to."""
    try:
        return parse(text, schema=schema)
    except ClaimError as error:
        return error


def pick(where: str) -> int | ClaimError:
    """How many rows a predicate is answered for, or how it is refused."""
    try:
        return len(mask(where, FRAME))
    except ClaimError as error:
        return error


@settings(deadline=None)
@given(mutants(CLAIMS), st.booleans())
def test_a_claim_that_is_nearly_right_is_read_or_refused(text: str, known: bool) -> None:
    """With and without a schema: what is read has a canonical text, what is refused is pointed at."""
    schema = Schema.from_dict(
        {"duration": "numeric", "emp.var.rate": "numeric", "sex": "categorical", "job": "categorical"}
    )
    said = read(text, schema if known else None)
    if isinstance(said, ClaimError):
        assert 1 <= said.column <= len(text) + 1
    else:
        assert parse(str(said)) == said


@settings(deadline=None, max_examples=60)
@given(text=mutants(CLAIMS))
def test_what_can_be_read_can_be_measured(text: str, model: Model, evidence: Evidence) -> None:
    """Whatever is read without a schema gets a status: a number, or untestable with a reason."""
    said = read(text, None)
    if isinstance(said, Claim):
        (answer,) = measure(ModelPass(model, evidence), [Question(said, said.scope, "evidence")], replicates=40)
        assert isinstance(answer, Measurement)
        assert (answer.interval is None) == (answer.status is Status.UNTESTABLE) == bool(answer.reason)


@pytest.fixture(scope="module")
def evidence(rows: object) -> Evidence:
    """Two hundred rows."""
    assert callable(rows)
    return Evidence({"evidence": rows(200, seed=1)})


@settings(deadline=None)
@given(mutants(CONDITIONS))
def test_a_predicate_that_is_nearly_right_is_answered_or_refused(where: str) -> None:
    """On rows with missing values, infinities in the making and empty text."""
    said = pick(where)
    assert 1 <= said.column <= len(where) + 1 if isinstance(said, ClaimError) else said == len(FRAME)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *sorted(FUNCTIONS),
                *sorted(KEYWORDS),
                "duration",
                '"emp.var.rate"',
                "job",
                "'x'",
                "'%'",
                "1",
                "0",
                "-1e308",
                *"()(),+-*/%=<>",
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_any_sequence_of_allowed_words_is_answered_or_refused(where: str) -> None:
    """Every function with any number of arguments of any kind, and keywords in any order."""
    said = pick(where)
    assert isinstance(said, ClaimError) or said == len(FRAME)


@pytest.mark.parametrize("where", INJECTIONS)
def test_what_is_no_condition_on_one_row_is_refused(where: str) -> None:
    """Statements, subqueries, clocks, files, casts, parameters and regular expressions: by our error, at a column."""
    assert isinstance(pick(where), ClaimError), where


@pytest.mark.parametrize(
    "where",
    [
        "(" * 400 + "duration > 1" + ")" * 400,
        "NOT " * 200 + "duration > 1",
        " AND ".join(["duration > 1"] * 70),
        "-" * 1 + "+-" * 300 + "duration > 1",
        "ABS(" * 190 + "duration" + ")" * 190 + " > 1",
        "CASE WHEN " * 60 + "duration > 1" + " THEN TRUE END" * 60,
    ],
    ids=["parentheses", "not", "and", "signs", "calls", "case"],
)
def test_depth_is_answered_or_refused(where: str) -> None:
    """As deep as a claim can hold, and deeper: no recursion runs away."""
    said = pick(where)
    assert isinstance(said, ClaimError) or said == len(FRAME)


@pytest.mark.parametrize(
    "text", ["(" * 490 + ")" * 490, "[" * 900, "flips(set=" + "{" * 300, "-" * 900 + "1", "a." * 450]
)
def test_depth_of_a_claim_is_refused(text: str) -> None:
    """The longest claims there can be, as nested as they can be."""
    assert len(text) <= LONGEST
    assert isinstance(read(text, None), ClaimError)


def test_patterns_take_no_time() -> None:
    """LIKE has no backtracking to speak of: a pattern that would ruin it, on long text, takes well under a second."""
    frame = pd.DataFrame({"job": pd.Series(["a" * 20_000] * 50, dtype="str")})
    where = f"job LIKE '{'%a' * 60}%b'"
    began = time.process_time()
    assert not mask(where, frame).any()
    assert time.process_time() - began < 5
