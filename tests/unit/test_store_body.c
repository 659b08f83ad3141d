/* Every event survives being written and read back, and nothing but its own text is accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kiosk/store/body.h"
#include "tests/unit/random_event.h"

static struct kiosk_event decoded(const struct kiosk_event *event, const char *text)
{
    struct kiosk_event again = {.kind = event->kind, .at = event->at};
    char reason[BODY_REASON_MAX] = "";

    if (!body_decode(&again, text, strlen(text), reason)) {
        fail_msg("%s: %s", text, reason);
    }
    return again;
}

static void refuses(enum event_kind kind, const char *text)
{
    struct kiosk_event event = {.kind = kind};
    char reason[BODY_REASON_MAX] = "";

    assert_false(body_decode(&event, text, strlen(text), reason));
    assert_true(strlen(reason) > 0);
}

static void every_kind_with_every_field_comes_back(void **state)
{
    uint64_t seed = random_event_seed();
    char text[LEDGER_BODY_MAX];

    (void)state;
    for (int round = 0; round < 4000; round++) {
        struct kiosk_event event = random_event(&seed, (enum event_kind)(round % EVENT_KIND_COUNT));
        body_encode(&event, text);
        struct kiosk_event again = decoded(&event, text);
        assert_memory_equal(&event.body, &again.body, sizeof event.body);
    }
}

static void a_deposit_has_this_one_text(void **state)
{
    struct kiosk_event event = {.kind = EVENT_DEPOSIT};
    char text[LEDGER_BODY_MAX];

    (void)state;
    event.body.deposit = (struct event_deposit){.visit = 7,
                                                .bin = 3,
                                                .bin_class = WASTE_KITCHEN,
                                                .chosen = WASTE_NONE,
                                                .outcome = OUTCOME_UNDECLARED,
                                                .quality = QUALITY_SETTLED,
                                                .weight_g = 1250,
                                                .final_g = 9000,
                                                .spread_g = 10,
                                                .opened_ms = 5,
                                                .closed_ms = 6,
                                                .scale = "s3"};
    size_t length = body_encode(&event, text);
    assert_string_equal(text,
                        "{\"v\":1,\"visit\":7,\"bin\":3,\"bin_class\":\"kitchen\",\"chosen\":null,"
                        "\"outcome\":\"undeclared\",\"quality\":\"settled\",\"weight_g\":1250,"
                        "\"base_g\":null,\"final_g\":9000,\"spread_g\":10,\"opened_ms\":5,"
                        "\"closed_ms\":6,\"scale\":\"s3\"}");
    assert_int_equal(length, strlen(text));
}

/* Rows written before things were kept have no such key, and read and hash as ever. */
static void a_thing_is_kept_and_its_absence_leaves_no_trace(void **state)
{
    struct kiosk_event event = {.kind = EVENT_OPENING};
    char text[LEDGER_BODY_MAX];

    (void)state;
    body_encode(&event, text);
    assert_null(strstr(text, "item"));
    assert_string_equal(decoded(&event, text).body.opening.item, "");
    strcpy(event.body.opening.item, "香蕉");
    body_encode(&event, text);
    assert_non_null(strstr(text, ",\"item\":\"香蕉\"}"));
    assert_string_equal(decoded(&event, text).body.opening.item, "香蕉");
    static const char *const others[] = {
        "{\"v\":1,\"visit\":0,\"bin\":0,\"chosen\":null,\"near_miss\":false,\"base_g\":null,"
        "\"item\":\"\"}",
        "{\"v\":1,\"visit\":0,\"bin\":0,\"chosen\":null,\"near_miss\":false,\"base_g\":null,"
        "\"item\":null}",
        "{\"v\":1,\"visit\":0,\"bin\":0,\"chosen\":null,\"near_miss\":false,\"base_g\":null,"
        "\"item\":\"0123456789012345678901234567890123456789\"}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        refuses(EVENT_OPENING, others[i]);
    }
}

static void an_unknown_weight_is_null_and_never_zero(void **state)
{
    struct kiosk_event event = {.kind = EVENT_DEPOSIT};
    char text[LEDGER_BODY_MAX];

    (void)state;
    event.body.deposit.quality = QUALITY_NONE;
    event.body.deposit.weight_g = 777; /* leftovers do not leak into the ledger */
    body_encode(&event, text);
    assert_non_null(strstr(text, "\"weight_g\":null"));
    assert_null(strstr(text, "777"));
}

static void hostile_text_stays_json_and_fits(void **state)
{
    struct kiosk_event event = {.kind = EVENT_START};
    char text[LEDGER_BODY_MAX];

    (void)state;
    memset(event.body.start.version, 1, sizeof event.body.start.version - 1);
    strcpy(event.body.start.site, "a\"b\\c\n\xE6\xA1\x36");
    body_encode(&event, text);
    struct kiosk_event again = decoded(&event, text);
    assert_string_equal(again.body.start.version, event.body.start.version);
    assert_string_equal(again.body.start.site, "a\"b\\c\n??6");
}

static void other_texts_are_refused(void **state)
{
    static const char *const clocks[] = {
        "",
        "[]",
        "null",
        "{",
        "{\"v\":1}",
        "{\"v\":2,\"step_ms\":5}",
        "{\"step_ms\":5}",
        "{\"v\":1,\"step_ms\":5.0}",
        "{\"v\":1,\"step_ms\":\"5\"}",
        "{\"v\":1,\"step_ms\":null}",
        "{\"v\":1, \"step_ms\":5}",
        "{\"step_ms\":5,\"v\":1}",
        "{\"v\":1,\"step_ms\":5,\"more\":1}",
        "{\"v\":1,\"step_ms\":5,\"step_ms\":5}",
        "{\"v\":1,\"step_ms\":5}x",
        "{\"v\":1,\"step_ms\":99999999999999999999}",
        "{\"v\":1,\"step_ms\":05}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        refuses(EVENT_CLOCK, clocks[i]);
    }
    refuses(EVENT_ADJUSTMENT,
            "{\"v\":1,\"bin\":3000000000,\"change_g\":1,\"base_g\":1,\"final_g\":1}");
    refuses(EVENT_DECLARED, "{\"v\":1,\"visit\":1,\"deposit_seq\":1,\"declared_after\":\"glass\"}");
    refuses(EVENT_LOGIN, "{\"v\":1,\"who\":\"cleaner\",\"accepted\":1}");
    refuses(EVENT_STOP,
            "{\"v\":1,\"reason\":\"0123456789012345678901234567890123456789012345678\"}");
}

static void a_body_changed_by_one_byte_never_crashes(void **state)
{
    uint64_t seed = random_event_seed();
    char text[LEDGER_BODY_MAX], reason[BODY_REASON_MAX];

    (void)state;
    for (int round = 0; round < 4000; round++) {
        struct kiosk_event event = random_event(&seed, (enum event_kind)(round % EVENT_KIND_COUNT));
        size_t length = body_encode(&event, text);
        text[random_below(&seed, (uint32_t)length)] = (char)random_below(&seed, 256);
        struct kiosk_event again = {.kind = event.kind};
        (void)body_decode(&again, text, length, reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_with_every_field_comes_back),
        cmocka_unit_test(a_deposit_has_this_one_text),
        cmocka_unit_test(a_thing_is_kept_and_its_absence_leaves_no_trace),
        cmocka_unit_test(an_unknown_weight_is_null_and_never_zero),
        cmocka_unit_test(hostile_text_stays_json_and_fits),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(a_body_changed_by_one_byte_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
