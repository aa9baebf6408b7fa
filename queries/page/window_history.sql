-- window_history: per minute over a history, the errors that a window saw.
--
-- For trying thresholds: the $signatures loudest signatures of the window,
-- wherever the services logged them.
--
-- Reads:   event_minute
-- Params:  $from TIMESTAMP     start of the window (UTC)
--          $until TIMESTAMP    end of the window, exclusive
--          $since TIMESTAMP    start of the history
--          $end TIMESTAMP      end of the history, exclusive
--          $signatures BIGINT  how many, e.g. 12
-- Columns: service VARCHAR, signature_id VARCHAR
--          minute_ts TIMESTAMP
--          count BIGINT
-- Grain:   service, signature_id, minute_ts
WITH _loud AS (
    SELECT service, signature_id, sum(count) AS n
    FROM event_minute
    WHERE
        minute_ts >= $from AND minute_ts < $until
        AND event_date >= CAST(CAST($from AS DATE) AS VARCHAR)
        AND event_date <= CAST(CAST($until AS DATE) AS VARCHAR)
        AND (level IN ('warn', 'error', 'fatal') OR error_type IS NOT NULL)
    GROUP BY service, signature_id
    ORDER BY n DESC, service, signature_id
    LIMIT $signatures
)
SELECT m.service, m.signature_id, m.minute_ts, CAST(sum(m.count) AS BIGINT) AS count
FROM event_minute AS m
INNER JOIN _loud AS l ON l.service = m.service AND l.signature_id = m.signature_id
WHERE
    m.minute_ts >= $since AND m.minute_ts < $end
    AND (m.level IN ('warn', 'error', 'fatal') OR m.error_type IS NOT NULL)
GROUP BY m.service, m.signature_id, m.minute_ts
ORDER BY m.service, m.signature_id, m.minute_ts
