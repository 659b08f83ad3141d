/* The ledger keeps what it acknowledged, in order and without gaps. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kiosk/store/query.h"
#include "tests/unit/store_fixture.h"

static struct kiosk_event deposit(int64_t utc_ms, enum waste_class class, enum outcome outcome,
                                  int32_t grams)
{
    struct kiosk_event event = tick(utc_ms / 1000, utc_ms);

    event.kind = EVENT_DEPOSIT;
    event.body.deposit.bin = 1;
    event.body.deposit.bin_class = class;
    event.body.deposit.chosen = class;
    event.body.deposit.outcome = outcome;
    event.body.deposit.quality = grams < 0 ? QUALITY_NONE : QUALITY_SETTLED;
    event.body.deposit.weight_g = grams < 0 ? 0 : grams;
    return event;
}

struct folded {
    int count;
    int64_t last_seq;
    const struct kiosk_event *expected; /* or NULL */
    int64_t seqs[64];
};

static void look(void *context, const struct kiosk_event *event, int64_t seq)
{
    struct folded *folded = context;

    folded->last_seq = seq;
    if (event->kind == EVENT_CHECKPOINT) {
        return;
    }
    if (folded->expected) {
        const struct kiosk_event *expected = &folded->expected[folded->count];
        assert_int_equal(event->kind, expected->kind);
        assert_memory_equal(&event->at, &expected->at, sizeof event->at);
        assert_memory_equal(&event->body, &expected->body, sizeof event->body);
    }
    if (folded->count < 64) {
        folded->seqs[folded->count] = seq;
    }
    folded->count++;
}

/* ---- order and truth ------------------------------------------------------------------------- */

static void rows_are_numbered_without_gaps_over_restarts(void **state)
{
    struct kiosk_event event = tick(1, 0);
    int64_t expected = 0;

    (void)state;
    for (int boot = 0; boot < 3; boot++) {
        struct ledger *ledger = opened(boot == 0 ? "a" : "b");
        assert_int_equal(ledger_last_seq(ledger), expected);
        for (int i = 0; i < 5; i++) {
            assert_int_equal(append(ledger, &event), ++expected);
        }
        assert_int_equal(ledger_last_seq(ledger), expected);
        assert_string_equal(ledger_notice(ledger), "");
        ledger_close(ledger);
    }
    assert_int_equal(ask("SELECT count(*) FROM ledger WHERE boot = 'a'"), 5);
    assert_int_equal(ask("SELECT count(*) FROM boots"), 2);
}

