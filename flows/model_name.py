"""What a model may be called: what MLflow takes for a registered model, and every database for its name."""

from typing import Annotated

from pydantic import AfterValidator

LONGEST = 256
"""Characters of the column that holds it in MLflow's database."""


def possible_name(name: str) -> str:
    """The name, where MLflow takes it. Raises ValueError.

    >>> possible_name("a/b")
    Traceback (most recent call last):
    ...
    ValueError: the model's name is also that of a registered model in MLflow, which takes no '/', ':' or NUL in it
    """
    whose = "the model's name is also that of a registered model in MLflow, which takes"
    if set(name) & set("/:\0"):
        raise ValueError(f"{whose} no '/', ':' or NUL in it")
    if not name.strip() or name in (".", ".."):
        raise ValueError(f"{whose} neither blanks nor dots alone; call it for instance 'churn'")
    if len(name) > LONGEST:
        raise ValueError(f"{whose} at most {LONGEST} characters; this one has {len(name)}")
    return name


ModelName = Annotated[str, AfterValidator(possible_name)]
