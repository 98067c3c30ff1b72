"""How findings come in and go out: a team's file, and tags in the registry."""
