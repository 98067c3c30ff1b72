"""The commands, one file a command or group; ``flows.cli`` loads only the one that is asked for."""