static void rows_cannot_be_changed_deleted_or_squeezed_in(void **state)
{
    struct kiosk_event event = tick(1, 0);
    struct ledger *ledger = opened("a");

    (void)state;
    append(ledger, &event);
    append(ledger, &event);
    ledger_close(ledger);
    assert_int_equal(tamper("UPDATE ledger SET t_ms = 5 WHERE seq = 1"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("DELETE FROM ledger WHERE seq = 2"), SQLITE_CONSTRAINT);
    assert_int_equal(tamper("INSERT INTO ledger VALUES(4,'clock','a',1,NULL,'unset','{}',x'00')"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(tamper("INSERT INTO ledger VALUES(0,'clock','a',1,NULL,'unset','{}',x'00')"),
                     SQLITE_CONSTRAINT);
    assert_int_equal(ask("SELECT sum(t_ms) FROM ledger"), 2);
}

static void fold_gives_every_event_back(void **state)
{
    enum { COUNT = 40 * EVENT_KIND_COUNT };
    static struct kiosk_event events[COUNT];
    uint64_t seed = random_event_seed();
    struct folded folded = {.expected = events};
    struct ledger *reader = NULL;

    (void)state;
    struct ledger *ledger = opened("a");
    for (int i = 0; i < COUNT; i++) {
        events[i] = random_event(&seed, random_kind(&seed));
        append(ledger, &events[i]);
    }
    assert_int_equal(ledger_fold(ledger, 0, look, &folded, error), LEDGER_OK);
    assert_int_equal(folded.count, COUNT);
    /* A reader sees the same while the writer has it open. */
    folded.count = 0;
    assert_int_equal(ledger_open_reader(&reader, directory, error), LEDGER_OK);
    assert_int_equal(ledger_fold(reader, 0, look, &folded, error), LEDGER_OK);
    assert_int_equal(folded.count, COUNT);
    assert_int_equal(ledger_last_seq(reader), folded.last_seq);
    ledger_close(reader);
    ledger_close(ledger);
}

static void fold_from_a_moment_passes_the_newest_rows_too(void **state)
{
    const int64_t noon = 1795406400000;
    const struct kiosk_event old = tick(1, noon - 86400000), unset = tick(2, 0),
                             today = tick(3, noon);
    struct folded folded = {0};

    (void)state;
    struct ledger *ledger = opened("a");
    append(ledger, &old);
    append(ledger, &today);
    append(ledger, &unset);
    assert_int_equal(ledger_fold(ledger, noon, look, &folded, error), LEDGER_OK);
    assert_int_equal(folded.count, 3); /* however old, or without a clock */

    for (int i = 0; i < LEDGER_RECENT - 1; i++) {
        append(ledger, &old);
    }
    folded.count = 0;
    assert_int_equal(ledger_fold(ledger, noon, look, &folded, error), LEDGER_OK);
    /* Two of the newest are checkpoints; rows 1, 3 and 4 are old and no longer recent. */
    assert_int_equal(folded.count, 1 + LEDGER_RECENT - 2);
    assert_int_equal(folded.seqs[0], 2);
    assert_int_equal(folded.seqs[1], 5);
    ledger_close(ledger);
}

static void fold_of_an_empty_ledger_is_empty(void **state)
{
    struct folded folded = {0};
    struct ledger *ledger = opened("a");

    (void)state;
    assert_int_equal(ledger_fold(ledger, 0, look, &folded, error), LEDGER_OK);
    assert_int_equal(ledger_fold(ledger, 5, look, &folded, error), LEDGER_OK);
    assert_int_equal(folded.count, 0);
    assert_int_equal(ledger_last_seq(ledger), 0);
    ledger_close(ledger);
}

static void a_row_that_is_not_understood_is_named(void **state)
{
    static const struct {
        const char *sql, *seq;
    } wounds[] = {
        {"UPDATE ledger SET body = '{\"v\":2,\"step_ms\":0}' WHERE seq = 2", "row 2"},
        {"UPDATE ledger SET kind = 'poem' WHERE seq = 3", "row 3"},
        {"UPDATE ledger SET body = x'ff00' WHERE seq = 2", "row 2"},
        {"UPDATE ledger SET clock = 'sun' WHERE seq = 3", "row 3"},
        {"UPDATE ledger SET utc_ms = 5 WHERE seq = 3", "row 3"},
        {"DELETE FROM ledger WHERE seq = 1", "row 1"},
        {"DELETE FROM ledger WHERE seq = 2", "row 2"},
    };
    struct kiosk_event event = tick(1, 0);

    (void)state;
    for (size_t i = 0; i < sizeof wounds / sizeof *wounds; i++) {
        struct ledger *ledger = opened("a");
        struct folded folded = {0};
        for (int j = 0; j < 3; j++) {
            append(ledger, &event);
        }
        ledger_close(ledger);
        assert_int_equal(tamper("DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete"),
                         SQLITE_OK);
        assert_int_equal(tamper(wounds[i].sql), SQLITE_OK);
        assert_int_equal(ledger_open_reader(&ledger, directory, error), LEDGER_OK);
        assert_int_equal(ledger_fold(ledger, 0, look, &folded, error), LEDGER_FAILED);
        if (!strstr(error, wounds[i].seq)) {
            fail_msg("\"%s\" does not name %s", error, wounds[i].seq);
        }
        ledger_close(ledger);
        end(NULL);
        assert_int_equal(mkdir(directory, 0700), 0);
    }
}

/* ---- projections ----------------------------------------------------------------------------- */

static void the_answer_of_a_person_reaches_the_deposit(void **state)
{
    struct kiosk_event event = deposit(1795406400000, WASTE_KITCHEN, OUTCOME_UNDECLARED, 500);
    struct kiosk_event answer = tick(9, 1795406409000);
    struct ledger *ledger = opened("a");

    (void)state;
    answer.kind = EVENT_DECLARED;
    answer.body.declared.deposit_seq = append(ledger, &event);
    answer.body.declared.declared_after = WASTE_HAZARDOUS;
    append(ledger, &answer);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT declared_after = 'hazardous' FROM deposits"), 1);
}

static void the_roll_up_is_the_sum_of_its_rows(void **state)
{
    uint64_t seed = random_event_seed();
    struct figures figures;
    struct ledger *ledger = opened("a");
    int64_t count[2] = {0}, grams[2] = {0};

    (void)state;
    /* 15:59:59.999 UTC is the last moment of a day in China. */
    const int64_t midnight = 1795449600000;
    for (int i = 0; i < 200; i++) {
        int day = (int)random_below(&seed, 2);
        int64_t utc = day ? midnight + random_below(&seed, 1000) : midnight - 1;
        struct kiosk_event event =
            deposit(utc, (enum waste_class)random_below(&seed, WASTE_CLASS_COUNT),
                    (enum outcome)random_below(&seed, OUTCOME_COUNT),
                    (int32_t)random_below(&seed, 9000) - 500);
        append(ledger, &event);
        count[day]++;
        grams[day] += event.body.deposit.weight_g;
    }
    struct kiosk_event unset = deposit(0, WASTE_KITCHEN, OUTCOME_CONSISTENT, 1);
    append(ledger, &unset);
    for (int day = 0; day < 2; day++) {
        int64_t local = local_day(midnight) - 1 + day, counted = 0, weighed = 0;
        day_range_t range = {true, true, local, local};
        assert_int_equal(ledger_figures(ledger, &range, &figures, error), LEDGER_OK);
        counted = figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).count;
        weighed = figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).grams;
        assert_int_equal(counted, count[day]);
        assert_int_equal(weighed, grams[day]);
    }
    ledger_close(ledger);
}

static void outages_and_runs_are_closed_by_their_end(void **state)
{
    struct kiosk_event start = tick(1, 0), lost = tick(10, 0), back = tick(70, 0),
                       stop = tick(90, 0);
    struct ledger *ledger = opened("a");

    (void)state;
    start.kind = EVENT_START;
    strcpy(start.body.start.site, "p1");
    lost.kind = EVENT_DEVICE_LOST;
    strcpy(lost.body.device.device, "s1");
    lost.body.device.since_ms = 8;
    back.kind = EVENT_DEVICE_BACK;
    strcpy(back.body.device.device, "s1");
    stop.kind = EVENT_STOP;
    strcpy(stop.body.stop.reason, "signal");
    append(ledger, &start);
    append(ledger, &lost);
    append(ledger, &back);
    append(ledger, &lost);
    append(ledger, &stop);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT cleared_ms - since_ms FROM alarms WHERE seq = 2"), 62);
    assert_int_equal(ask("SELECT cleared_seq FROM alarms WHERE seq = 4"), INT64_MIN);
    assert_int_equal(ask("SELECT stop_ms - start_ms FROM runs WHERE reason = 'signal'"), 89);
}

/* The next run looks at its devices itself; a scale that is out of its range stays so. */
static void a_restart_ends_the_alarms_of_devices(void **state)
{
    struct kiosk_event start = tick(1, 0), lost = tick(10, 0), over = tick(11, 0);
    struct ledger *ledger = opened("a");

    (void)state;
    start.kind = EVENT_START;
    lost.kind = EVENT_DEVICE_LOST;
    strcpy(lost.body.device.device, "s1");
    over.kind = EVENT_OVERLOAD;
    over.body.overload.bin = 3;
    over.body.overload.began = true;
    append(ledger, &start);
    append(ledger, &lost);
    append(ledger, &lost); /* it is out already */
    append(ledger, &over);
    append(ledger, &start);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT count(*) FROM alarms"), 2);
    assert_int_equal(ask("SELECT cleared_seq FROM alarms WHERE cleared_by = 'restart'"), 5);
    assert_int_equal(ask("SELECT seq FROM alarms WHERE cleared_seq IS NULL AND part = 'bin3'"), 4);
}

static void an_undone_deposit_leaves_the_sums_once(void **state)
{
    struct kiosk_event event = deposit(1795406400000, WASTE_KITCHEN, OUTCOME_WRONG_BIN, 700);
    struct kiosk_event undone = tick(9, 1795406409000);
    struct figures figures;
    const day_range_t all = {0};
    struct ledger *ledger = opened("a");

    (void)state;
    append(ledger, &event);
    undone.kind = EVENT_UNDONE;
    undone.body.undone.deposit_seq = append(ledger, &event);
    append(ledger, &undone);
    append(ledger, &undone);
    undone.body.undone.deposit_seq = 3; /* no deposit */
    append(ledger, &undone);
    assert_int_equal(ledger_figures(ledger, &all, &figures, error), LEDGER_OK);
    assert_int_equal(figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).count, 1);
    assert_int_equal(figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).grams, 700);
    assert_int_equal(figures.undone.count, 1);
    assert_int_equal(figures.undone.grams, 700);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT undone_seq FROM deposits WHERE seq = 2"), 3);
    assert_int_equal(ask("SELECT count(*) FROM changes WHERE kind = 'undone'"), 1);
}

