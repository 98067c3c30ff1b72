"""LightGBM's model texts put together: trees of several models as one that LightGBM, the router and the explainer read."""

import re
from collections.abc import Callable, Sequence

Trees = list[str]

_SCALED = re.compile(r"(?m)^(leaf_value|internal_value|shrinkage)=(.*)$")


def trees_of(text: str) -> Trees:
    r"""The block of each tree, without its first line.

    >>> trees_of("tree\n\nTree=0\na=1\n\nTree=1\na=2\n\nend of trees\n")
    ['a=1', 'a=2']
    """
    body = text.partition("\nTree=")[2].partition("\nend of trees")[0]
    return [block.partition("\n")[2].strip() for block in body.split("\nTree=")] if body else []


def with_trees(text: str, trees: Sequence[str]) -> str:
    """A model's text with other trees in place of its own, as LightGBM itself would write it.

    Args:
        text: whose header and parameters are kept.
        trees: blocks as `trees_of` gives them.
    """
    import lightgbm as lgb  # it takes a second to load, which only training needs

    head = re.sub(r"(?m)^tree_sizes=.*\n", "", text.partition("\nTree=")[0])
    tail = text[text.index("end of trees") :]
    blocks = "".join(f"Tree={number}\n{block}\n\n\n" for number, block in enumerate(trees))
    return str(lgb.Booster(model_str=f"{head}\n{blocks}{tail}").model_to_string())


def scaled(tree: str, by: Callable[[float], float]) -> str:
    r"""A tree that says something else: every value of a leaf or node, and its shrinkage, put through ``by``.

    >>> scaled("num_leaves=2\nleaf_value=0.5 -1\nshrinkage=1", lambda value: value / 2)
    'num_leaves=2\nleaf_value=0.25 -0.5\nshrinkage=0.5'
    """
    return _SCALED.sub(lambda line: f"{line[1]}={' '.join(repr(by(float(v))) for v in line[2].split())}", tree)
