/* Records that are counted day by day: figures, balance, uptime. Inside the store; record_cursor
 * hands them out (query.h).
 *
 * Holds in memory what a bin did each day, or for the uptime the runs and alarms of the ledger.
 */
#ifndef KIOSK_STORE_DAYS_H
#define KIOSK_STORE_DAYS_H

#include "kiosk/store/query.h"

#include <sqlite3.h>

/* A run with its last row and that row's moment: the wall clock as it stood last in the run. */
#define QUERY_RUNS                                                                                 \
    "SELECT seq, t_ms, clock_utc + (t_ms - clock_ms) AS utc_ms, coalesce(clock, 'unset') AS "      \
    "clock,"                                                                                       \
    " site, start_ms, end_seq, stop_seq, version, reason,"                                         \
    " CASE WHEN clock_utc IS NULL THEN -1"                                                         \
    " ELSE (clock_utc + (t_ms - clock_ms) + 28800000) / 86400000 END AS day"                       \
    " FROM (SELECT r.*, e.t_ms, k.t_ms AS clock_ms, k.utc_ms AS clock_utc, k.clock FROM"           \
    " (SELECT *, coalesce(lead(seq) OVER (ORDER BY seq) - 1, (SELECT max(seq) FROM ledger))"       \
    " AS end_seq FROM runs) AS r JOIN ledger AS e ON e.seq = r.end_seq"                            \
    " LEFT JOIN ledger AS k ON k.seq = (SELECT l.seq FROM ledger AS l WHERE l.seq >= r.seq"        \
    " AND l.seq <= r.end_seq AND l.utc_ms IS NOT NULL ORDER BY l.seq DESC LIMIT 1))"

struct day_cursor;

enum ledger_result day_cursor_open(struct day_cursor **cursor, struct ledger *ledger,
                                   enum record_kind kind, const day_range_t *range,
                                   char error[LEDGER_ERROR_MAX]);

/* 1: `record` is the next one; 0: there is none; -1: error. */
int day_cursor_next(struct day_cursor *cursor, struct ledger_record *record,
                    char error[LEDGER_ERROR_MAX]);

void day_cursor_close(struct day_cursor *cursor); /* NULL is allowed */

#endif
