/* Downloads say what the ledger says: the right rows, nothing invented, nothing a spreadsheet would
 * execute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kiosk/report/columns.h"
#include "kiosk/report/export.h"
#include "kiosk/report/text.h"
#include "kiosk/store/ledger.h"
#include "tests/unit/random_event.h"

enum { OUT_MAX = 1024 * 1024 };
static char directory[256];
static char error[LEDGER_ERROR_MAX];
static char out[OUT_MAX];

/* 2026-11-23 08:42:17.345 in China */
static const int64_t morning = 1795394537345;

static int begin(void **state)
{
    (void)state;
    make_directory_name(directory);
    return 0;
}

static int end(void **state)
{
    (void)state;
    remove_directory(directory);
    return 0;
}

static struct kiosk_event at(enum event_kind kind, int64_t utc_ms)
{
    struct kiosk_event event;

    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.at = (moment_t){100000, utc_ms, utc_ms ? CLOCK_NTP : CLOCK_UNSET};
    return event;
}

static struct kiosk_event deposit_at(int64_t utc_ms)
{
    struct kiosk_event event = at(EVENT_DEPOSIT, utc_ms);

    event.body.deposit = (struct event_deposit){.visit = 4,
                                                .bin = 3,
                                                .bin_class = WASTE_KITCHEN,
                                                .chosen = WASTE_RESIDUAL,
                                                .outcome = OUTCOME_WRONG_BIN,
                                                .quality = QUALITY_SETTLED,
                                                .weight_g = 1250,
                                                .has_base = true,
                                                .base_g = -20,
                                                .final_g = 1230,
                                                .spread_g = 5,
                                                .opened_ms = 90000,
                                                .closed_ms = 98000,
                                                .scale = "s3"};
    return event;
}

static void write_events(const char *site, const struct kiosk_event *events, size_t count)
{
    struct kiosk_event start = at(EVENT_START, 0);
    struct ledger *ledger = NULL;
    int64_t seq;

    snprintf(start.body.start.site, sizeof start.body.start.site, "%s", site);
    assert_int_equal(ledger_open(&ledger, directory, "a", error), LEDGER_OK);
    assert_int_equal(ledger_append(ledger, &start, &seq, error), LEDGER_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(ledger_append(ledger, &events[i], &seq, error), LEDGER_OK);
    }
    ledger_close(ledger);
}

/* The whole export, pulled in pieces of `piece` bytes. */
static const char *exported(const char *what, const char *from, const char *to, const char *format,
                            size_t piece)
{
    struct export_request request;
    size_t length = 0;
    ssize_t count;

    if (!export_parse(&request, what, from, to, format, error)) {
        fail_msg("%s", error);
    }
    struct export *export = export_open(directory, &request, error);
    if (!export) {
        fail_msg("%s", error);
    }
    while ((count = export_read(export, out + length, piece)) > 0) {
        assert_true((size_t)count <= piece);
        length += (size_t)count;
        assert_true(length + piece < OUT_MAX);
    }
    assert_int_equal(count, 0);
    assert_int_equal(export_read(export, out + length, piece), 0);
    assert_string_equal(export_error(export), "");
    export_close(export);
    out[length] = '\0';
    return out;
}

static int lines(const char *text)
{
    int count = 0;

    for (; *text; text++) {
        count += *text == '\n';
    }
    return count;
}

static void a_deposit_in_csv(void **state)
{
    struct kiosk_event event = deposit_at(morning);

    (void)state;
    write_events("p1", &event, 1);
    assert_string_equal(
        exported("deposits", NULL, NULL, "csv", 4096),
        "\xEF\xBB\xBF"
        "序号,开盖时间,投放时间,点位,桶号,桶类别,所选类别,物品,事后说明类别,结果,重量(克),重量质量,"
        "投放前(克),投放后(克),波动(克),到访号,秤,时钟,撤销记录序号\r\n"
        "2,2026-11-23 08:42:07,2026-11-23 08:42:15,p1,3,易腐垃圾,其他垃圾,,,投错桶,1250,稳定,"
        "-20,1230,5,4,s3,网络校时,\r\n");
}

