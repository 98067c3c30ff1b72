"""Several recipes over the same history: what each costs, how well it predicts, and how long conclusions live under it."""
