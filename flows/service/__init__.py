"""The service: runs by a schedule, servers that are kept alive, and pages."""
