"""What exists: rows, worlds, recipes, models and their explanations. No network, no disk, no Prefect."""

from halflife.models.threads import wait_without_spinning

# Everything in Halflife imports this package before anything that loads OpenMP, whichever way a process came in.
wait_without_spinning()
