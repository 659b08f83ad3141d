/* The chain, its checkpoints and what stands outside hold together, and what breaks them is named.
 * Many more ways to break them are in tests/ledger. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk/store/checkpoint.h"
#include "kiosk/store/schema.h"
#include "kiosk/store/verify.h"
#include "tests/unit/store_fixture.h"

static struct verify_report report;

static void verified(const struct verify_request *with)
{
    struct verify_request request = *with;

    request.directory = directory;
    if (ledger_verify(&request, &report, error) != LEDGER_OK) {
        fail_msg("%s", error);
    }
}

static void expect_good(const struct verify_request *with)
{
    verified(with);
    if (!report.is_good) {
        fail_msg("%s", report.findings[0].text);
    }
}

static void expect_fault(const struct verify_request *with, enum verify_reason reason, int64_t seq)
{
    verified(with);
    assert_false(report.is_good);
    for (int i = 0; i < report.finding_count; i++) {
        if (report.findings[i].is_fault) {
            assert_string_equal(verify_reason_text(report.findings[i].reason),
                                verify_reason_text(reason));
            assert_int_equal(report.findings[i].seq, seq);
            return;
        }
    }
    fail_msg("a bad report names no fault");
}

static const struct verify_request whole;

/* A run that begins as every run does; `rows` rows of nothing in particular. */
static struct ledger *begun(const char *boot, int rows)
{
    struct ledger *ledger = opened(boot);
    struct kiosk_event event = tick(1000, 0);

    event.kind = EVENT_START;
    strcpy(event.body.start.site, "p1");
    append(ledger, &event);
    for (int i = 1; i < rows; i++) {
        event = tick(1000 + i, 0);
        append(ledger, &event);
    }
    return ledger;
}

static int64_t checkpoints(void)
{
    return ask("SELECT count(*) FROM ledger WHERE kind = 'checkpoint'");
}

/* ---- the hash -------------------------------------------------------------------------------- */

static void no_byte_moves_from_one_field_into_the_next(void **state)
{
    uint8_t one[CHAIN_HASH_SIZE] = {0}, two[CHAIN_HASH_SIZE] = {0};
    struct chain_row row = {.seq = 1, .kind = "ab", .boot = "c", .clock = "ntp", .body = "{}"};

    (void)state;
    row.kind_length = 2;
    row.boot_length = 1;
    row.clock_length = 3;
    row.body_length = 2;
    chain_link(one, &row);
    row.kind = "a";
    row.kind_length = 1;
    row.boot = "bc";
    row.boot_length = 2;
    chain_link(two, &row);
    assert_memory_not_equal(one, two, sizeof one);
}

static void an_unknown_time_is_not_1970(void **state)
{
    uint8_t one[CHAIN_HASH_SIZE] = {0}, two[CHAIN_HASH_SIZE] = {0};
    struct chain_row row = {.seq = 1, .kind = "", .boot = "", .clock = "", .body = ""};

    (void)state;
    chain_link(one, &row);
    row.has_utc = true;
    chain_link(two, &row);
    assert_memory_not_equal(one, two, sizeof one);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static void every_hundredth_row_is_signed(void **state)
{
    (void)state;
    struct ledger *ledger = begun("a", 99);
    assert_int_equal(checkpoints(), 0);
    struct kiosk_event event = tick(2000, 0);
    assert_int_equal(append(ledger, &event), 100);
    assert_int_equal(ledger_last_seq(ledger), 101);
    assert_int_equal(append(ledger, &event), 102);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT seq FROM ledger WHERE kind = 'checkpoint'"), 101);
    expect_good(&whole);
    assert_int_equal(report.unsigned_rows, 1);
    assert_int_equal(report.checkpoints, 1);
}

static void what_somebody_takes_away_is_signed_at_once(void **state)
{
    static const enum event_kind kinds[] = {EVENT_COLLECTION, EVENT_EXPORT, EVENT_STOP};
    struct ledger *ledger = begun("a", 1);
    struct ledger_statement statement;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct kiosk_event event = tick(2000, 0);
        memset(&event.body, 0, sizeof event.body);
        event.kind = kinds[i];
        int64_t seq = append(ledger, &event);
        assert_int_equal(ledger_last_seq(ledger), seq + 1);
        assert_true(ledger_statement_news(ledger, &statement));
        assert_int_equal(statement.covers, seq);
        assert_false(ledger_statement_news(ledger, &statement));
    }
    ledger_close(ledger);
    expect_good(&whole);
}

