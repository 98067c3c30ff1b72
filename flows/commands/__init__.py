"""The commands, one file a command or group; ``halflife.flows.cli`` loads only the one that is asked for."""
