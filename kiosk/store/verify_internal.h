/* What the files of the verifier share; see verify.h. */
#ifndef KIOSK_STORE_VERIFY_INTERNAL_H
#define KIOSK_STORE_VERIFY_INTERNAL_H

#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/verify.h"

/* A row that somebody outside the ledger knows. */
struct verify_known {
    char name[80];
    bool is_foreign;
    int64_t seq;
    uint8_t hash[CHAIN_HASH_SIZE];
    bool is_signed; /* with this key */
    uint8_t key[CHAIN_KEY_SIZE];
    bool is_met, is_same, is_forged; /* by the row of the ledger, and by the key in force there */
};

/* Of the last row that takes part in the rules of time. */
struct verify_time {
    bool is_known;
    int64_t t_ms;
    bool has_utc;
    int64_t utc_ms;
    char boot[BOOT_ID_MAX];
};

struct verify {
    const struct verify_request *request;
    struct verify_report *report;
    struct ledger *ledger; /* a reader */
    struct chain_origin origin;
    bool has_recorder; /* the key file may be read */
    struct recorder_key recorder;
    struct head head;
    struct verify_known known[VERIFY_ANCHORS_MAX + 2];
    int known_count;

    bool is_whole;    /* not from a checkpoint on */
    int64_t base_seq; /* the row before the first */
    int64_t next_seq;
    uint8_t hash[CHAIN_HASH_SIZE]; /* of the row before next_seq */
    uint8_t key[CHAIN_KEY_SIZE];   /* in force */
    int64_t key_seq;               /* since this row; 0: from the beginning */
    int64_t unsigned_rows;
    bool must_sign; /* the next row has to be a checkpoint */
    struct verify_time time;
    int64_t bad_body_seq;
    char bad_body[96];

    struct ledger *again; /* the projections, made once more in a temporary file */
    bool again_failed;
};

#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
void verify_find(struct verify *verify, bool is_fault, enum verify_reason reason, int64_t seq,
                 const char *format, ...);

/* Sets the key in force at `seq` by the index, without the rows between. */
void verify_find_key(struct verify *verify, int64_t seq);

/* Reads head and anchors into `known`. */
void verify_gather(struct verify *verify);

/* The last row that a good report was about, INT64_MAX - 1 where none is known. It is a hint: the
 * walk begins at a signed checkpoint, whatever it says. */
int64_t verify_state_read(const struct verify *verify);
void verify_state_write(const struct verify *verify);

/* The projections once more, row by row, and then side by side. */
void verify_begin_again(struct verify *verify);
void verify_project(struct verify *verify, const struct kiosk_event *event, const char *boot,
                    int64_t seq);
void verify_compare(struct verify *verify);
void verify_end_again(struct verify *verify);

#endif
