"""A value of the label as a configuration may spell it: text, a number, or ``true`` and ``false``."""

from typing import Annotated, Any

from pydantic import BeforeValidator


def spelled(value: Any) -> Any:
    """As text, in which a table's labels are compared; what is no plain value is left to be refused.

    >>> spelled(1), spelled(True), spelled("yes")
    ('1', 'true', 'yes')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


LabelValue = Annotated[str, BeforeValidator(spelled)]
