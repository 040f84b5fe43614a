"""One project in the second week of its beta, on this machine alone: its services, its events, and all that watches it."""
