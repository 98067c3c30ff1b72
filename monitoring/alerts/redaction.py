"""What nobody gets to see: passwords, tokens and keys inside a text."""

import re

USER = re.compile(r"(?<=://)[^/\s]+@")
"""Who, and often the password, before the host of an address."""
WORD = re.compile(r"[\w-]+")
TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w-]{16,}")
"""A word of letters and digits too long for a name: what is made by a machine to be known to few."""
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


def hidden(address: str) -> str:
    """An address without what may be a secret in it, be it only a part of the path, as in those that chats give out.

    >>> hidden("https://hooks.example.org/services/T024BE7LD/B0/9f8e7d6c5b4a39281706f5e4")
    'https://hooks.example.org/services/T024BE7LD/B0/***'
    >>> hidden("https://example.org/hooks/halflife?v=1")
    'https://example.org/hooks/halflife?v=1'
    """
    return WORD.sub(lambda word: "***" if TOKEN.fullmatch(word[0]) else word[0], redacted(address))


def bare(address: str) -> str:
    """An address without the user and password before its host.

    >>> bare("https://ana:hunter2@example.org/hook")
    'https://example.org/hook'
    """
    return USER.sub("", address, count=1)
