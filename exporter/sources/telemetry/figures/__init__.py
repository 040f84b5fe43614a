"""What is counted: one module a topic, each with a function `samples(reading)`."""
