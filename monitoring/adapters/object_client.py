"""Object stores, by obstore: one client a bucket, and every fault as one sentence.

Options come from the environment, as Delta and Polars read them too: ``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID``,
``AWS_REGION``, ``AWS_ALLOW_HTTP``; ``GOOGLE_SERVICE_ACCOUNT``; ``AZURE_STORAGE_ACCOUNT_NAME``, ``AZURE_STORAGE_ACCOUNT_KEY``.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from errno import EACCES, EEXIST, EIO, ENOENT
from functools import lru_cache
from typing import TYPE_CHECKING

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import from_url

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PREFIXES = ("AWS_", "GOOGLE_", "AZURE_")
"""How the environment's options begin."""
PATIENCE = timedelta(seconds=60)
"""After which a store that does not answer is given up; credentials that are nowhere to be had are given up with it."""
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
    "gs": "GOOGLE_SERVICE_ACCOUNT, the path of a key file",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    "ab": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
REFUSED = re.compile(
    r"AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|ExpiredToken|403 Forbidden|401 Unauthorized"
)
NOWHERE = re.compile(r"metadata|169\.254\.169\.254|token request|Missing|Account must be|credential", re.IGNORECASE)
NO_BUCKET = re.compile(r"NoSuchBucket|ContainerNotFound|The specified bucket does not exist")
SILENT = re.compile(r"error sending request|[Cc]onnect|timed? ?out|dns", re.IGNORECASE)


def client(bucket: str) -> "ObjectStore":
    """What answers for a bucket, such as ``s3://bucket``, under the environment as it is now. Raises OSError."""
    options = tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith(PREFIXES)))
    return _made(bucket, options)


@lru_cache(maxsize=32)
def _made(bucket: str, options: tuple[tuple[str, str], ...]) -> "ObjectStore":
    with answered(bucket):
        return from_url(bucket, retry_config={"max_retries": 4, "retry_timeout": PATIENCE})


@contextmanager
def answered(bucket: str, path: object = "") -> Iterator[None]:
    """Turn what a store says into an OSError whose ``strerror`` is one sentence, without keys or signatures.

    Raises:
        FileNotFoundError: there is no such object.
        FileExistsError: there is one already, or another than the one that was read.
        PermissionError: it refuses access.
        OSError: there is no such bucket, or the store does not answer.
    """
    try:
        yield
    except (AlreadyExistsError, PreconditionError):
        raise FileExistsError(EEXIST, "somebody else wrote it first", str(path)) from None
    except (BaseError, OSError) as error:
        if getattr(error, "strerror", None):  # one of these already
            raise
        said = str(error)
        keys = CREDENTIALS[bucket[:2]]
        if NO_BUCKET.search(said):
            raise OSError(EIO, f"there is no bucket {bucket}") from None
        if isinstance(error, FileNotFoundError):
            raise FileNotFoundError(ENOENT, "there is no such object", str(path)) from None
        if NOWHERE.search(said):
            raise PermissionError(
                EACCES, f"no credentials for {bucket} were found; set {keys} in the environment"
            ) from None
        if isinstance(error, PermissionDeniedError | UnauthenticatedError) or REFUSED.search(said):
            raise PermissionError(EACCES, f"{bucket} refuses access; check {keys} in the environment") from None
        if SILENT.search(said):
            check = "AWS_ENDPOINT_URL and the network" if bucket.startswith("s3") else "the network"
            raise OSError(EIO, f"the object store of {bucket} does not answer; check {check}") from None
        raise OSError(EIO, f"the object store of {bucket} says: {said.splitlines()[0][:160]}") from None
