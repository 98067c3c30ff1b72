"""What is worth telling people, decided purely, and how it gets to them."""
