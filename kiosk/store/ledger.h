/* The ledger: the append-only journal of the site, in SQLite.
 *
 * One row an event, numbered without gaps inside its own transaction and chained by its hash
 * (kiosk/store/chain.h); UPDATE and DELETE are refused by triggers. Checkpoints sign the chain in
 * rows of their own, written in the transaction of the row before them. Projections for queries
 * (deposits, visits, collections, ...) are written in the same transaction and can always be
 * rebuilt from the rows. WAL, synchronous=FULL: ledger_append() returns only after the row is
 * durable.
 *
 * Exactly one writer exists: the thread that opened it read-write. Readers open their own
 * connection read-only, keep reads short and never checkpoint. Handles are created here and freed
 * by ledger_close().
 */
#ifndef KIOSK_STORE_LEDGER_H
#define KIOSK_STORE_LEDGER_H

#include "kiosk/core/events.h"

enum { LEDGER_ERROR_MAX = 240, LEDGER_BODY_MAX = 4096, LEDGER_RECENT = 256 };

enum ledger_result {
    LEDGER_OK = 0,
    LEDGER_FULL,       /* the medium is full; nothing was written; try again later */
    LEDGER_UNWRITABLE, /* read-only or forbidden; likewise */
    LEDGER_FAILED      /* I/O or sync failed: close, reopen, verify; never retry the sync */
};

struct ledger;

/* To be called once, before the first ledger is opened and before there are other threads; a
 * program that does not is a little slower, and nothing else. SQLite then keeps no statistics of
 * its memory, whose lock every allocation of every thread would take. */
void ledger_begin_process(void);

/* Opens or creates DIR/ledger.db (and DIR itself) for writing. On failure *ledger is NULL and
 * `error` says what is wrong, where, and what to do. */
enum ledger_result ledger_open(struct ledger **ledger, const char *directory, const char *boot_id,
                               char error[LEDGER_ERROR_MAX]);

/* The same for reading only; any thread, its own handle. */
enum ledger_result ledger_open_reader(struct ledger **ledger, const char *directory,
                                      char error[LEDGER_ERROR_MAX]);

/* Appends one event. LEDGER_OK: *seq is its number and it is on the medium. Anything else: `error`
 * says why, and nothing of it is in the ledger. After LEDGER_FAILED that is known only when the
 * ledger is open again: append the same event first; where it is there after all, it gets the
 * number it has. */
enum ledger_result ledger_append(struct ledger *ledger, const struct kiosk_event *event,
                                 int64_t *seq, char error[LEDGER_ERROR_MAX]);

/* Signs what is not signed yet, with a checkpoint row; nothing where all is. Otherwise as
 * ledger_append(). Appending signs by itself whenever it must; this is for when nothing is
 * appended for long: at kiosk time ledger_sign_due(), INT64_MAX where nothing waits. The row's wall
 * clock goes on from the last row's. */
enum ledger_result ledger_sign(struct ledger *ledger, int64_t now_ms, char error[LEDGER_ERROR_MAX]);
int64_t ledger_sign_due(const struct ledger *ledger);

/* The statement (kiosk/store/chain.h) of the newest checkpoint, "" where there is none yet, and the
 * fingerprint of the key that made it. For any handle. */
enum { LEDGER_STATEMENT_MAX = 512, LEDGER_FINGERPRINT_MAX = 40 };
struct ledger_statement {
    int64_t covers;
    char text[LEDGER_STATEMENT_MAX];
    char fingerprint[LEDGER_FINGERPRINT_MAX];
};
enum ledger_result ledger_statement(struct ledger *ledger, struct ledger_statement *statement,
                                    char error[LEDGER_ERROR_MAX]);

/* The same of a checkpoint that the writer has made since it was asked last; false: none. */
bool ledger_statement_news(struct ledger *ledger, struct ledger_statement *statement);

/* Calls `visit` for every event from `from_utc_ms` on (0: all) in order of seq. Also passes the
 * newest LEDGER_RECENT rows, however their clock stood: what was going on when it was switched off,
 * and the last number given to a visit, after any pause and after a boot of any length. Stops and
 * returns LEDGER_FAILED with a message naming the seq where a row cannot be understood. */
typedef void ledger_visitor(void *context, const struct kiosk_event *event, int64_t seq);
enum ledger_result ledger_fold(struct ledger *ledger, int64_t from_utc_ms, ledger_visitor *visit,
                               void *context, char error[LEDGER_ERROR_MAX]);

/* What ledger_open() did that somebody should know of, for the log: a damaged file was set aside
 * (renamed, never deleted) and a new ledger begun. "" otherwise. Borrowed until ledger_close(). */
const char *ledger_notice(const struct ledger *ledger);

/* The highest seq, 0 when empty; -1 on failure. */
int64_t ledger_last_seq(struct ledger *ledger);

void ledger_close(struct ledger *ledger);

#endif
