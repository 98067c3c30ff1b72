"""Secrets live in the environment; settings only name the variable."""

import os

from halflife.models.errors import ConfigError


def secret(variable: str, purpose: str) -> str:
    """The value of an environment variable, read at the moment it is needed and kept nowhere.

    Raises:
        ConfigError: it is not set, or empty.

    >>> secret("HALFLIFE_NO_SUCH_SECRET", "the password for mail.example.org")
    Traceback (most recent call last):
    halflife.models.errors.ConfigError: environment variable HALFLIFE_NO_SUCH_SECRET is not set; it should hold the password for mail.example.org
    """
    value = os.environ.get(variable, "")
    if not value:
        raise ConfigError(f"environment variable {variable} is not set; it should hold {purpose}")
    return value
