"""Addresses on object stores, as text: which there are, and what of one may be kept and told."""

import re
from urllib.parse import unquote, urlsplit

SCHEMES = ("s3", "s3a", "gs", "az", "abfs", "abfss")
"""How addresses on object stores begin: Amazon S3 and what speaks as it does, Google Cloud Storage, Azure."""
ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
SECRET = re.compile(r"[?&](sig|sv|se|x-amz-|x-goog-|token|access|key|secret)", re.IGNORECASE)
"""How a query begins that lets its bearer in."""
EXAMPLES = "s3://bucket/rows, gs://bucket/rows or az://container/rows"


def is_address(text: str) -> bool:
    """Whether a text is an address, and no path of this machine.

    >>> is_address("s3://bucket/rows.csv"), is_address("rows.csv"), is_address("C:/rows.csv")
    (True, False, False)
    """
    return ADDRESS.match(text) is not None


def plain_address(text: str) -> str:
    """An address on an object store without a slash at its end; of ``file://`` the path.

    Raises:
        ValueError: no scheme that is known, no bucket, or something in it that must be kept secret.

    >>> plain_address("s3://bucket/days/"), plain_address("file:///data/a%20b.csv")
    ('s3://bucket/days', '/data/a b.csv')
    >>> plain_address("ftp://host/rows.csv")
    Traceback (most recent call last):
    ...
    ValueError: addresses begin with s3://, s3a://, gs://, az://, abfs://, abfss:// or file://, not with ftp://
    """
    match = ADDRESS.match(text)
    assert match is not None, f"{text} is no address"
    scheme, rest = match[1].lower(), text[match.end() :]
    if scheme == "file":
        return unquote(urlsplit(text).path)
    if scheme not in SCHEMES:
        *most, last = (f"{known}://" for known in (*SCHEMES, "file"))
        raise ValueError(f"addresses begin with {', '.join(most)} or {last}, not with {scheme}://")
    bucket, _, key = rest.partition("/")
    if ":" in bucket.rpartition("@")[0] or ("@" in bucket and not scheme.startswith("abfs")) or SECRET.search(rest):
        raise ValueError(
            "an address holds no key or password, since settings are kept and shown; credentials are read from the "
            "environment, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if not bucket:
        raise ValueError(f"{text} names no bucket; addresses look like {EXAMPLES}")
    key = "/".join(part for part in key.split("/") if part)
    return f"{scheme}://{bucket}" + (f"/{key}" if key else "")