static void what_falls_late_is_of_its_deposit(void **state)
{
    struct kiosk_event event = deposit(1795406400000, WASTE_KITCHEN, OUTCOME_WRONG_BIN, 700);
    struct kiosk_event later = tick(9, 1795406409000);
    struct figures figures;
    const day_range_t all = {0};
    struct ledger *ledger = opened("a");

    (void)state;
    event.body.deposit.has_base = true;
    event.body.deposit.final_g = 700;
    append(ledger, &event);
    later.kind = EVENT_ADDITION;
    later.body.addition = (struct event_addition){.bin = 1, .change_g = 150};
    later.body.addition.deposit_seq = append(ledger, &event);
    append(ledger, &later);
    later.body.addition.deposit_seq = 3; /* no deposit */
    append(ledger, &later);
    assert_int_equal(ledger_figures(ledger, &all, &figures, error), LEDGER_OK);
    assert_int_equal(figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).count, 2);
    assert_int_equal(figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).grams, 1550);
    later.kind = EVENT_UNDONE;
    later.body.undone = (struct event_undone){.deposit_seq = 2};
    append(ledger, &later);
    later.kind = EVENT_ADDITION;
    later.body.addition = (struct event_addition){.bin = 1, .deposit_seq = 2, .change_g = 50};
    append(ledger, &later);
    assert_int_equal(ledger_figures(ledger, &all, &figures, error), LEDGER_OK);
    assert_int_equal(figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).grams, 700);
    assert_int_equal(figures.undone.grams, 900);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT weight_g FROM deposits WHERE seq = 2"), 900);
    assert_int_equal(ask("SELECT after_g - before_g FROM changes WHERE seq = 2"), 900);
}

