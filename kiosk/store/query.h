/* Questions to the ledger: records one by one in order of seq, and the sums of whole days.
 *
 * For handles of ledger_open_reader(). Nothing here holds a read transaction between two calls that
 * say so, so a slow reader cannot keep the writer's WAL from being recycled.
 */
#ifndef KIOSK_STORE_QUERY_H
#define KIOSK_STORE_QUERY_H

#include "kiosk/store/ledger.h"
#include "kiosk/store/people.h"

/* What can be asked for record by record. X(NAME, "word") */
#define RECORD_KINDS(X)                                                                            \
    X(RECORD_DEPOSITS, "deposits")                                                                 \
    X(RECORD_VISITS, "visits")                                                                     \
    X(RECORD_COLLECTIONS, "collections")

enum record_kind {
#define X(name, text) name,
    RECORD_KINDS(X)
#undef X
        RECORD_KIND_COUNT
};
const char *record_kind_text(enum record_kind kind);
enum record_kind record_kind_find(const char *text); /* RECORD_KIND_COUNT where there is none */

/* Local days, both included. A record written before the clock was set belongs to no day: only a
 * range without limits has it. */
typedef struct day_range_t {
    bool has_from, has_to;
    int64_t from, to; /* local_day() */
} day_range_t;

struct ledger_record {
    enum record_kind kind;
    int64_t seq;
    moment_t at;
    char site[SITE_ID_MAX];          /* "" where unknown */
    enum waste_class declared_after; /* of a deposit */
    char person[SUBJECT_MAX];        /* of a deposit or visit, see record_cursor_know(); or "" */
    const char *department;          /* of that person today; "" where nobody knows. Borrowed */
    const char *name;                /* likewise */
    union {
        struct event_deposit deposit;
        struct event_visit visit;
        struct event_collection collection;
    } body;
};

struct record_cursor;

/* Opens a cursor on the records that exist now; those written later are not in it. The ledger must
 * outlive it. */
enum ledger_result record_cursor_open(struct record_cursor **cursor, struct ledger *ledger,
                                      enum record_kind kind, const day_range_t *range,
                                      char error[LEDGER_ERROR_MAX]);

/* Has records say whose they are, with departments and names from this table, which must outlive
 * the cursor; without it they are nobody's. Before the first record_cursor_run(). */
void record_cursor_know(struct record_cursor *cursor, const struct people *people);

/* Is handed one record after the other, borrowed; false: it has enough for now. */
typedef bool record_visitor(void *context, const struct ledger_record *record);

/* Passes the next records to `visit`. 1: it had enough, and the next call goes on behind the last
 * one it saw; 0: there are no more, now and on every later call; -1: error. */
int record_cursor_run(struct record_cursor *cursor, record_visitor *visit, void *context,
                      char error[LEDGER_ERROR_MAX]);

/* Ends the read transaction; the next record_cursor_run() goes on where it was. */
void record_cursor_rest(struct record_cursor *cursor);

void record_cursor_close(struct record_cursor *cursor);

/* Deposits of a range, from the daily roll-up. Indexed by the class of the bin they landed in
 * (WASTE_NONE: unknown) and by outcome. */
struct ledger_sums {
    struct {
        int64_t count;
        int64_t weighed; /* those with a weight */
        int64_t grams;
    } cells[WASTE_CLASS_COUNT + 1][OUTCOME_COUNT];
};

enum ledger_result ledger_sum(struct ledger *ledger, const day_range_t *range,
                              struct ledger_sums *sums, char error[LEDGER_ERROR_MAX]);

#endif
