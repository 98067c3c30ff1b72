"""How things are said: the same words on every page, in terminals, mails and alerts. Nothing here draws."""