static void what_falls_late_weighs_nothing_where_nobody_weighed(void **state)
{
    struct kiosk_event event = deposit(1795406400000, WASTE_KITCHEN, OUTCOME_UNWEIGHED, 0);
    struct kiosk_event later = tick(9, 1795406409000);
    struct figures figures;
    const day_range_t all = {0};
    struct ledger *ledger = opened("a");

    (void)state;
    event.body.deposit.quality = QUALITY_NONE;
    later.kind = EVENT_ADDITION;
    later.body.addition = (struct event_addition){.bin = 1, .change_g = 150};
    later.body.addition.deposit_seq = append(ledger, &event);
    append(ledger, &later);
    assert_int_equal(ledger_figures(ledger, &all, &figures, error), LEDGER_OK);
    assert_int_equal(figures_deposits(&figures, FIGURES_ALL, FIGURES_ALL).grams, 0);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT count(weight_g) FROM deposits"), 0);
}

/* ---- the same again, and sudden death -------------------------------------------------------- */

static void write_run(uint64_t seed, int restarts)
{
    for (int run = 0; run <= restarts; run++) {
        struct ledger *ledger = opened("boot-1");
        for (int i = 0; i < 700; i++) {
            struct kiosk_event event = random_event(&seed, random_kind(&seed));
            append(ledger, &event);
        }
        ledger_close(ledger);
    }
}

