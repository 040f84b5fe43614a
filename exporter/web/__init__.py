"""What serves the exporter: the endpoints, what protects them, and the server that carries them."""
