"""``python -m flows.templates``: make the templates of empty databases now, so that the first home is made quickly."""

import sys

from flows import bootstrap, server
from monitoring import templates


def main() -> int:
    """Make what is missing; says what could not be made. Without templates everything works, only the start is slower."""
    every = {**bootstrap.templates(), server.template_key(): server.make_template}
    missing = [key for key, make in every.items() if templates.ready(key, make) is None]
    if missing:
        print(f"no templates of {', '.join(missing)}: {templates.cache()} cannot be written", file=sys.stderr)  # noqa: T201 - it is the answer
    return len(missing)


if __name__ == "__main__":
    main()