static void a_deposit_in_json_lines(void **state)
{
    struct kiosk_event event = deposit_at(morning);

    (void)state;
    write_events("p1", &event, 1);
    assert_string_equal(
        exported("deposits", "", "", "jsonl", 4096),
        "{\"seq\":2,\"opened_ms\":90000,\"closed_ms\":98000,\"utc\":\"2026-11-23T00:42:17.345Z\","
        "\"site\":\"p1\",\"bin\":3,\"bin_class\":\"kitchen\",\"chosen_class\":\"residual\","
        "\"item\":null,\"declared_after\":null,\"outcome\":\"wrong_bin\",\"weight_g\":1250,"
        "\"weight_quality\":\"settled\",\"visit\":4,\"person\":null,\"department\":null,"
        "\"scale\":\"s3\",\"base_g\":-20,\"final_g\":1230,\"spread_g\":5,\"clock\":\"ntp\","
        "\"undone_seq\":null}\n");
}

static void what_is_unknown_is_empty_or_null_and_never_zero(void **state)
{
    struct kiosk_event event = deposit_at(0);

    (void)state;
    event.body.deposit.chosen = WASTE_NONE;
    event.body.deposit.outcome = OUTCOME_UNWEIGHED;
    event.body.deposit.quality = QUALITY_NONE;
    event.body.deposit.has_base = false;
    event.body.deposit.scale[0] = '\0';
    write_events("", &event, 1);
    assert_non_null(strstr(exported("deposits", NULL, NULL, "csv", 4096),
                           "\r\n2,,,,3,易腐垃圾,,,,重量未知,,无,,,,4,,未校时,\r\n"));
    const char *json = exported("deposits", NULL, NULL, "jsonl", 4096);
    assert_non_null(strstr(json, "\"utc\":null,\"site\":null"));
    assert_non_null(strstr(json, "\"weight_g\":null"));
    assert_non_null(strstr(json, "\"base_g\":null,\"final_g\":null,\"spread_g\":null"));
}

static void visits_and_collections_have_their_columns(void **state)
{
    struct kiosk_event events[2] = {at(EVENT_VISIT, morning), at(EVENT_COLLECTION, morning)};

    (void)state;
    events[0].body.visit = (struct event_visit){4, 70000, 2, 1900, 1};
    events[1].body.collection = (struct event_collection){.bin = 1,
                                                          .bin_class = WASTE_RECYCLABLE,
                                                          .quality = QUALITY_UNSETTLED,
                                                          .before_g = 40000,
                                                          .after_g = 120,
                                                          .removed_g = 39880,
                                                          .started_ms = 40000,
                                                          .who = "cleaner"};
    write_events("p1", events, 2);
    assert_non_null(
        strstr(exported("visits", NULL, NULL, "csv", 4096),
               "\r\n2,2026-11-23 08:41:47,2026-11-23 08:42:17,p1,4,2,1900,1,网络校时\r\n"));
    assert_string_equal(exported("visits", NULL, NULL, "jsonl", 4096),
                        "{\"seq\":2,\"started_ms\":70000,\"ended_ms\":100000,"
                        "\"utc\":\"2026-11-23T00:42:17.345Z\",\"site\":\"p1\",\"visit\":4,"
                        "\"deposits\":2,\"grams\":1900,\"near_misses\":1,\"person\":null,"
                        "\"department\":null,\"clock\":\"ntp\"}\n");
    assert_non_null(strstr(exported("collections", NULL, NULL, "csv", 4096),
                           "\r\n3,2026-11-23 08:41:17,2026-11-23 08:42:17,p1,1,可回收物,40000,120,"
                           "39880,未稳定,cleaner,网络校时\r\n"));
    assert_non_null(strstr(exported("collections", NULL, NULL, "jsonl", 4096),
                           "\"removed_g\":39880,\"weight_quality\":\"unsettled\""));
}

