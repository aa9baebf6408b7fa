-- zone_offset: the site's offset from UTC, by span; filled from the zone
-- database when the lake is opened.
--
-- Columns: from_ts TIMESTAMP     UTC, inclusive
--          until_ts TIMESTAMP    UTC, exclusive
--          offset_s BIGINT       wall clock minus UTC, seconds
-- Grain:   from_ts
CREATE TABLE zone_offset (from_ts TIMESTAMP, until_ts TIMESTAMP, offset_s BIGINT)
