/* The store thread: sole writer of the ledger.
 *
 * It opens the ledger, hands over the rows of the past, then appends what it is given, one durable
 * commit each, and acknowledges. A medium that is full or forbidden is tried again until it is not:
 * nothing that was given is dropped, nothing is acknowledged before it is durable. After a failed
 * sync the ledger is closed and opened anew; a sync is never retried.
 *
 * Once a day it takes out what is old and exported (kiosk/store/purge.h), and it tells how much
 * room the medium has.
 *
 * Created and freed by the main thread, which alone calls everything here.
 */
#ifndef KIOSK_SHELL_STORE_THREAD_H
#define KIOSK_SHELL_STORE_THREAD_H

#include "kiosk/core/kiosk.h"
#include "kiosk/store/changes.h"

enum {
    STORE_RECORDS = 2 * KIOSK_PENDING_MAX, /* more than can be pending: never full */
    STORE_NEWS = 256
};

enum store_news_kind {
    STORE_NEWS_PAST,  /* a row of the past: event, seq */
    STORE_NEWS_OPEN,  /* the ledger is open; all rows of the past were handed over */
    STORE_NEWS_ACK,   /* token is durable as seq */
    STORE_NEWS_STATE, /* state */
    STORE_NEWS_ROOM,  /* room */
    STORE_NEWS_SIGNED /* statement: of the newest checkpoint */
};

struct store_news {
    enum store_news_kind kind;
    uint32_t token;
    int64_t seq;
    enum store_state state;
    union {
        struct kiosk_event event;
        struct ledger_statement statement;
        struct {
            int64_t free_bytes;
            bool low;
        } room;
    };
};

struct store_thread;

struct store_config {
    const char *directory, *boot_id;       /* copied */
    int64_t past_utc_ms;                   /* rows from then on are handed over */
    int32_t keep_months;                   /* of rows that were exported; 0: for ever */
    const struct ledger_setting *settings; /* borrowed until the end; what the site file says */
    int setting_count;
    int wake; /* woken when there is news */
};

/* NULL when the thread cannot be made. */
struct store_thread *store_thread_start(const struct store_config *config);

/* Never full for what kiosk_step() records. */
void store_thread_record(struct store_thread *store, uint32_t token,
                         const struct kiosk_event *event);

/* News, oldest first; false when there is none. */
bool store_thread_news(struct store_thread *store, struct store_news *news);

/* Waits for the opening to succeed or fail, at most; then there is news. */
void store_thread_wait(struct store_thread *store);

/* Writes what is left where that is possible, closes the ledger and frees. Returns how many events
 * could not be written. */
int store_thread_stop(struct store_thread *store);

#endif