/* All that the rows say, but for checkpoints: no two ledgers have the same key. */
static char *said(void)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *query = NULL;

    assert_int_equal(sqlite3_open(path_of("ledger.db"), &handle), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(handle,
                           "SELECT group_concat(seq || kind || boot || t_ms ||"
                           " ifnull(utc_ms, '-') || clock || body, x'0a') FROM (SELECT * FROM"
                           " ledger WHERE kind <> 'checkpoint' ORDER BY seq)",
                           -1, &query, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    char *text = strdup((const char *)sqlite3_column_text(query, 0));
    assert_non_null(text);
    sqlite3_finalize(query);
    sqlite3_close(handle);
    return text;
}

static void the_same_events_give_the_same_rows(void **state)
{
    uint64_t seed = random_event_seed();

    (void)state;
    write_run(seed, 1);
    char *first = said();
    assert_int_equal(access(path_of("ledger.db-wal"), F_OK), -1);
    end(NULL);
    assert_int_equal(mkdir(directory, 0700), 0);
    write_run(seed, 1);
    char *second = said();
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void a_program_that_dies_loses_nothing_it_acknowledged(void **state)
{
    struct kiosk_event event = tick(1, 1795406400000);
    int64_t expected = 0;

    (void)state;
    for (int round = 0; round < 8; round++) {
        int pipe_ends[2];
        int64_t acknowledged = 0, seq;
        assert_int_equal(pipe(pipe_ends), 0);
        pid_t child = fork();
        if (child == 0) {
            struct ledger *dying = NULL;
            sqlite3 *inside = NULL;
            if (ledger_open(&dying, directory, "a", error) != LEDGER_OK) {
                _exit(1);
            }
            for (int i = 0; i <= round; i++) {
                if (ledger_append(dying, &event, &seq, error) == LEDGER_OK &&
                    write(pipe_ends[1], &seq, sizeof seq) != sizeof seq) {
                    _exit(1);
                }
            }
            /* A transaction that is never committed, cut by the end of the process. */
            sqlite3_open(path_of("ledger.db"), &inside);
            sqlite3_exec(inside, "PRAGMA cache_size = 1; BEGIN; INSERT INTO days VALUES(77, 77);",
                         NULL, NULL, NULL);
            _exit(0);
        }
        close(pipe_ends[1]);
        while (read(pipe_ends[0], &seq, sizeof seq) == sizeof seq) {
            acknowledged = seq;
        }
        close(pipe_ends[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
        expected += round + 1;
        assert_int_equal(acknowledged, expected);
        struct ledger *ledger = opened("a");
        assert_int_equal(ledger_last_seq(ledger), expected);
        assert_string_equal(ledger_notice(ledger), "");
        ledger_close(ledger);
    }
    assert_int_equal(ask("SELECT count(*) FROM days WHERE day = 77"), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(rows_are_numbered_without_gaps_over_restarts),
        CASE(rows_cannot_be_changed_deleted_or_squeezed_in),
        CASE(fold_gives_every_event_back),
        CASE(fold_from_a_moment_passes_the_newest_rows_too),
        CASE(fold_of_an_empty_ledger_is_empty),
        CASE(a_row_that_is_not_understood_is_named),
        CASE(the_answer_of_a_person_reaches_the_deposit),
        CASE(the_roll_up_is_the_sum_of_its_rows),
        CASE(outages_and_runs_are_closed_by_their_end),
        CASE(the_same_events_give_the_same_rows),
        CASE(a_restart_ends_the_alarms_of_devices),
        CASE(an_undone_deposit_leaves_the_sums_once),
        CASE(what_falls_late_is_of_its_deposit),
        CASE(what_falls_late_weighs_nothing_where_nobody_weighed),
        CASE(a_program_that_dies_loses_nothing_it_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
