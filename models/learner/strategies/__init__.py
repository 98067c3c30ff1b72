"""How one or several trainings, and the model before, become one model: one strategy a file, one table of them."""

from halflife.models.errors import ConfigError
from halflife.models.learner.strategies.adapted import Adapted
from halflife.models.learner.strategies.anchored import Anchored
from halflife.models.learner.strategies.averaged import Averaged
from halflife.models.learner.strategies.plain import Plain
from halflife.models.learner.strategies.refit import Refit
from halflife.models.learner.strategies.strategy import Strategy
from halflife.models.learner.strategies.warm import Warm

STRATEGIES: dict[str, Strategy] = {s.name: s for s in (Plain(), Averaged(), Warm(), Refit(), Anchored(), Adapted())}


def strategy(name: str) -> Strategy:
    """The strategy of that name. Raises ConfigError listing the known ones."""
    try:
        return STRATEGIES[name]
    except KeyError:
        known = ", ".join(sorted(STRATEGIES))
        raise ConfigError(f"recipe.strategy: {name!r} is not a strategy; this build knows {known}") from None