static void a_quarter_of_an_hour_is_the_longest_wait(void **state)
{
    struct ledger *ledger = begun("a", 2);
    struct ledger_statement statement;

    (void)state;
    assert_int_equal(ledger_sign_due(ledger), 1000 + CHAIN_SIGNED_MS);
    assert_int_equal(ledger_sign(ledger, 1000 + CHAIN_SIGNED_MS, error), LEDGER_OK);
    assert_int_equal(ledger_sign_due(ledger), INT64_MAX);
    assert_int_equal(checkpoints(), 1);
    assert_int_equal(ledger_sign(ledger, 9000000, error), LEDGER_OK);
    assert_int_equal(checkpoints(), 1); /* there is nothing to sign */
    struct kiosk_event event = tick(2000000, 0);
    append(ledger, &event);
    event = tick(2000000 + CHAIN_SIGNED_MS, 0);
    append(ledger, &event);
    assert_int_equal(checkpoints(), 2);
    assert_int_equal(ledger_statement(ledger, &statement, error), LEDGER_OK);
    assert_int_equal(statement.covers, 5);
    ledger_close(ledger);
    expect_good(&whole);
}

static void a_statement_is_read_as_it_was_written(void **state)
{
    struct ledger *ledger = begun("a", 120);
    struct ledger_statement statement;
    struct chain_checkpoint checkpoint;
    char again[CHECKPOINT_TEXT_MAX];

    (void)state;
    assert_int_equal(ledger_statement(ledger, &statement, error), LEDGER_OK);
    ledger_close(ledger);
    assert_true(checkpoint_parse(statement.text, &checkpoint));
    assert_true(chain_is_signed(&checkpoint));
    checkpoint_format(&checkpoint, again);
    assert_string_equal(again, statement.text);
    checkpoint.covers++;
    assert_false(chain_is_signed(&checkpoint));
    assert_false(checkpoint_parse("biaogan-checkpoint 1 x", &checkpoint));
    assert_false(checkpoint_parse("", &checkpoint));
}

/* ---- the key --------------------------------------------------------------------------------- */

