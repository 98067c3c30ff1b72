"""``python -m halflife.flows.fill_caches``: make the templates of empty databases now, so that the first home is made quickly."""

import sys

from halflife.flows import bootstrap, prefect_database
from halflife.monitoring import database_cache


def main() -> int:
    """Make what is missing; says what could not be made. Without templates everything works, only the start is slower."""
    every = {**bootstrap.templates(), prefect_database.template_key(): prefect_database.make_template}
    missing = [key for key, make in every.items() if database_cache.ready(key, make) is None]
    if missing:
        where = database_cache.cache() or "the cache of a user without a home"
        print(f"no templates of {', '.join(missing)}: {where} cannot be written", file=sys.stderr)  # noqa: T201 - it is the answer
    return len(missing)


if __name__ == "__main__":
    main()
