"""Why a model says what it says: attributions, decision paths, neighbours, counterfactuals."""
