"""The services that the exporter reads, as far as it asks them, on loopback: they speak the wire formats of the real ones."""
