"""What keeps, draws and sends: one file an adapter."""
