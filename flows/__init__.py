"""How people meet Halflife: settings, the composition root, Prefect flows and the command line."""
