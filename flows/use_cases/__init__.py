"""What people do with a home, one use case a file: the command line, notebooks and servers call these."""
