/* Is this ledger what was written? Read-only, for any thread with its own call; a running kiosk is
 * not held up. Written from kiosk/store/chain.h, as the second verifier in tests/ledger is.
 *
 * In order of seq: numbers without a gap, every hash, every signature and whether its key was in
 * force, no more than 100 rows without a signature, clocks. The first row that breaks a rule ends
 * the walk, for nothing behind it can be believed. Then what stands outside: the head, and the
 * anchors that people have kept. Then what the rows mean: bodies, projections, triggers.
 *
 * What it cannot see: a whole directory put back to an older state, unless an anchor from outside
 * is given; rows behind the head, which nobody has promised yet.
 */
#ifndef KIOSK_STORE_VERIFY_H
#define KIOSK_STORE_VERIFY_H

#include "kiosk/store/ledger.h"

enum { VERIFY_FINDINGS_MAX = 16, VERIFY_TEXT_MAX = 200, VERIFY_ANCHORS_MAX = 8 };

/* X(NAME, "word") */
#define VERIFY_REASONS(X)                                                                          \
    X(VERIFY_MISSING, "missing")       /* a number is missing */                                   \
    X(VERIFY_MALFORMED, "malformed")   /* a column holds another type than it must */              \
    X(VERIFY_HASH, "hash")             /* the row is not the one that was hashed */                \
    X(VERIFY_FORGED, "forged")         /* a checkpoint that its key did not make, or on others */  \
    X(VERIFY_UNSIGNED, "unsigned")     /* a checkpoint that must stand here does not */            \
    X(VERIFY_CLOCK, "clock")           /* clock and time contradict each other, or a leap */       \
    X(VERIFY_ORDER, "order")           /* monotonic time runs backwards within a run */            \
    X(VERIFY_BOOT, "boot")             /* a boot that does not begin with a start */               \
    X(VERIFY_KEY, "key")               /* another key signs from here on */                        \
    X(VERIFY_CUT, "cut")               /* the ledger ends before what is known of it */            \
    X(VERIFY_REPLACED, "replaced")     /* the row is another than the one known of */              \
    X(VERIFY_FOREIGN, "foreign")       /* head or anchor are of another ledger */                  \
    X(VERIFY_HEAD, "head")             /* the head is missing or damaged */                        \
    X(VERIFY_ANCHOR, "anchor")         /* the anchor cannot be read, or nobody signed it */        \
    X(VERIFY_BODY, "body")             /* the body is not what such an event says */               \
    X(VERIFY_PROJECTION, "projection") /* a table of figures says other than the rows */           \
    X(VERIFY_TRIGGER, "trigger")       /* what refuses changes is not in the file */               \
    X(VERIFY_UNREADABLE, "unreadable") /* the file is damaged */

enum verify_reason {
#define X(name, text) name,
    VERIFY_REASONS(X)
#undef X
        VERIFY_REASON_COUNT
};
const char *verify_reason_text(enum verify_reason reason);

struct verify_finding {
    bool is_fault; /* or something to know of */
    enum verify_reason reason;
    int64_t seq; /* the first row that is concerned; 0: none by itself */
    char text[VERIFY_TEXT_MAX];
};

struct verify_request {
    const char *directory;
    bool incremental; /* from the last signed checkpoint that was verified before */
    int64_t from_seq; /* from the last signed checkpoint before this row; 0: from the first */
    const char *fingerprint;                 /* of the key that somebody vouches for, or NULL */
    const char *anchors[VERIFY_ANCHORS_MAX]; /* files with a statement in them; NULL ends it */
};

struct verify_report {
    bool is_good; /* no finding is a fault */
    int finding_count;
    struct verify_finding findings[VERIFY_FINDINGS_MAX]; /* the first that was found first */
    int64_t first_seq, last_seq; /* of the rows walked; first > last: none */
    int64_t rows, checkpoints;
    int64_t unsigned_rows;                    /* at the end, not signed yet */
    char fingerprint[LEDGER_FINGERPRINT_MAX]; /* of the key in force at the end */
};

/* LEDGER_OK: the report stands, good or bad. Otherwise it could not be begun, and `error` says why.
 * A good report leaves DIR/verify.state for the next incremental call, where it may. */
enum ledger_result ledger_verify(const struct verify_request *request, struct verify_report *report,
                                 char error[LEDGER_ERROR_MAX]);

#endif
