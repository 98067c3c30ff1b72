"""``python -m halflife.flows.fill_caches``: make the templates of empty databases now, so that the first home is made quickly."""

import sys

from halflife.flows import bootstrap, temporary_server
from halflife.monitoring import database_cache


def main() -> int:
    """Make what is missing; says what could not be made. Without templates everything works, only the start is slower."""
    every = {**bootstrap.templates(), temporary_server.template_key(): temporary_server.make_template}
    missing = [key for key, make in every.items() if database_cache.ready(key, make) is None]
    if missing:
        print(f"no templates of {', '.join(missing)}: {database_cache.cache()} cannot be written", file=sys.stderr)  # noqa: T201 - it is the answer
    return len(missing)


if __name__ == "__main__":
    main()
