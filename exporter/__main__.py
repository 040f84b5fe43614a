"""`python -m exporter` is `kpi-exporter`."""

from exporter.cli import main

main(prog_name="kpi-exporter")