static void the_key_is_made_once_and_for_the_recorder_alone(void **state)
{
    struct stat found;
    struct recorder_key first, second;

    (void)state;
    ledger_close(begun("a", 3));
    assert_int_equal(stat(path_of("ledger.key"), &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(recorder_key_open(&first, directory, false), KEY_LOADED);
    ledger_close(begun("b", 3));
    assert_int_equal(recorder_key_open(&second, directory, false), KEY_LOADED);
    assert_memory_equal(first.seed, second.seed, sizeof first.seed);
    expect_good(&whole);
}

static void a_key_that_was_lost_is_replaced_by_a_row_that_says_so(void **state)
{
    struct verify_request vouched = {0};

    (void)state;
    ledger_close(begun("a", 3));
    unlink(path_of("ledger.key"));
    ledger_close(begun("b", 3));
    assert_int_equal(ask("SELECT seq FROM ledger WHERE kind = 'key' AND"
                         " json_extract(body, '$.reason') = 'missing'"),
                     4);
    expect_fault(&whole, VERIFY_KEY, 4);
    /* Somebody has compared the screen's fingerprint with the office's list. */
    char fingerprint[LEDGER_FINGERPRINT_MAX];
    strcpy(fingerprint, report.fingerprint);
    vouched.fingerprint = fingerprint;
    expect_good(&vouched);
    fingerprint[0] = fingerprint[0] == '0' ? '1' : '0';
    expect_fault(&vouched, VERIFY_KEY, 4);
}

static void a_damaged_key_is_kept_and_replaced(void **state)
{
    (void)state;
    ledger_close(begun("a", 3));
    int file = open(path_of("ledger.key"), O_WRONLY | O_TRUNC);
    assert_int_equal(write(file, "biaogan-key 1 12\n", 17), 17);
    close(file);
    ledger_close(begun("b", 3));
    assert_int_equal(access(path_of("ledger.key.damaged"), F_OK), 0);
    assert_int_equal(ask("SELECT count(*) FROM ledger WHERE kind = 'key' AND"
                         " json_extract(body, '$.reason') = 'damaged'"),
                     1);
    expect_fault(&whole, VERIFY_KEY, 4);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void cut_end(const char *condition)
{
    char sql[160];

    assert_int_equal(tamper("DROP TRIGGER ledger_no_delete"), SQLITE_OK);
    snprintf(sql, sizeof sql, "DELETE FROM ledger WHERE %s", condition);
    assert_int_equal(tamper(sql), SQLITE_OK);
}

static void the_last_row_is_missed(void **state)
{
    (void)state;
    ledger_close(begun("a", 7));
    cut_end("seq = 7");
    expect_fault(&whole, VERIFY_CUT, 7);
}

static void a_ledger_without_its_head_is_not_trusted(void **state)
{
    (void)state;
    ledger_close(begun("a", 7));
    unlink(path_of("head"));
    expect_fault(&whole, VERIFY_HEAD, 0);
}

static void a_head_of_another_hand_is_none(void **state)
{
    (void)state;
    ledger_close(begun("a", 7));
    int file = open(path_of("head"), O_RDWR);
    enum { SIZE = 1024 };
    char blocks[SIZE + 1] = "";
    assert_int_equal(pread(file, blocks, SIZE, 0), SIZE);
    for (int i = 0; i < 2; i++) {
        char *seq = strstr(blocks + 512 * i, i == 0 ? " 7 " : " 6 ");
        assert_non_null(seq);
        seq[1] = '3';
    }
    assert_int_equal(pwrite(file, blocks, SIZE, 0), SIZE);
    close(file);
    cut_end("seq > 3");
    expect_fault(&whole, VERIFY_HEAD, 0);
}

static void an_old_state_of_all_files_is_known_by_an_anchor(void **state)
{
    struct ledger *ledger = begun("a", 120);
    struct ledger_statement statement;
    struct verify_request anchored = {0};
    char command[1000], path[300];

    (void)state;
    snprintf(command, sizeof command, "cd '%s' && mkdir old && cp ledger.db* ledger.key head old",
             directory);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 120; i++) {
        struct kiosk_event event = tick(5000, 0);
        append(ledger, &event);
    }
    assert_int_equal(ledger_statement(ledger, &statement, error), LEDGER_OK);
    ledger_close(ledger);
    snprintf(path, sizeof path, "%s/photo.txt", directory);
    FILE *photo = fopen(path, "w");
    fprintf(photo, "{\"checkpoint\": \"%s\"}\n", statement.text);
    fclose(photo);
    anchored.anchors[0] = path;
    expect_good(&anchored);
    snprintf(command, sizeof command, "rm -f '%s'/ledger.db* && cp '%s'/old/* '%s'", directory,
             directory, directory);
    assert_int_equal(system(command), 0);
    expect_good(&whole); /* nothing inside can tell */
    expect_fault(&anchored, VERIFY_CUT, 122);
}

/* ---- verifying ------------------------------------------------------------------------------- */

static void from_a_checkpoint_on_only_what_follows_is_read(void **state)
{
    struct verify_request part = {.incremental = true};

    (void)state;
    ledger_close(begun("a", 350));
    expect_good(&part); /* never verified before: from the last signed row */
    assert_int_equal(report.first_seq, 303);
    part.incremental = false;
    part.from_seq = 150;
    expect_good(&part);
    assert_int_equal(report.first_seq, 101);
    part.from_seq = 50; /* nothing is signed before it */
    expect_good(&part);
    assert_int_equal(report.first_seq, 1);
    assert_int_equal(tamper("DROP TRIGGER ledger_no_update;"
                            "UPDATE ledger SET t_ms = 5 WHERE seq = 50"),
                     SQLITE_OK);
    assert_string_equal(schema_triggers[0].name, "ledger_no_update");
    assert_int_equal(tamper(schema_triggers[0].sql), SQLITE_OK);
    expect_fault(&whole, VERIFY_HASH, 50);
    part.from_seq = 0;
    part.incremental = true;
    expect_good(&part); /* which is why it says what it has read */
}

static void figures_that_the_rows_do_not_say_are_found(void **state)
{
    static const struct {
        const char *sql;
        int64_t seq;
    } lies[] = {
        {"UPDATE deposits SET opened_ms = opened_ms + 1 WHERE seq = 3", 3},
        {"DELETE FROM deposits WHERE seq = 2", 2},
        {"INSERT INTO deposits SELECT 99, day, t_ms, utc_ms, clock, site, visit, bin, bin_class,"
         " chosen, declared_after, 'consistent', quality, weight_g, base_g, final_g, spread_g,"
         " opened_ms, closed_ms, scale, item, undone_seq, person FROM deposits LIMIT 1",
         99},
        {"UPDATE daily SET count = count + 1", 0},
        {"DELETE FROM visits", 4},
    };
    uint64_t seed = random_event_seed();

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct ledger *ledger = begun("a", 1);
        for (int j = 0; j < 3; j++) {
            struct kiosk_event event = random_event(&seed, j < 2 ? EVENT_DEPOSIT : EVENT_VISIT);
            event.at = (moment_t){.t_ms = 2000 + j, .quality = CLOCK_UNSET};
            append(ledger, &event);
        }
        ledger_close(ledger);
        expect_good(&whole);
        assert_int_equal(tamper(lies[i].sql), SQLITE_OK);
        expect_fault(&whole, VERIFY_PROJECTION, lies[i].seq);
        end(NULL);
        assert_int_equal(mkdir(directory, 0700), 0);
    }
}

static void a_trigger_that_is_gone_or_changed_is_found(void **state)
{
    (void)state;
    ledger_close(begun("a", 3));
    assert_int_equal(tamper("DROP TRIGGER ledger_no_update; CREATE TRIGGER ledger_no_update BEFORE"
                            " UPDATE ON ledger BEGIN SELECT 1; END"),
                     SQLITE_OK);
    expect_fault(&whole, VERIFY_TRIGGER, 0);
}

/* ---- what was there before the chain --------------------------------------------------------- */

static void an_older_ledger_is_chained_as_it_is(void **state)
{
    (void)state;
    static const char old[] =
        "PRAGMA application_id = 1111968836; PRAGMA user_version = 1;"
        "CREATE TABLE ledger(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, boot TEXT NOT NULL,"
        " t_ms INTEGER NOT NULL, utc_ms INTEGER, clock TEXT NOT NULL, body TEXT NOT NULL);"
        "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT 1; END;"
        "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT 1; END;"
        "CREATE TRIGGER ledger_no_gap BEFORE INSERT ON ledger BEGIN SELECT 1; END;";
    struct ledger *made = begun("a", 3);
    struct kiosk_event event = tick(7000, 0);

    ledger_close(made);
    assert_int_equal(ask("PRAGMA application_id"), 1111968836);
    /* The other tables of the first version, as it made them. */
    assert_int_equal(
        tamper("DROP TABLE ledger; DROP TABLE ledger_meta; DROP TABLE settings;"
               "ALTER TABLE deposits DROP COLUMN person; ALTER TABLE visits DROP COLUMN person;"
               "DROP TABLE identified; DELETE FROM runs; DELETE FROM boots; DELETE FROM days;"
               "DROP VIEW changes; DROP TABLE closings; DROP TABLE inspections; DROP TABLE alarms;"
               "ALTER TABLE deposits DROP COLUMN item; ALTER TABLE deposits DROP COLUMN undone_seq;"
               "DROP TABLE adjustments; CREATE TABLE adjustments("
               " seq INTEGER PRIMARY KEY, day INTEGER NOT NULL, bin INTEGER NOT NULL,"
               " change_g INTEGER NOT NULL, base_g INTEGER NOT NULL, final_g INTEGER NOT NULL);"
               "CREATE TABLE outages("
               " lost_seq INTEGER PRIMARY KEY, device TEXT NOT NULL, fault TEXT NOT NULL,"
               " boot TEXT NOT NULL, since_ms INTEGER NOT NULL, lost_utc_ms INTEGER,"
               " back_seq INTEGER, back_ms INTEGER, back_utc_ms INTEGER)"),
        SQLITE_OK);
    assert_int_equal(tamper(old), SQLITE_OK);
    assert_int_equal(
        tamper("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
               " INSERT INTO ledger SELECT i, iif(i = 1, 'start', 'clock'), 'z', i, NULL, 'unset',"
               " iif(i = 1, '{\"v\":1,\"version\":\"1\",\"site\":\"p1\"}',"
               " '{\"v\":1,\"step_ms\":0}') FROM n;"
               "INSERT INTO runs VALUES(1, 'z', 'p1', '1', 1, NULL, NULL, NULL, NULL, NULL);"
               "INSERT INTO boots VALUES(1, 'z')"),
        SQLITE_OK);
    unlink(path_of("ledger.key"));
    unlink(path_of("head"));
    struct ledger *ledger = opened("z");
    assert_int_equal(ledger_last_seq(ledger), 250);
    assert_int_equal(ask("SELECT imported_seq FROM ledger_meta"), 250);
    assert_int_equal(append(ledger, &event), 251);
    ledger_close(ledger);
    assert_int_equal(checkpoints(), 1); /* at once: all of it waited */
    expect_good(&whole);
    assert_int_equal(report.rows, 252);
    assert_int_equal(tamper("UPDATE ledger SET t_ms = 6 WHERE seq = 5"), SQLITE_CONSTRAINT);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_byte_moves_from_one_field_into_the_next),
        CASE(an_unknown_time_is_not_1970),
        CASE(every_hundredth_row_is_signed),
        CASE(what_somebody_takes_away_is_signed_at_once),
        CASE(a_quarter_of_an_hour_is_the_longest_wait),
        CASE(a_statement_is_read_as_it_was_written),
        CASE(the_key_is_made_once_and_for_the_recorder_alone),
        CASE(a_key_that_was_lost_is_replaced_by_a_row_that_says_so),
        CASE(a_damaged_key_is_kept_and_replaced),
        CASE(the_last_row_is_missed),
        CASE(a_ledger_without_its_head_is_not_trusted),
        CASE(a_head_of_another_hand_is_none),
        CASE(an_old_state_of_all_files_is_known_by_an_anchor),
        CASE(from_a_checkpoint_on_only_what_follows_is_read),
        CASE(figures_that_the_rows_do_not_say_are_found),
        CASE(a_trigger_that_is_gone_or_changed_is_found),
        CASE(an_older_ledger_is_chained_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
