"""What a table of which nobody has said anything is found to be, each guess with its reason."""
