"""What the stages of a cycle do, and what people ask for beside it: one step a file, idempotent, each ending in one ledger transaction."""
