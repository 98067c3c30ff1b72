"""What exists: rows, worlds, recipes, models and their explanations. No network, no disk, no Prefect."""
