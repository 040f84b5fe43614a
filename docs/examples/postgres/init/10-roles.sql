-- Who may do what: `product` owns the tables and writes events, `kpi_reader` may only read them. Run once, with an empty database.
\set product_password `cat /run/secrets/postgres_product_password`
\set reader_password `cat /run/secrets/postgres_reader_password`
CREATE ROLE product LOGIN PASSWORD :'product_password';
CREATE ROLE kpi_reader LOGIN PASSWORD :'reader_password' CONNECTION LIMIT 4;
ALTER ROLE kpi_reader SET default_transaction_read_only = on;
REVOKE ALL ON DATABASE product FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE product TO product;
GRANT CONNECT ON DATABASE product TO kpi_reader;
