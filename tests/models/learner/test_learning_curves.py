"""Parts of a window for learning curves: nested, balanced, as far apart as they can be, and large enough to compare."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from halflife.models.learner.learning_curves import arc, halvings, overlap, places
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, Split, Window

IDS = [f"r{i}" for i in range(20_000)]
AT = places(IDS, 7)


def window(rows: int) -> Window:
    """Labelled rows without features."""
    frame = pd.DataFrame({ROW_ID: IDS[:rows], "_tick": np.int64(0), LABEL: np.arange(rows) % 2.0})
    return Window(0, 0, "1", frame, Split())


def test_parts_of_one_repeat_are_nested() -> None:
    """What a model of few labels has seen, every model of more labels in the same repeat has seen too."""
    for k in range(3):
        parts = [arc(AT, share, k, 3) for share in (0.125, 0.25, 0.5, 1.0)]
        assert all((small <= large).all() for small, large in pairwise(parts))
        assert parts[-1].all()


@pytest.mark.parametrize("share", [0.125, 0.25, 0.5])
def test_every_row_is_used_about_as_often_as_every_other(share: float) -> None:
    """Over four repeats a share that is a multiple of a quarter covers every row equally; a smaller one, none twice."""
    used = sum(arc(AT, share, k, 4).astype(int) for k in range(4))
    assert set(np.unique(used)) == ({0, 1} if share < 0.25 else {round(4 * share)})


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("repeats", [2, 4, 5])
def test_the_overlap_is_what_the_arcs_have_in_common(share: float, repeats: int) -> None:
    """The formula agrees with counting rows."""
    first = arc(AT, share, 0, repeats)
    common = np.mean([(first & arc(AT, share, k, repeats)).sum() / first.sum() for k in range(1, repeats)])
    assert overlap(share, repeats) == pytest.approx(common, abs=0.03)


def test_places_are_uniform_and_know_nothing_of_the_split() -> None:
    """A half of the rows is a half of every part of the split, within 4 standard errors."""
    half, parts = arc(AT, 0.5, 0, 2), Split().parts(IDS)
    for part in set(parts):
        inside = half[parts == part]
        assert abs(inside.mean() - 0.5) < 2 / np.sqrt(len(inside))


def test_parts_too_small_to_be_trained_like_the_whole_are_left_out() -> None:
    """Four full leaves and enough calibration rows are asked for; the whole window is always there."""
    recipe = Recipe()
    assert halvings(window(20_000), recipe, 5) == (0.0625, 0.125, 0.25, 0.5, 1.0)
    assert halvings(window(2_000), recipe, 5) == (0.5, 1.0)  # some 200 calibration rows, and temperature needs 50
    assert halvings(window(300), recipe, 5) == (0.5, 1.0)  # the whole gets no calibration either: only leaves count
    assert halvings(window(60), recipe, 5) == (1.0,)
