"""The split of a change between two factors is exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.monitoring.causes.shapley import first_part, split

NUMBERS = st.floats(-1e3, 1e3)


@given(st.lists(NUMBERS, min_size=4, max_size=4))
def test_the_parts_sum_to_the_change(values: list[float]) -> None:
    """Whatever the interaction, the two parts are the whole difference, and swapping the factors swaps the parts."""
    corners = np.array(values).reshape(2, 2)
    first, second = split(corners)
    assert first + second == pytest.approx(corners[1, 1] - corners[0, 0], abs=1e-9)
    assert split(corners.T)[0] == pytest.approx(float(second), abs=1e-9)
    assert first_part(corners[0, 0], corners[1, 0], corners[0, 1], corners[1, 1]) == pytest.approx(float(first))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_factors_that_add_up_get_their_own_effects_and_an_interaction_is_halved(a: float, b: float, ab: float) -> None:
    """Of θ = a·x + b·y + ab·x·y the parts are a + ab/2 and b + ab/2, the average over both orders."""
    first, second = split(np.array([[0.0, b], [a, a + b + ab]]))
    assert first == pytest.approx(a + ab / 2, abs=1e-9)
    assert second == pytest.approx(b + ab / 2, abs=1e-9)
