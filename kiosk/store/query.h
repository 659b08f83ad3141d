/* Questions to the ledger: records one by one in order of seq, and the figures of whole days. Rows
 * and sums are what SQL selects; what they mean is said by kiosk/core/figures.h alone.
 *
 * For handles of ledger_open_reader(). Nothing here holds a read transaction between two calls that
 * say so, so a slow reader cannot keep the writer's WAL from being recycled.
 */
#ifndef KIOSK_STORE_QUERY_H
#define KIOSK_STORE_QUERY_H

#include "kiosk/core/figures.h"
#include "kiosk/store/ledger.h"
#include "kiosk/store/people.h"

/* What can be asked for record by record. X(NAME, "word") */
#define RECORD_KINDS(X)                                                                            \
    X(RECORD_DEPOSITS, "deposits")                                                                 \
    X(RECORD_VISITS, "visits")                                                                     \
    X(RECORD_COLLECTIONS, "collections")                                                           \
    X(RECORD_INSPECTIONS, "inspections")                                                           \
    X(RECORD_ALARMS, "alarms")                                                                     \
    X(RECORD_CHANGES, "changes") /* every change of a bin's weight */                              \
    X(RECORD_RUNS, "runs")       /* from a start of the program to its end */                      \
    X(RECORD_UPTIME, "uptime")   /* by day and part */                                             \
    X(RECORD_BALANCE, "balance") /* by day and bin */                                              \
    X(RECORD_FIGURES, "figures") /* by day */

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

enum { RECORD_PART_MAX = 24, RECORD_WORD_MAX = 24, RECORD_PARTS_MAX = 64 };

/* at: of the row that raised it. */
struct record_alarm {
    char part[RECORD_PART_MAX]; /* a port's name, "storage", or "bin3" for the scale of bin 3 */
    char fault[EVENT_TEXT_MAX];
    int64_t since_ms; /* when it began, in the boot of the row */
    bool cleared;
    int64_t cleared_seq;
    moment_t cleared_at;              /* quality CLOCK_UNSET: no wall clock then */
    char cleared_by[RECORD_WORD_MAX]; /* "part": by itself, "restart": with its run */
};

/* at: of its last row. On the wall clock it began at.t_ms - start_ms earlier: steps of the clock
 * do not make it longer or shorter. */
struct record_run {
    int64_t start_ms;
    int64_t end_seq;
    bool stopped; /* in good order; else it was cut off, or still goes on */
    char version[EVENT_TEXT_MAX], reason[EVENT_TEXT_MAX];
};

struct record_uptime {
    char part[RECORD_PART_MAX]; /* "kiosk": the program itself */
    struct uptime uptime;
};

struct record_balance {
    int32_t bin;
    struct balance balance;
};

/* Of UPTIME, BALANCE and FIGURES only `day`, `site` and the body are set, and `day` is
 * RECORD_DAY_UNKNOWN for what was written before the clock was set. */
enum { RECORD_DAY_UNKNOWN = -1 };

struct ledger_record {
    enum record_kind kind;
    int64_t seq;
    int64_t day;
    moment_t at;
    char site[SITE_ID_MAX];          /* "" where unknown */
    enum waste_class declared_after; /* of a deposit */
    int64_t undone_seq;              /* of a deposit: the row that took it back, or 0 */
    char person[SUBJECT_MAX];        /* of a deposit or visit, see record_cursor_know(); or "" */
    const char *department;          /* of that person today; "" where nobody knows. Borrowed */
    const char *name;                /* likewise */
    union {
        struct event_deposit deposit;
        struct event_visit visit;
        struct event_collection collection;
        struct event_inspection inspection;
        struct record_alarm alarm;
        struct weight_change change;
        struct record_run run;
        struct record_uptime uptime;
        struct record_balance balance;
        struct figures figures;
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

/* The figures of a range. */
enum ledger_result ledger_figures(struct ledger *ledger, const day_range_t *range,
                                  struct figures *figures, char error[LEDGER_ERROR_MAX]);

#endif
