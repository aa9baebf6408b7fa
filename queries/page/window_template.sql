-- window_template: the text of one signature.
--
-- Reads:   signature
-- Params:  $signature VARCHAR   signature id
-- Columns: template VARCHAR
-- Grain:   one row at most
SELECT template
FROM signature
WHERE signature_id = $signature
ORDER BY template
LIMIT 1
