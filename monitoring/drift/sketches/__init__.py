"""What is kept of a column instead of its rows: fixed bins that add up over ticks, and distances with a known error."""
