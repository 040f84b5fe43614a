-- What the exporter may see: the tables of today and those that the product makes later.
SET ROLE product;
GRANT USAGE ON SCHEMA analytics TO kpi_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO kpi_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO kpi_reader;
