"""What moved between the rows a champion learned from and the newest ones."""