/* A workbook is a packed file; what is in it is read by another program. */
static void a_workbook_holds_the_same_rows(void **state)
{
    struct kiosk_event events[3] = {deposit_at(morning), deposit_at(morning + 60000),
                                    deposit_at(0)};
    struct export_request request;
    char path[300], command[700], line[64];
    ssize_t count;

    (void)state;
    write_events("p1", events, 3);
    assert_true(export_parse(&request, "deposits", NULL, NULL, "xlsx", error));
    struct export *export = export_open(directory, &request, error);
    if (export == NULL) {
        fail_msg("%s", error);
    }
    assert_int_equal(export_rows(export), 3);
    snprintf(path, sizeof path, "%s/deposits.xlsx", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    while ((count = export_read(export, out, 1000)) > 0) {
        assert_int_equal(fwrite(out, 1, (size_t)count, file), count);
    }
    assert_int_equal(count, 0);
    fclose(file);
    export_close(export);
    snprintf(command, sizeof command,
             "python3 -c \"import re, zipfile; text = zipfile.ZipFile('%s')"
             ".read('xl/worksheets/sheet1.xml').decode(); print(len(re.findall('<row ', text)),"
             " '易腐垃圾' in text, '<v>1250</v>' in text)\"",
             path);
    file = popen(command, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    pclose(file);
    assert_string_equal(line, "4 True True\n");
}

static void text_that_looks_like_a_formula_is_disarmed(void **state)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"=1+1", "\"'=1+1\""},
        {"+1", "\"'+1\""},
        {"-1", "\"'-1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"a=1", "a=1"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"=\"x\"", "\"'=\"\"x\"\"\""},
        {"", ""},
        {"易腐", "易腐"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char bytes[64];
        struct text text = {.at = bytes, .end = bytes + sizeof bytes};
        text_put_csv_guarded(&text, cases[i].text);
        assert_int_equal(text.at - bytes, strlen(cases[i].cell));
        assert_memory_equal(bytes, cases[i].cell, strlen(cases[i].cell));
    }
    struct kiosk_event event = at(EVENT_COLLECTION, morning);
    strcpy(event.body.collection.who, "=cmd|'/c calc'!A1");
    event.body.collection.quality = QUALITY_SETTLED;
    event.body.collection.removed_g = -40;
    write_events("@p1", &event, 1);
    const char *csv = exported("collections", NULL, NULL, "csv", 4096);
    assert_non_null(strstr(csv, ",\"'=cmd|'/c calc'!A1\","));
    assert_non_null(strstr(csv, ",\"'@p1\","));
    assert_non_null(strstr(csv, ",-40,")); /* a number stays a number */
}

static void numbers_and_times_at_their_limits(void **state)
{
    char bytes[256];
    struct text text = {.at = bytes, .end = bytes + sizeof bytes};

    (void)state;
    text_put_integer(&text, INT64_MIN);
    text_put_char(&text, ' ');
    text_put_integer(&text, INT64_MAX);
    text_put_char(&text, ' ');
    text_put_integer(&text, 0);
    text_put_char(&text, ' ');
    text_put_iso_time(&text, 0);
    text_put_char(&text, ' ');
    text_put_local_time(&text, 951753599000);
    *text.at = '\0';
    assert_string_equal(bytes, "-9223372036854775808 9223372036854775807 0 "
                               "\"1970-01-01T00:00:00.000Z\" 2000-02-28 23:59:59");
}

/* Against snprintf, at every number of digits and on both sides of every power of ten. */
static void integers_have_all_their_digits(void **state)
{
    char bytes[64], expected[32];

    (void)state;
    for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10) {
        const int64_t values[] = {power - 1, power, power + 1, power * 9, -power, power * 7 + 4321};
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            struct text text = {.at = bytes, .end = bytes + sizeof bytes};
            text_put_integer(&text, values[i]);
            *text.at = '\0';
            snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
            assert_string_equal(bytes, expected);
        }
    }
}

