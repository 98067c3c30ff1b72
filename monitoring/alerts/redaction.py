"""What nobody gets to see: passwords, tokens and keys inside a text."""

import re

SECRETS = (
    (re.compile(r"(?<=://)[^/\s]+@"), "***@"),
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
