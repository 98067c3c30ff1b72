"""A model from nothing but the window's rows."""

from halflife.models.learner.strategies.strategy import Strategy


class Plain(Strategy):
    """One training."""

    name = "plain"