/* Dates are kept from one time to the next: whatever order they come in, each is its own. */
static void times_come_in_any_order(void **state)
{
    static const struct {
        int64_t utc_ms;
        const char *text;
    } cases[] = {
        {1795394537345, "2026-11-23 08:42:17"}, {1795394579999, "2026-11-23 08:42:59"},
        {1795394580000, "2026-11-23 08:43:00"}, {1795394520000, "2026-11-23 08:42:00"},
        {1795449599999, "2026-11-23 23:59:59"}, {1795449600000, "2026-11-24 00:00:00"},
        {1795449599999, "2026-11-23 23:59:59"}, {1795363200000, "2026-11-23 00:00:00"},
        {1795363199999, "2026-11-22 23:59:59"}, {0, "1970-01-01 08:00:00"},
        {1795363200000, "2026-11-23 00:00:00"},
    };
    char bytes[64];
    struct text text = {.end = bytes + sizeof bytes};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text.at = bytes;
        text_put_local_time(&text, cases[i].utc_ms);
        *text.at = '\0';
        assert_string_equal(bytes, cases[i].text);
    }
}

/* The words of the downloads go into cells as they are. */
static void own_words_need_no_quotes(void **state)
{
    static const char *const words[] = {
#define EXPORT_CLASS(name, text)   text,
#define EXPORT_OUTCOME(name, text) text,
#define EXPORT_QUALITY(name, text) text,
#define EXPORT_CLOCK(name, text)   text,
#include "assets/strings/export.def"
    };
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_null(strpbrk(words[i], ",\"\r\n"));
        assert_null(strchr("=+-@\t", words[i][0]));
    }
}

static void days_begin_at_midnight_in_china(void **state)
{
    const int64_t midnight = utc_from_local_date(2026, 11, 23);
    const struct kiosk_event events[] = {deposit_at(midnight - 1), deposit_at(midnight),
                                         deposit_at(midnight + 86399999),
                                         deposit_at(midnight + 86400000), deposit_at(0)};
    (void)state;
    assert_int_equal(midnight, 1795363200000);
    write_events("p1", events, 5);
    assert_int_equal(lines(exported("deposits", NULL, NULL, "jsonl", 4096)), 5);
    assert_int_equal(lines(exported("deposits", "2026-11-23", "2026-11-23", "jsonl", 4096)), 2);
    assert_int_equal(lines(exported("deposits", NULL, "2026-11-22", "jsonl", 4096)), 1);
    assert_int_equal(lines(exported("deposits", "2026-11-23", NULL, "jsonl", 4096)), 3);
    assert_int_equal(lines(exported("deposits", "2026-11-24", "", "jsonl", 4096)), 1);
    assert_int_equal(lines(exported("deposits", "2026-11-25", NULL, "jsonl", 4096)), 0);
    assert_int_equal(lines(exported("deposits", "2026-11-25", NULL, "csv", 4096)), 1);
}

static void wrong_requests_are_refused_with_the_right_words(void **state)
{
    static const struct {
        const char *what, *from, *to, *format, *says;
    } cases[] = {
        {"poems", NULL, NULL, "csv", "balance or figures"},
        {NULL, NULL, NULL, "csv", "balance or figures"},
        {"deposits", NULL, NULL, "xls", "csv, xlsx or jsonl"},
        {"deposits", NULL, NULL, NULL, "csv, xlsx or jsonl"},
        {"deposits", "2026-02-29", NULL, "csv", "from"},
        {"deposits", NULL, "2026-13-01", "csv", "to"},
        {"deposits", "2026-1-01", NULL, "csv", "no date"},
        {"deposits", "yesterday!", NULL, "csv", "no date"},
        {"deposits", "2026-11-00", NULL, "csv", "no date"},
        {"deposits", "1969-12-31", NULL, "csv", "no date"},
        {"deposits", "2026-11-23", "2026-11-22", "csv", "after"},
    };
    struct export_request request;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(export_parse(&request, cases[i].what, cases[i].from, cases[i].to,
                                  cases[i].format, error));
        if (!strstr(error, cases[i].says)) {
            fail_msg("\"%s\" does not say \"%s\"", error, cases[i].says);
        }
    }
    assert_true(export_parse(&request, "deposits", "2024-02-29", "2024-02-29", "csv", error));
    assert_null(export_open(directory, &request, error));
    assert_non_null(strstr(error, "--state"));
}

