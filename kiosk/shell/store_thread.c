#include "kiosk/shell/store_thread.h"

#include "kiosk/shell/clock.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/settings.h"
#include "kiosk/store/health.h"
#include "kiosk/store/ledger.h"
#include "kiosk/store/notes.h"
#include "kiosk/store/purge.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    RETRY_MS = 2000,
    ROOM_MS = 30 * 1000,                 /* how often the medium is asked for its room */
    PURGE_FIRST_MS = 10 * 60 * 1000,     /* after the start, when all else is done */
    PURGE_EVERY_MS = 24 * 60 * 60 * 1000 /* of kiosk time */
};

struct store_record {
    uint32_t token;
    struct kiosk_event event;
};

struct store_thread {
    char directory[SETTINGS_PATH_MAX];
    char boot_id[BOOT_ID_MAX];
    int64_t past_utc_ms;
    int32_t keep_months;
    const struct ledger_setting *settings;
    int setting_count;
    int wake_main, wake_store, first_news;
    pthread_t thread;
    atomic_bool stopping;
    struct ring records, news;

    /* The thread's own. */
    struct ledger *ledger;
    enum store_state state;
    bool past_done, has_record;
    bool low;
    int64_t room_ms, purge_ms;  /* when they are due; kiosk time */
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

/* Asked for when it is due, and told when it matters: when it runs low, when there is enough again,
 * and with every change of state. */
static void watch_room(struct store_thread *store, bool must_tell)
{
    struct store_news news = {.kind = STORE_NEWS_ROOM};
    const int64_t now_ms = clock_now_ms();
    if (!must_tell && now_ms < store->room_ms) {
        return;
    }
    store->room_ms = now_ms + ROOM_MS;
    if (!ledger_room(store->directory, &news.room.free_bytes)) {
        return; /* no medium, which the state says */
    }
    news.room.low = news.room.free_bytes < (int64_t)LEDGER_ROOM_LOW_MIB * 1024 * 1024;
    if (news.room.low && !store->low) {
        log_line(LOG_WARNING, "store", "%s: %lld MiB free; export and remove what is not needed",
                 store->directory, (long long)(news.room.free_bytes / (1024 * 1024)));
    }
    if (must_tell || news.room.low != store->low) {
        store->low = news.room.low;
        post(store, &news);
    }
}

static void post_state(struct store_thread *store, enum store_state state, const char *why)
{
    if (state == store->state) {
        return;
    }
    watch_room(store, true);
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

/* What was signed last is shown to those who take something away with them. */
static void post_statement(struct store_thread *store)
{
    struct store_news news = {.kind = STORE_NEWS_SIGNED};
    if (ledger_statement_news(store->ledger, &news.statement)) {
        post(store, &news);
    }
}

static void post_first_statement(struct store_thread *store)
{
    struct store_news news = {.kind = STORE_NEWS_SIGNED};
    char error[LEDGER_ERROR_MAX];
    if (ledger_statement(store->ledger, &news.statement, error) == LEDGER_OK) {
        post(store, &news);
    }
}

/* Nothing was appended for long: what waits for a signature gets it. */
static void sign_when_due(struct store_thread *store)
{
    char error[LEDGER_ERROR_MAX];
    const int64_t now_ms = clock_now_ms();
    if (store->ledger == NULL || store->has_record || now_ms < ledger_sign_due(store->ledger)) {
        return;
    }
    enum ledger_result result = ledger_sign(store->ledger, now_ms, error);
    if (result == LEDGER_FAILED) {
        ledger_close(store->ledger);
        store->ledger = NULL;
    }
    post_state(store, state_of(result), error);
    if (result == LEDGER_OK) {
        post_statement(store);
    }
}

/* Once a run, behind its start. What cannot be noted now is noted at the next start. */
static void note_settings(struct store_thread *store, const moment_t *at)
{
    char error[LEDGER_ERROR_MAX];
    if (store->setting_count > 0 &&
        ledger_note_settings(store->ledger, at, store->settings, store->setting_count, error) !=
            LEDGER_OK) {
        log_line(LOG_WARNING, "store", "%s", error);
    }
    store->setting_count = 0;
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
    note_settings(store, &store->record.event.at);
    post_statement(store);
    return true;
}

/* Until the medium may be back, or something is due besides the rows. */
static int patience_ms(const struct store_thread *store)
{
    if (store->ledger == NULL || store->has_record) {
        return RETRY_MS;
    }
    int64_t due_ms = ledger_sign_due(store->ledger);
    due_ms = store->room_ms < due_ms ? store->room_ms : due_ms;
    if (store->keep_months != 0 && store->purge_ms < due_ms) {
        due_ms = store->purge_ms;
    }
    return clock_wait_ms(due_ms);
}

/* What others did meanwhile. */
static void take_notes(struct store_thread *store)
{
    if (store->ledger != NULL && !store->has_record) {
        const moment_t now = clock_moment();
        if (notes_take(store->directory, store->ledger, &now, true) > 0) {
            post_statement(store);
        }
    }
}

/* What is old and exported goes, a part at a time, while nobody waits for a row. */
static void purge_when_due(struct store_thread *store)
{
    char error[LEDGER_ERROR_MAX] = "";
    const int64_t now_ms = clock_now_ms();
    if (store->ledger == NULL || store->has_record || store->keep_months == 0 ||
        now_ms < store->purge_ms) {
        return;
    }
    struct purge purge = {.months = store->keep_months, .now = clock_moment()};
    enum ledger_result result = ledger_purge(store->ledger, &purge, error);
    store->purge_ms = result == LEDGER_OK && purge.has_more ? now_ms : now_ms + PURGE_EVERY_MS;
    if (result == LEDGER_OK && purge.last_seq >= purge.first_seq) {
        log_line(LOG_INFO, "store", "rows %lld to %lld are old and exported: taken out",
                 (long long)purge.first_seq, (long long)purge.last_seq);
    }
    if (result == LEDGER_FAILED) {
        ledger_close(store->ledger);
        store->ledger = NULL;
    }
    post_state(store, state_of(result), error);
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
            post_first_statement(store);
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
        struct pollfd wake = {.fd = store->wake_store, .events = POLLIN};
        poll(&wake, 1, patience_ms(store));
        wake_drain(store->wake_store);
        sign_when_due(store);
        watch_room(store, false);
        take_notes(store);
        purge_when_due(store);
    }
    ledger_close(store->ledger);
    return NULL;
}

/* ---- the main thread's side ------------------------------------------------------------------ */

struct store_thread *store_thread_start(const struct store_config *config)
{
    struct store_thread *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    snprintf(store->directory, sizeof store->directory, "%s", config->directory);
    snprintf(store->boot_id, sizeof store->boot_id, "%s", config->boot_id);
    store->past_utc_ms = config->past_utc_ms;
    store->keep_months = config->keep_months;
    store->settings = config->settings;
    store->setting_count = config->setting_count;
    store->purge_ms = clock_now_ms() + PURGE_FIRST_MS;
    store->wake_main = config->wake;
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
