"""What nobody gets to see: passwords, tokens and keys inside a text."""

import re

USER = re.compile(r"(?<=://)[^/\s]+@")
"""Who, and often the password, before the host of an address."""
SECRETS = (
    (USER, "***@"),
    (re.compile(r"(?i)(?<![\w-])([\w-]*(?:password|passwd|pwd|secret|token|key|signature|sig))=[^&\s]+"), r"\1=***"),
    (re.compile(r"(?i)\b(bearer|basic|authorization:)\s+\S+(\s+\S+)?"), r"\1 ***"),
    (re.compile(r"whsec_[A-Za-z0-9+/=]+"), "whsec_***"),
)


def redacted(text: str) -> str:
    """The text without them.

    >>> redacted("https://ana:hunter2@example.org/hook?token=abc&v=1")
    'https://***@example.org/hook?token=***&v=1'
    """
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


def bare(address: str) -> str:
    """An address without the user and password before its host.

    >>> bare("https://ana:hunter2@example.org/hook")
    'https://example.org/hook'
    """
    return USER.sub("", address, count=1)
