-- syntax_tree: DuckDB's own parse of a statement, as JSON; only a SELECT has one.
--
-- DuckDB-only: the gate before people's SQL must see what DuckDB would run.
--
-- Params:  $text VARCHAR         the statement
-- Columns: tree VARCHAR          JSON: error, error_message, statements
-- Grain:   one row
SELECT CAST(json_serialize_sql(CAST($text AS VARCHAR)) AS VARCHAR) AS tree
