/* The inside of a ledger handle, for the files of this folder only. */
#ifndef KIOSK_STORE_LEDGER_INTERNAL_H
#define KIOSK_STORE_LEDGER_INTERNAL_H

#include "kiosk/store/checkpoint.h"
#include "kiosk/store/db.h"
#include "kiosk/store/ledger.h"
#include "kiosk/store/schema.h"

/* Where the ledger ends, and what the next row needs to know of the rows before it. */
struct ledger_end {
    int64_t last_seq;
    uint8_t hash[CHAIN_HASH_SIZE];
    int64_t unsigned_rows;  /* behind the last checkpoint */
    int64_t unsigned_ms;    /* t_ms of the first of them in this boot; INT64_MAX: there is none */
    char site[SITE_ID_MAX]; /* of the last start; "" before the first */
    bool boot_known;        /* the last row is of this boot */
    int64_t last_day;       /* a day that `days` holds; SCHEMA_DAY_UNKNOWN: none */
    moment_t last_at;       /* of the last row in this boot, where unsigned_ms is one */
    bool has_checkpoint;    /* the open transaction wrote one */
    struct chain_checkpoint checkpoint;
};

struct ledger {
    struct db db;
    bool writer;
    bool failed;  /* no append until reopened */
    bool damaged; /* the file is broken: set it aside on close */

    /* Of the writer. */
    char boot[BOOT_ID_MAX];
    struct ledger_end end;       /* with what the open transaction has added */
    struct ledger_end committed; /* as of the last commit */
    struct chain_origin origin;
    struct recorder_key key;
    struct head_file head;
    bool unsure; /* the last row may be one whose append failed when it was synced */

    /* Rows to write before the next one. */
    bool has_new_key, has_aside;
    struct event_key new_key;
    struct event_set_aside aside;

    /* The newest checkpoint that was written and not yet asked for. */
    bool has_news;
    struct chain_checkpoint news;

    struct record_cursor *taking; /* the one whose statement is being stepped, or NULL */

    char notice[LEDGER_ERROR_MAX];
};

/* The local day of a moment; SCHEMA_DAY_UNKNOWN while the clock is unset. */
int64_t ledger_day(const moment_t *at);

/* Opening a writer (load.c), in this order. The key file is read, or `made`. The schema comes to
 * this version, and a ledger that begins beside damaged ones will say what came before it. The
 * handle learns where the ledger ends. A key that is not the one in force will be announced in the
 * chain before it signs anything. The latter three return an SQLite code. */
enum ledger_result ledger_open_key(struct ledger *ledger, const char *directory, bool *made,
                                   char error[LEDGER_ERROR_MAX]);
int ledger_migrate(struct ledger *ledger, const char *directory, enum schema_state state);
int ledger_load(struct ledger *ledger);
int ledger_compare_key(struct ledger *ledger, bool made);

/* The newest row of a kind that the index `ledger_rare` holds. SQLITE_DONE: there is none. */
int ledger_find_newest(struct ledger *ledger, enum event_kind kind, struct kiosk_event *event);

/* The key in force behind row `seq`, and the row that put it there, 0 where that is no row of the
 * ledger: kiosk/store/chain.h. Returns an SQLite code. */
int ledger_find_key(struct ledger *ledger, const struct chain_origin *origin, int64_t seq,
                    uint8_t key[CHAIN_KEY_SIZE], int64_t *key_seq);

/* Inside an open transaction of the writer: appends the event with its projections, before it the
 * rows that wait for the next one, behind it a checkpoint where one is due. The caller commits and
 * says so with ledger_committed(), or rolls back and says ledger_rolled_back(). Returns an SQLite
 * code. */
int ledger_put(struct ledger *ledger, const struct kiosk_event *event, int64_t *seq);
void ledger_committed(struct ledger *ledger);

/* Commits where `code` is SQLITE_OK, else rolls back; says so, and explains. */
enum ledger_result ledger_finish(struct ledger *ledger, const char *doing, int code,
                                 char error[LEDGER_ERROR_MAX]);
void ledger_rolled_back(struct ledger *ledger);

/* What a row changes in the end, and whether its kind asks for a checkpoint at once. */
void ledger_remember(struct ledger_end *end, const struct kiosk_event *event);
bool ledger_signs_at_once(enum event_kind kind); /* false for EVENT_KIND_COUNT */

/* Whether rows of this kind take no part in the rules of time: kiosk/store/chain.h. Likewise. */
bool ledger_has_own_time(enum event_kind kind);

/* Writes what `event`, row `seq`, changes in the projections, inside the open transaction. Returns
 * an SQLite code. */
int projections_apply(struct ledger *ledger, const struct kiosk_event *event, int64_t seq);

/* The first row that can be of `day` or a later one; INT64_MAX: there is none. A purge takes the
 * beginnings of days with it, of which rows may be left. */
int64_t ledger_first_row_of(struct ledger *ledger, int64_t day, int *code);

/* A column that holds text; "" for NULL. Borrowed until the statement moves on. */
const char *ledger_column_text(sqlite3_stmt *row, int column);

/* Inside an open transaction, before rows up to `purged_seq` go (changes.c): where the row with the
 * digest of all settings is one of them, it is written once more, so that the next change has a
 * row to be compared with. Returns an SQLite code. */
int ledger_settings_again(struct ledger *ledger, const moment_t *at, int64_t purged_seq);

/* Reads t_ms, utc_ms and clock from three columns. False where they contradict each other. */
bool ledger_column_moment(sqlite3_stmt *row, int first, moment_t *at);

/* Reports an SQLite error of this handle and remembers what it means for the next append. */
enum ledger_result ledger_fail(struct ledger *ledger, const char *doing, int code,
                               char error[LEDGER_ERROR_MAX]);

#endif
