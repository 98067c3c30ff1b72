"""Pages, cards and mails, all drawn from the same conclusions."""
