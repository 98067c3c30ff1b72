"""The standard debugging session, automated: what an engineer would conclude about a version, and what matters of it.

Everything here only *suggests*, from discovery rows. Each suggestion is confirmed, or found stillborn, on evidence rows
that had no part in suggesting it.
"""
