"""The world's random words, against the definition of Philox and against words written down once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.world.draws import Stream, chances, generator

GOLDEN_WORDS = {
    "NUMERIC": 5733859874173829832,
    "CATEGORICAL": 10046276415360184433,
    "LABEL": 1170280437898119671,
    "DELAY": 10635802199563036216,
    "MISSING": 2537460764233239568,
    "LEAK": 12197035836898454687,
    "EXTRA": 15726994221087309131,
}
GOLDEN_NORMAL = [0.26291046, -0.29375553, 0.03747761]
GOLDEN_UNIFORM = [0.49176484, 0.30095911, 0.78849947]
GOLDEN_INTEGERS = [55099, 38832, 51335, 1241]

WORD = 2**64 - 1


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x64-10 as defined by Salmon, Moraes, Dror and Shaw (SC 2011), section 3.3."""
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(10):
        low, high = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        a, b, c, d = (high >> 64) ^ b ^ k0, high & WORD, (low >> 64) ^ d ^ k1, low & WORD
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & WORD, (k1 + 0xBB67AE8584CAA73B) & WORD
    return [a, b, c, d]


def test_reference_gives_published_words() -> None:
    """The reference below agrees with the known answers that Random123 publishes for Philox4x64-10."""
    assert philox([0, 0, 0, 0], [0, 0]) == [
        0x16554D9ECA36314C,
        0xDB20FE9D672D0FDC,
        0xD7E772CEE186176B,
        0x7E68B68AEC7BA23B,
    ]
    assert philox([WORD] * 4, [WORD] * 2) == [
        0x87B092C3013FE90B,
        0x438C3C67BE8D0224,
        0x9CC7D7C69CD777B6,
        0xA09CAEBF594F0BA0,
    ]


@given(seed=st.integers(0, WORD), stream=st.sampled_from(Stream), tick=st.integers(0, WORD))
@settings(deadline=None)
def test_words_are_philox_of_seed_stream_and_tick(seed: int, stream: Stream, tick: int) -> None:
    """The words of a tick are Philox with key (seed, stream) and the tick in the counter's highest word."""
    words = generator(seed, stream, tick).bit_generator.random_raw(8).tolist()
    # NumPy counts before it draws, so the first block is number 1.
    assert words == philox([1, 0, 0, tick], [seed, stream]) + philox([2, 0, 0, tick], [seed, stream])


@given(tick=st.integers(0, WORD), rows=st.integers(1, 12))
@settings(deadline=None)
def test_chances_are_quarters_of_words_lowest_first(tick: int, rows: int) -> None:
    """Each column takes whole words and four numbers from each, whatever the machine's byte order."""
    columns, words = chances(5, Stream.EXTRA, tick, rows), generator(5, Stream.EXTRA, tick).bit_generator
    for _ in range(2):
        taken = words.random_raw(-(-rows // 4)).tolist()
        assert next(columns).tolist() == [word >> shift & 0xFFFF for word in taken for shift in (0, 16, 32, 48)][:rows]


def test_raw_words_are_the_ones_written_down() -> None:
    """Seed 1, tick 3: these words make every published world; if they move, so do all its ground truths."""
    words = {s.name: int(generator(1, s, 3).bit_generator.random_raw()) for s in Stream}
    assert words == GOLDEN_WORDS


def test_distributions_are_the_ones_written_down() -> None:
    """NumPy may change how words become numbers; the world uses these three ways, and would notice."""
    draws = generator(1, Stream.NUMERIC, 3)
    assert draws.standard_normal(3, dtype=np.float32).tolist() == pytest.approx(GOLDEN_NORMAL, abs=1e-6)
    assert draws.random(3, dtype=np.float32).tolist() == pytest.approx(GOLDEN_UNIFORM, abs=1e-7)
    assert draws.integers(0, 2**16, 4, dtype=np.uint16).tolist() == GOLDEN_INTEGERS
