#include "kiosk/shell/store_thread.h"

#include "kiosk/shell/log.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/settings.h"
#include "kiosk/store/ledger.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RETRY_MS = 2000 };

struct store_record {
    uint32_t token;
    struct kiosk_event event;
};

struct store_thread {
    char directory[SETTINGS_PATH_MAX];
    char boot_id[BOOT_ID_MAX];
    int64_t past_utc_ms;
    int wake_main, wake_store, first_news;
    pthread_t thread;
    atomic_bool stopping;
    struct ring records, news;

    /* The thread's own. */
    struct ledger *ledger;
    enum store_state state;
    bool past_done, has_record;
    struct store_record record; /* being written */
};

/* ---- news ------------------------------------------------------------------------------------ */

static void post(struct store_thread *store, const struct store_news *news)
{
    /* The main thread takes news whenever it is awake; rows of the past can outnumber the ring. */
    while (!ring_put(&store->news, news)) {
        wake_up(store->first_news);
        wake_up(store->wake_main);
        if (atomic_load(&store->stopping)) {
            return;
        }
        poll(NULL, 0, 1);
    }
    wake_up(store->first_news);
    wake_up(store->wake_main);
}

static void post_state(struct store_thread *store, enum store_state state, const char *why)
{
    if (state == store->state) {
        return;
    }
    if (state == STORE_OK) {
        log_line(LOG_INFO, "store", "recording again in %s", store->directory);
    } else {
        log_line(LOG_ERROR, "store", "%s; not recording until that is mended", why);
    }
    store->state = state;
    struct store_news news = {.kind = STORE_NEWS_STATE, .state = state};
    post(store, &news);
}

static enum store_state state_of(enum ledger_result result)
{
    static const enum store_state states[] = {
        [LEDGER_OK] = STORE_OK,
        [LEDGER_FULL] = STORE_FULL,
        [LEDGER_UNWRITABLE] = STORE_UNWRITABLE,
        [LEDGER_FAILED] = STORE_FAILED,
    };
    return states[result];
}

/* ---- the ledger ------------------------------------------------------------------------------ */

static void hand_over(void *context, const struct kiosk_event *event, int64_t seq)
{
    struct store_thread *store = context;
    struct store_news news = {.kind = STORE_NEWS_PAST, .seq = seq, .event = *event};
    post(store, &news);
}

static bool open_ledger(struct store_thread *store)
{
    char error[LEDGER_ERROR_MAX] = "";
    enum ledger_result result =
        ledger_open(&store->ledger, store->directory, store->boot_id, error);
    if (result == LEDGER_OK && ledger_notice(store->ledger)[0] != '\0') {
        log_line(LOG_WARNING, "store", "%s", ledger_notice(store->ledger));
    }
    if (result == LEDGER_OK && !store->past_done) {
        result = ledger_fold(store->ledger, store->past_utc_ms, hand_over, store, error);
        store->past_done = result == LEDGER_OK;
    }
    if (result != LEDGER_OK) {
        ledger_close(store->ledger);
        store->ledger = NULL;
        post_state(store, state_of(result), error);
        return false;
    }
    return true;
}

static bool write_record(struct store_thread *store)
{
    char error[LEDGER_ERROR_MAX];
    int64_t seq;
    enum ledger_result result = ledger_append(store->ledger, &store->record.event, &seq, error);
    if (result == LEDGER_FAILED) {
        ledger_close(store->ledger);
        store->ledger = NULL;
    }
    post_state(store, state_of(result), error);
    if (result != LEDGER_OK) {
        return false;
    }
    struct store_news news = {.kind = STORE_NEWS_ACK, .token = store->record.token, .seq = seq};
    post(store, &news);
    store->has_record = false;
    return true;
}

/* True while it gets on; false when it must wait, for work or for the medium. */
static bool work(struct store_thread *store)
{
    if (store->ledger == NULL) {
        bool first = !store->past_done;
        if (!open_ledger(store)) {
            return false;
        }
        if (first) {
            struct store_news news = {.kind = STORE_NEWS_OPEN};
            post(store, &news);
        }
        post_state(store, STORE_OK, "");
    }
    if (!store->has_record) {
        store->has_record = ring_take(&store->records, &store->record);
    }
    return store->has_record && write_record(store);
}

static void *store_main(void *context)
{
    struct store_thread *store = context;
    for (;;) {
        bool stopping = atomic_load(&store->stopping);
        if (work(store)) {
            continue;
        }
        if (stopping) {
            break; /* nothing is left, or it cannot be written now */
        }
        bool waiting_for_medium = store->ledger == NULL || store->has_record;
        struct pollfd wake = {.fd = store->wake_store, .events = POLLIN};
        poll(&wake, 1, waiting_for_medium ? RETRY_MS : -1);
        wake_drain(store->wake_store);
    }
    ledger_close(store->ledger);
    return NULL;
}

/* ---- the main thread's side ------------------------------------------------------------------ */

struct store_thread *store_thread_start(const char *directory, const char *boot_id,
                                        int64_t past_utc_ms, int wake)
{
    struct store_thread *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    snprintf(store->directory, sizeof store->directory, "%s", directory);
    snprintf(store->boot_id, sizeof store->boot_id, "%s", boot_id);
    store->past_utc_ms = past_utc_ms;
    store->wake_main = wake;
    store->wake_store = wake_open();
    store->first_news = wake_open();
    bool ready = store->wake_store >= 0 && store->first_news >= 0 &&
                 ring_open(&store->records, sizeof(struct store_record), STORE_RECORDS) &&
                 ring_open(&store->news, sizeof(struct store_news), STORE_NEWS);
    if (!ready || pthread_create(&store->thread, NULL, store_main, store) != 0) {
        free(store);
        return NULL;
    }
    return store;
}

void store_thread_record(struct store_thread *store, uint32_t token,
                         const struct kiosk_event *event)
{
    struct store_record record = {.token = token, .event = *event};
    bool taken = ring_put(&store->records, &record);
    assert(taken);
    (void)taken;
    wake_up(store->wake_store);
}

bool store_thread_news(struct store_thread *store, struct store_news *news)
{
    return ring_take(&store->news, news);
}

void store_thread_wait(struct store_thread *store)
{
    struct pollfd first = {.fd = store->first_news, .events = POLLIN};
    poll(&first, 1, -1);
    wake_drain(store->first_news);
}

int store_thread_stop(struct store_thread *store)
{
    if (store == NULL) {
        return 0;
    }
    atomic_store(&store->stopping, true);
    wake_up(store->wake_store);
    pthread_join(store->thread, NULL);
    int left = (int)ring_count(&store->records) + store->has_record;
    ring_close(&store->records);
    ring_close(&store->news);
    close(store->wake_store);
    close(store->first_news);
    free(store);
    return left;
}
