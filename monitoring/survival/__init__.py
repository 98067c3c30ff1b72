"""How long findings live, how long they would live if only retraining noise spoke, and what ended them."""
