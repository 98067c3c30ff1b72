"""Why a conclusion changed: exact two-factor splits, the noise of retraining, and the shares of what is left. Pure."""
