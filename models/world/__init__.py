"""The synthetic feed's world: scenarios, their schedules and their ground truth."""
