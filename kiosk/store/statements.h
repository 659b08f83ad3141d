/* Every statement of the writing connection, prepared once when it opens. X(NAME, "sql")
 *
 * The values are bound in the order of their marks by the function that runs the statement.
 */
#ifndef KIOSK_STORE_STATEMENTS_H
#define KIOSK_STORE_STATEMENTS_H

#define STATEMENTS(X)                                                                              \
    /* A row of a table that nobody writes: see db_begin(). */                                     \
    X(STATEMENT_HOLD, "SELECT 1 FROM ledger_meta")                                                 \
    X(STATEMENT_BEGIN, "BEGIN IMMEDIATE")                                                          \
    X(STATEMENT_COMMIT, "COMMIT")                                                                  \
    X(STATEMENT_ROLLBACK, "ROLLBACK")                                                              \
    X(STATEMENT_ROW, "INSERT INTO ledger(seq, kind, boot, t_ms, utc_ms, clock, body, hash)"        \
                     " VALUES(?,?,?,?,?,?,?,?)")                                                   \
    X(STATEMENT_DAY, "INSERT OR IGNORE INTO days(day, first_seq) VALUES(?,?)")                     \
    X(STATEMENT_BOOT, "INSERT INTO boots(first_seq, boot) VALUES(?,?)")                            \
    X(STATEMENT_START, "INSERT INTO runs(seq, boot, site, version, start_ms, start_utc_ms)"        \
                       " VALUES(?,?,?,?,?,?)")                                                     \
    X(STATEMENT_STOP, "UPDATE runs SET stop_seq = ?, stop_ms = ?, stop_utc_ms = ?, reason = ?"     \
                      " WHERE seq = (SELECT max(seq) FROM runs) AND boot = ?")                     \
    X(STATEMENT_DEPOSIT,                                                                           \
      "INSERT INTO deposits(seq, day, t_ms, utc_ms, clock, site, visit, bin, bin_class, chosen,"   \
      " outcome, quality, weight_g, base_g, final_g, spread_g, opened_ms, closed_ms, scale, item," \
      " person) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,"    \
      " (SELECT person FROM identified WHERE visit = ?7))")                                        \
    X(STATEMENT_DAILY,                                                                             \
      "INSERT INTO daily(day, bin_class, outcome, count, weighed, grams) VALUES(?,?,?,1,?,?)"      \
      " ON CONFLICT DO UPDATE SET count = count + 1, weighed = weighed + excluded.weighed,"        \
      " grams = grams + excluded.grams")                                                           \
    X(STATEMENT_DECLARED, "UPDATE deposits SET declared_after = ? WHERE seq = ?")                  \
    X(STATEMENT_VISIT,                                                                             \
      "INSERT INTO visits(seq, day, t_ms, utc_ms, clock, site, visit, started_ms, deposits,"       \
      " grams, near_misses, person) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,"                    \
      " (SELECT person FROM identified WHERE visit = ?7))")                                        \
    X(STATEMENT_IDENTIFIED, "INSERT OR REPLACE INTO identified(visit, seq, person) VALUES(?,?,?)") \
    /* A card may be held after the first bag. A visit's deposits are among the newest rows. */    \
    X(STATEMENT_IDENTIFIED_DEPOSITS, "UPDATE deposits SET person = ? WHERE seq > ? AND visit = ?") \
    X(STATEMENT_COLLECTION,                                                                        \
      "INSERT INTO collections(seq, day, t_ms, utc_ms, clock, site, bin, bin_class, quality,"      \
      " before_g, after_g, removed_g, started_ms, who) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)")       \
    X(STATEMENT_CLOSING,                                                                           \
      "INSERT INTO closings(seq, day, t_ms, utc_ms, clock, site, bin, near_miss, change_g)"        \
      " VALUES(?,?,?,?,?,?,?,?,?)")                                                                \
    X(STATEMENT_ADJUSTMENT,                                                                        \
      "INSERT INTO adjustments(seq, day, t_ms, utc_ms, clock, site, bin, change_g, base_g,"        \
      " final_g) VALUES(?,?,?,?,?,?,?,?,?,?)")                                                     \
    X(STATEMENT_INSPECTION,                                                                        \
      "INSERT INTO inspections(seq, day, t_ms, utc_ms, clock, site, bin, bin_class, checked,"      \
      " wrong, things, who) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)")                                      \
    /* Taking back what is taken back already, or what is no deposit, changes nothing. */          \
    X(STATEMENT_UNDO_DAILY,                                                                        \
      "UPDATE daily SET count = count - 1, weighed = weighed - (d.weight_g IS NOT NULL),"          \
      " grams = grams - coalesce(d.weight_g, 0) FROM deposits AS d"                                \
      " WHERE d.seq = ? AND d.undone_seq IS NULL AND daily.day = d.day"                            \
      " AND daily.bin_class = coalesce(d.bin_class, '') AND daily.outcome = d.outcome")            \
    X(STATEMENT_COUNT_UNDONE,                                                                      \
      "INSERT INTO daily(day, bin_class, outcome, count, weighed, grams)"                          \
      " SELECT day, coalesce(bin_class, ''), 'undone', 1, weight_g IS NOT NULL,"                   \
      " coalesce(weight_g, 0) FROM deposits WHERE seq = ? AND undone_seq IS NULL"                  \
      " ON CONFLICT DO UPDATE SET count = count + 1, weighed = weighed + excluded.weighed,"        \
      " grams = grams + excluded.grams")                                                           \
    X(STATEMENT_UNDO_DEPOSIT,                                                                      \
      "UPDATE deposits SET undone_seq = ? WHERE seq = ? AND undone_seq IS NULL")                   \
    /* More of a deposit: nothing where there is none, or one that nobody could weigh. */          \
    X(STATEMENT_ADD_DAILY, "UPDATE daily SET grams = grams + ? FROM deposits AS d"                 \
                           " WHERE d.seq = ? AND d.weight_g IS NOT NULL AND daily.day = d.day"     \
                           " AND daily.bin_class = coalesce(d.bin_class, '')"                      \
                           " AND daily.outcome = iif(d.undone_seq IS NULL, d.outcome, 'undone')")  \
    X(STATEMENT_ADD_DEPOSIT,                                                                       \
      "UPDATE deposits SET weight_g = weight_g + ?1, final_g = final_g + ?1 WHERE seq = ?2")       \
    X(STATEMENT_ALARM,                                                                             \
      "INSERT INTO alarms(seq, day, t_ms, utc_ms, clock, site, source, part, fault, since_ms)"     \
      " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE NOT EXISTS(SELECT 1 FROM alarms"      \
      " WHERE cleared_seq IS NULL AND part = ?8 AND source = ?7"                                   \
      " AND (source = 'device' OR fault = ?9))")                                                   \
    X(STATEMENT_ALARM_OVER,                                                                        \
      "UPDATE alarms SET cleared_seq = ?1, cleared_ms = ?2, cleared_utc_ms = ?3,"                  \
      " cleared_by = 'part' WHERE cleared_seq IS NULL AND part = ?4 AND source = ?5"               \
      " AND (source <> 'scale' OR fault = ?6)")                                                    \
    X(STATEMENT_ALARMS_RESTART,                                                                    \
      "UPDATE alarms SET cleared_seq = ?, cleared_ms = ?, cleared_utc_ms = ?,"                     \
      " cleared_by = 'restart' WHERE cleared_seq IS NULL AND source = 'device'")

#endif
