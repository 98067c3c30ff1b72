"""The smallest pieces of a claim: its text, its arguments, and the SQL conditions that name rows. They know no statistic."""
