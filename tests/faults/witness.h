/* The outside observer: what a ledger was asked to keep and said that it keeps, and whether it
 * does.
 *
 * Events are made from their number, the same in every run. The writer behaves as the kiosk's store
 * thread does: after LEDGER_FAILED it closes, opens again and appends the same event first; nothing
 * but LEDGER_OK is an acknowledgement. One thread.
 */
#ifndef TESTS_FAULTS_WITNESS_H
#define TESTS_FAULTS_WITNESS_H

#include "kiosk/store/ledger.h"

enum { WITNESS_EVENTS_MAX = 1024, WITNESS_REASON_MAX = 512 };

struct witness_event {
    struct kiosk_event event;
    int64_t seq;
};

struct witness {
    const char *directory;
    int size;              /* how much each scene does; 1: little */
    struct ledger *ledger; /* NULL while it cannot be opened */
    int64_t t_ms;          /* of the next event */
    int count;             /* acknowledged */
    struct witness_event acknowledged[WITNESS_EVENTS_MAX];
    bool has_waiting; /* given and not acknowledged: it may be there, once, as the last */
    struct kiosk_event waiting;
    int64_t purged_to;       /* rows up to it may be gone */
    const char *export_what; /* of the next EVENT_EXPORT */
};

/* The n-th event of its kind at the witness's time, which moves on. */
void witness_make(struct witness *witness, enum event_kind kind, int n, struct kiosk_event *event);

moment_t witness_moment(const struct witness *witness);

/* Both true when done, false when it was tried a few times and could not be done. */
bool witness_open(struct witness *witness);
bool witness_append(struct witness *witness, enum event_kind kind, int n);

/* Appends what waits, as the kiosk does when its storage is back. */
bool witness_catch_up(struct witness *witness);

void witness_close(struct witness *witness);

/* Takes all rows of the closed ledger in `directory` as acknowledged. */
void witness_read(struct witness *witness);

/* Opens the ledger in `directory`, which is another than the witness's perhaps. True: it opened
 * unaided, is whole, verifies, holds every acknowledged event once, in order and unchanged, and
 * takes one more. False: `reason` says what is not so. */
bool witness_check(const struct witness *witness, const char *directory,
                   char reason[WITNESS_REASON_MAX]);

#endif
