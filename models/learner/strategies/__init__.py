"""How one or several trainings, and the model before, become one model: one strategy a file, one table of them."""

from models.errors import ConfigError
from models.learner.strategies.adapted import Adapted
from models.learner.strategies.anchored import Anchored
from models.learner.strategies.averaged import Averaged
from models.learner.strategies.plain import Plain
from models.learner.strategies.refit import Refit
from models.learner.strategies.strategy import Strategy
from models.learner.strategies.warm import Warm

STRATEGIES: dict[str, Strategy] = {s.name: s for s in (Plain(), Averaged(), Warm(), Refit(), Anchored(), Adapted())}


def strategy(name: str) -> Strategy:
    """The strategy of that name. Raises ConfigError listing the known ones."""
    try:
        return STRATEGIES[name]
    except KeyError:
        known = ", ".join(sorted(STRATEGIES))
        raise ConfigError(f"recipe.strategy: {name!r} is not a strategy; this build knows {known}") from None