static void the_size_of_the_pieces_does_not_matter(void **state)
{
    static struct kiosk_event events[300];
    static char whole[OUT_MAX];
    uint64_t seed = random_event_seed();

    (void)state;
    for (int i = 0; i < 300; i++) {
        events[i] = random_event(&seed, EVENT_DEPOSIT);
    }
    write_events("p1", events, 300);
    strcpy(whole, exported("deposits", NULL, NULL, "csv", 65536));
    assert_int_equal(lines(exported("deposits", NULL, NULL, "jsonl", 65536)), 300);
    static const size_t pieces[] = {1, 7, 300, 4096};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        assert_string_equal(exported("deposits", NULL, NULL, "csv", pieces[i]), whole);
    }
}

static void rows_written_meanwhile_neither_disturb_nor_appear(void **state)
{
    enum { COUNT = 50 };
    static struct kiosk_event events[COUNT];
    struct export_request request;
    struct ledger *ledger = NULL;
    char piece[64];
    int64_t seq;

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        events[i] = deposit_at(morning);
    }
    write_events("p1", events, COUNT);
    assert_int_equal(ledger_open(&ledger, directory, "a", error), LEDGER_OK);
    assert_true(export_parse(&request, "deposits", NULL, NULL, "jsonl", error));
    struct export *export = export_open(directory, &request, error);
    assert_non_null(export);
    ssize_t count;
    while ((count = export_read(export, piece, sizeof piece)) > 0) {
        assert_int_equal(ledger_append(ledger, &events[0], &seq, error), LEDGER_OK);
    }
    assert_int_equal(count, 0);
    assert_int_equal(export_rows(export), COUNT);
    export_close(export);
    ledger_close(ledger);
}

static void files_are_named_after_what_they_hold(void **state)
{
    char name[EXPORT_NAME_MAX], ascii[EXPORT_NAME_MAX];
    struct export_request request;

    (void)state;
    assert_true(export_parse(&request, "visits", "2026-11-01", "2026-11-30", "csv", error));
    export_file_name(&request, name, ascii);
    assert_string_equal(name, "到访记录-2026-11-01至2026-11-30.csv");
    assert_string_equal(ascii, "visits-2026-11-01_2026-11-30.csv");
    assert_true(export_parse(&request, "deposits", "", "", "jsonl", error));
    export_file_name(&request, name, ascii);
    assert_string_equal(name, "投放记录.jsonl");
    assert_string_equal(ascii, "deposits.jsonl");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

static void every_fault_of_a_device_has_its_word(void **state)
{
    static const char *const faults[] = {
#define X(name, text) text,
        PORT_FAULTS(X)
#undef X
            "lock_silent",
        "lock_failed",
    };
    enum { FAULTS = sizeof faults / sizeof faults[0] };
    struct kiosk_event events[FAULTS];
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < FAULTS; i++) {
        if (faults[i][0] == '\0') {
            continue; /* none */
        }
        struct kiosk_event *event = &events[count++];
        *event = at(EVENT_DEVICE_LOST, morning);
        snprintf(event->body.device.device, sizeof event->body.device.device, "p%zu", i);
        snprintf(event->body.device.fault, sizeof event->body.device.fault, "%s", faults[i]);
    }
    write_events("p1", events, count);
    const char *csv = exported("alarms", NULL, NULL, "csv", 4096);
    assert_int_equal(lines(csv), count + 1);
    for (size_t i = 0; i < FAULTS; i++) {
        if (faults[i][0] != '\0' && strstr(csv, faults[i]) != NULL) {
            fail_msg("%s has no word in export.def", faults[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_fault_of_a_device_has_its_word),
        CASE(a_deposit_in_csv),
        CASE(a_deposit_in_json_lines),
        CASE(what_is_unknown_is_empty_or_null_and_never_zero),
        CASE(visits_and_collections_have_their_columns),
        CASE(a_workbook_holds_the_same_rows),
        CASE(text_that_looks_like_a_formula_is_disarmed),
        CASE(numbers_and_times_at_their_limits),
        CASE(integers_have_all_their_digits),
        CASE(times_come_in_any_order),
        CASE(own_words_need_no_quotes),
        CASE(days_begin_at_midnight_in_china),
        CASE(wrong_requests_are_refused_with_the_right_words),
        CASE(the_size_of_the_pieces_does_not_matter),
        CASE(rows_written_meanwhile_neither_disturb_nor_appear),
        CASE(files_are_named_after_what_they_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
