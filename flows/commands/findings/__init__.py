"""The subcommands of ``halflife finding``."""
