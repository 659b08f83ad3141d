/* The store thread: acknowledged is durable, nothing given is dropped, the past comes first. */
#include "kiosk/shell/clock.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/store_thread.h"
#include "kiosk/store/ledger.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000 };

static char directory[64], state_path[96];
static int wake;
static struct store_thread *store;
static int64_t base_ms; /* rows older than a quarter of an hour are signed when time allows */

static int set_up(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/biaogan-store-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(state_path, sizeof state_path, "%s/state", directory);
    wake = wake_open();
    base_ms = clock_now_ms();
    store = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {
        "ledger.db",           "ledger.db-wal", "ledger.db-shm", "ledger.db.lock",
        "ledger.db.damaged-1", "ledger.key",    "head"};
    store_thread_stop(store);
    close(wake);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s", state_path, names[i]);
        unlink(path);
    }
    rmdir(state_path);
    return rmdir(directory);
}

static void start(void)
{
    store = store_thread_start(&(struct store_config){
        .directory = state_path, .boot_id = "boot-1", .keep_months = 24, .wake = wake});
    assert_non_null(store);
}

static struct store_news any_news(void)
{
    struct store_news news;
    while (!store_thread_news(store, &news)) {
        struct pollfd ready = {.fd = wake, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        wake_drain(wake);
    }
    return news;
}

/* What is told besides, of signatures and of room, has its own order. */
static struct store_news next_news(void)
{
    struct store_news news;
    do {
        news = any_news();
    } while (news.kind == STORE_NEWS_SIGNED || news.kind == STORE_NEWS_ROOM);
    return news;
}

static struct store_news next_signed(void)
{
    struct store_news news;
    do {
        news = any_news();
    } while (news.kind != STORE_NEWS_SIGNED);
    return news;
}

static void record(uint32_t token, int64_t t_ms)
{
    struct kiosk_event event = {.kind = EVENT_LOGIN, .at = {.t_ms = base_ms + t_ms}};
    strcpy(event.body.login.who, "test");
    store_thread_record(store, token, &event);
}

static void expect_acknowledged(uint32_t token, int64_t seq)
{
    struct store_news news = next_news();
    assert_int_equal(news.kind, STORE_NEWS_ACK);
    assert_int_equal(news.token, token);
    assert_int_equal(news.seq, seq);
}

static void expect_open(void)
{
    assert_int_equal(next_news().kind, STORE_NEWS_OPEN);
}

/* What another program sees in the file at this moment. */
static int64_t durable(void)
{
    struct ledger *reader;
    char error[LEDGER_ERROR_MAX];
    assert_int_equal(ledger_open_reader(&reader, state_path, error), LEDGER_OK);
    int64_t last = ledger_last_seq(reader);
    ledger_close(reader);
    return last;
}

static void acknowledged_is_in_the_file_already(void **state)
{
    (void)state;
    start();
    expect_open();
    for (uint32_t token = 1; token <= 20; token++) {
        record(token, token);
        expect_acknowledged(token, token);
        assert_int_equal(durable(), token);
    }
}

/* For the code on the screen. The key is known before anything is signed. */
static void what_is_signed_is_told(void **state)
{
    (void)state;
    start();
    struct store_news news = next_signed();
    assert_string_equal(news.statement.text, "");
    assert_int_equal(strlen(news.statement.fingerprint), LEDGER_FINGERPRINT_MAX - 1);
    struct kiosk_event event = {.kind = EVENT_COLLECTION, .at = {.t_ms = base_ms + 2}};
    event.body.collection.quality = QUALITY_NONE;
    record(1, 1);
    store_thread_record(store, 2, &event);
    news = next_signed();
    assert_int_equal(news.statement.covers, 2);
    assert_memory_equal(news.statement.text, "biaogan-checkpoint 1 ", 21);
}

static void the_past_is_handed_over_before_anything_else(void **state)
{
    (void)state;
    start();
    expect_open();
    for (uint32_t token = 1; token <= 3; token++) {
        record(token, token * 10);
        expect_acknowledged(token, token);
    }
    assert_int_equal(store_thread_stop(store), 0);
    start();
    record(9, 99); /* given before the ledger is open */
    for (int64_t seq = 1; seq <= 3; seq++) {
        struct store_news news = next_news();
        assert_int_equal(news.kind, STORE_NEWS_PAST);
        assert_int_equal(news.seq, seq);
        assert_int_equal(news.event.at.t_ms, base_ms + seq * 10);
    }
    expect_open();
    expect_acknowledged(9, 4);
}

/* More of the past than the ring of news can hold, and nobody takes it for a while. */
static void a_long_past_waits_for_its_reader(void **state)
{
    (void)state;
    enum { ROWS = 2 * STORE_NEWS + 10 };
    struct ledger *ledger;
    char error[LEDGER_ERROR_MAX];
    int64_t seq;
    assert_int_equal(ledger_open(&ledger, state_path, "boot-0", error), LEDGER_OK);
    for (int i = 0; i < ROWS; i++) {
        struct kiosk_event event = {.kind = EVENT_LOGIN, .at = {.t_ms = base_ms + i}};
        assert_int_equal(ledger_append(ledger, &event, &seq, error), LEDGER_OK);
    }
    ledger_close(ledger);
    start();
    store_thread_wait(store);
    for (int64_t row = 1; row <= seq; row++) {
        assert_int_equal(next_news().seq, row);
    }
    expect_open();
}

static void what_waits_for_the_medium_is_recorded_in_order(void **state)
{
    (void)state;
    FILE *file = fopen(state_path, "w"); /* where the directory should be */
    assert_non_null(file);
    fclose(file);
    start();
    struct store_news news = next_news();
    assert_int_equal(news.kind, STORE_NEWS_STATE);
    assert_int_equal(news.state, STORE_UNWRITABLE);
    for (uint32_t token = 1; token <= KIOSK_PENDING_MAX; token++) {
        record(token, token);
    }
    unlink(state_path);
    expect_open();
    news = next_news();
    assert_int_equal(news.kind, STORE_NEWS_STATE);
    assert_int_equal(news.state, STORE_OK);
    for (uint32_t token = 1; token <= KIOSK_PENDING_MAX; token++) {
        expect_acknowledged(token, token);
    }
    assert_int_equal(durable(), KIOSK_PENDING_MAX);
}

static void stopping_tells_what_could_not_be_written(void **state)
{
    (void)state;
    FILE *file = fopen(state_path, "w");
    assert_non_null(file);
    fclose(file);
    start();
    assert_int_equal(next_news().kind, STORE_NEWS_STATE);
    record(1, 1);
    record(2, 2);
    int left = store_thread_stop(store);
    store = NULL;
    assert_int_equal(left, 2);
    unlink(state_path);
}

static void stopping_writes_what_was_given(void **state)
{
    (void)state;
    start();
    expect_open();
    for (uint32_t token = 1; token <= KIOSK_PENDING_MAX; token++) {
        record(token, token);
    }
    int left = store_thread_stop(store);
    store = NULL;
    assert_int_equal(left, 0);
    assert_int_equal(durable(), KIOSK_PENDING_MAX);
}

static void a_damaged_ledger_is_set_aside(void **state)
{
    (void)state;
    char path[160];
    assert_int_equal(mkdir(state_path, 0700), 0);
    snprintf(path, sizeof path, "%s/ledger.db", state_path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("this was a database once, until its medium failed", file);
    fclose(file);
    start();
    expect_open();
    record(1, 1);
    expect_acknowledged(1, 3); /* behind the row that says so, and its checkpoint */
    snprintf(path, sizeof path, "%s/ledger.db.damaged-1", state_path);
    assert_int_equal(access(path, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(acknowledged_is_in_the_file_already, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_signed_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_past_is_handed_over_before_anything_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_long_past_waits_for_its_reader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_for_the_medium_is_recorded_in_order, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(stopping_tells_what_could_not_be_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(stopping_writes_what_was_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_ledger_is_set_aside, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
