/* The store thread: sole writer of the ledger.
 *
 * It opens the ledger, hands over the rows of the past, then appends what it is given, one durable
 * commit each, and acknowledges. A medium that is full or forbidden is tried again until it is not:
 * nothing that was given is dropped, nothing is acknowledged before it is durable. After a failed
 * sync the ledger is closed and opened anew; a sync is never retried.
 *
 * Created and freed by the main thread, which alone calls everything here.
 */
#ifndef KIOSK_SHELL_STORE_THREAD_H
#define KIOSK_SHELL_STORE_THREAD_H

#include "kiosk/core/kiosk.h"

enum {
    STORE_RECORDS = 2 * KIOSK_PENDING_MAX, /* more than can be pending: never full */
    STORE_NEWS = 256
};

enum store_news_kind {
    STORE_NEWS_PAST, /* a row of the past: event, seq */
    STORE_NEWS_OPEN, /* the ledger is open; all rows of the past were handed over */
    STORE_NEWS_ACK,  /* token is durable as seq */
    STORE_NEWS_STATE /* state */
};

struct store_news {
    enum store_news_kind kind;
    uint32_t token;
    int64_t seq;
    enum store_state state;
    struct kiosk_event event;
};

struct store_thread;

/* `directory` and `boot_id` are copied. Rows from `past_utc_ms` on are handed over. NULL when the
 * thread cannot be made. */
struct store_thread *store_thread_start(const char *directory, const char *boot_id,
                                        int64_t past_utc_ms, int wake);

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
