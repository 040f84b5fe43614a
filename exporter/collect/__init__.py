"""When sources are read, what stays of what they said, and everything that is exposed of it."""
