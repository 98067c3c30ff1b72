"""How the ledger's tables came to be, one revision a file; run from code by ``ledger_database``, never by hand."""
