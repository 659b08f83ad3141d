/* A sorting point for the tests of the core: four bins on four scales and one lid board, with a
 * store that acknowledges. Time is injected; nothing sleeps.
 *
 *     s1..s4  scales, 10 readings a second, division 10 g
 *     l1      the lids 1..4: at once when one moves, and a keep-alive every 500 ms
 *
 * Loads and lids are set by the test; site_run() lets time pass. What the kiosk recorded is in
 * `events`, in order. Bins are named by their class here: bin WASTE_KITCHEN is number 3.
 */
#ifndef TESTS_UNIT_CORE_SITE_H
#define TESTS_UNIT_CORE_SITE_H

#include "kiosk/core/kiosk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    BINS = 4,
    LID_PORT = 4,
    DIVISION_G = 10,
    EMPTY_G = 12000, /* what the scales show with an empty bin */
    SCALE_PERIOD_MS = 100,
    LID_PERIOD_MS = 500,
    EVENTS_MAX = 4096,
    ACKS_MAX = 256,
    SOUNDS = SOUND_FAULT + 1
};

#define NEVER INT64_MAX
/* Wednesday 2026-01-07 08:00 in China. */
#define START_UTC_MS (utc_from_local_date(2026, 1, 7) + (int64_t)8 * 3600 * 1000)

struct ack {
    uint32_t token;
    int64_t due_ms;
    struct kiosk_event event;
};

struct test_site {
    struct site site;
    struct kiosk kiosk;
    struct kiosk_effects effects;
    int64_t now_ms;
    bool late_ticks; /* deadlines are left to the next input */

    int32_t load_g[BINS];
    bool lid_open[BINS];
    uint8_t scale_status[BINS];
    bool scale_mute[BINS], lids_mute;
    int64_t scale_due_ms[BINS], lids_due_ms;
    int32_t scale_period_ms;
    int32_t noise_g[BINS]; /* at most so much above or below, in divisions */
    uint32_t random;
    uint32_t seed; /* of a random run; printed at the end of the test, failed or not */

    bool store_down;
    int64_t ack_delay_ms;
    struct ack acks[ACKS_MAX];
    int ack_count;

    struct kiosk_event events[EVENTS_MAX]; /* as recorded */
    int event_count;
    struct kiosk_event ledger[EVENTS_MAX]; /* as acknowledged */
    int ledger_count;
    int sounds[SOUNDS];
    int pins_asked;
    int commands; /* to scales */
    uint8_t commanded_port;
    bool commanded_tare;
    int unlocks[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    char pin[PIN_DIGITS_MAX + 1];
    int cards_asked;
    char card[HW_CARD_MAX];
};

static inline uint32_t site_random(struct test_site *t)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 17;
    t->random ^= t->random << 5;
    return t->random;
}

static inline int site_random_below(struct test_site *t, int limit)
{
    return (int)(site_random(t) % (uint32_t)limit);
}

/* ---- the kiosk's side ------------------------------------------------------------------------ */

static inline void site_take_record(struct test_site *t, uint32_t token,
                                    const struct kiosk_event *event)
{
    assert_true(t->event_count < EVENTS_MAX && t->ack_count < ACKS_MAX);
    t->events[t->event_count++] = *event;
    t->acks[t->ack_count++] =
        (struct ack){.token = token, .due_ms = t->now_ms + t->ack_delay_ms, .event = *event};
}

static inline void site_take_effects(struct test_site *t)
{
    for (int i = 0; i < t->effects.count; i++) {
        const struct kiosk_effect *effect = &t->effects.list[i];
        switch (effect->kind) {
        case EFFECT_RECORD:
            site_take_record(t, effect->u.record.token, &effect->u.record.event);
            break;
        case EFFECT_SOUND:
            t->sounds[effect->u.sound]++;
            break;
        case EFFECT_CHECK_PIN:
            t->pins_asked++;
            memcpy(t->pin, effect->u.pin, sizeof t->pin);
            break;
        case EFFECT_SCALE_COMMAND:
            t->commands++;
            t->commanded_port = effect->u.scale_command.port;
            t->commanded_tare = effect->u.scale_command.is_tare;
            break;
        case EFFECT_UNLOCK:
            t->unlocks[effect->u.unlock.port][effect->u.unlock.channel]++;
            break;
        case EFFECT_FIND_CARD:
            t->cards_asked++;
            memcpy(t->card, effect->u.card, sizeof t->card);
            break;
        }
    }
}

/* One input at the present time. */
static inline void site_input(struct test_site *t, struct kiosk_input input)
{
    input.t_ms = t->now_ms;
    kiosk_step(&t->kiosk, &input, &t->effects);
    site_take_effects(t);
}

static inline void site_acknowledge(struct test_site *t)
{
    while (!t->store_down && t->ack_count > 0 && t->acks[0].due_ms <= t->now_ms) {
        struct ack ack = t->acks[0];
        t->ack_count--;
        memmove(&t->acks[0], &t->acks[1], (size_t)t->ack_count * sizeof t->acks[0]);
        assert_true(t->ledger_count < EVENTS_MAX);
        t->ledger[t->ledger_count++] = ack.event;
        site_input(t, (struct kiosk_input){
                          .kind = INPUT_STORED,
                          .u.stored = {.token = ack.token, .seq = t->ledger_count},
                      });
    }
}

/* ---- the world's side ------------------------------------------------------------------------ */

static inline void site_reading(struct test_site *t, reading_t reading)
{
    reading.t_ms = t->now_ms;
    site_input(t, (struct kiosk_input){.kind = INPUT_READING, .u.reading = reading});
}

static inline void site_lid_reading(struct test_site *t, int bin)
{
    site_reading(t, (reading_t){.kind = READING_LID,
                                .port = LID_PORT,
                                .channel = (uint8_t)(bin + 1),
                                .has_value = true,
                                .lid_open = t->lid_open[bin]});
}

static inline void site_scale_reading(struct test_site *t, int bin)
{
    bool weighs = t->scale_status[bin] == READING_OK || t->scale_status[bin] == READING_MOVING;
    int32_t divisions = t->noise_g[bin] / DIVISION_G;
    int32_t noise = divisions > 0 ? site_random_below(t, 2 * divisions + 1) - divisions : 0;
    int32_t rounded = t->load_g[bin] / DIVISION_G * DIVISION_G;
    site_reading(t, (reading_t){.kind = READING_WEIGHT,
                                .port = (uint8_t)bin,
                                .channel = 1,
                                .status = t->scale_status[bin],
                                .has_value = weighs,
                                .grams = weighs ? rounded + noise * DIVISION_G : 0});
}

static inline int64_t site_next(const struct test_site *t)
{
    int64_t due = t->lids_mute ? NEVER : t->lids_due_ms;
    for (int i = 0; i < BINS; i++) {
        if (!t->scale_mute[i] && t->scale_due_ms[i] < due) {
            due = t->scale_due_ms[i];
        }
    }
    if (!t->store_down && t->ack_count > 0 && t->acks[0].due_ms < due) {
        due = t->acks[0].due_ms;
    }
    int64_t tick = t->late_ticks ? NEVER : kiosk_deadline(&t->kiosk);
    due = tick < due ? tick : due;
    return due > t->now_ms ? due : t->now_ms;
}

static inline void site_sensors(struct test_site *t)
{
    for (int i = 0; i < BINS; i++) {
        if (!t->scale_mute[i] && t->scale_due_ms[i] <= t->now_ms) {
            t->scale_due_ms[i] = t->now_ms + t->scale_period_ms;
            site_scale_reading(t, i);
        }
    }
    if (!t->lids_mute && t->lids_due_ms <= t->now_ms) {
        t->lids_due_ms = t->now_ms + LID_PERIOD_MS;
        for (int i = 0; i < BINS; i++) {
            site_lid_reading(t, i);
        }
    }
}

/* Lets `ms` pass. */
static inline void site_run(struct test_site *t, int64_t ms)
{
    int64_t end_ms = t->now_ms + ms;
    for (int64_t next = site_next(t); next <= end_ms; next = site_next(t)) {
        t->now_ms = next;
        if (!t->late_ticks && kiosk_deadline(&t->kiosk) <= t->now_ms) {
            site_input(t, (struct kiosk_input){.kind = INPUT_TICK});
        }
        site_acknowledge(t);
        site_sensors(t);
        if (t->ack_delay_ms == 0) {
            site_acknowledge(t);
        }
    }
    t->now_ms = end_ms;
}

static inline void site_mute_scale(struct test_site *t, int bin, bool mute)
{
    t->scale_mute[bin] = mute;
    t->scale_due_ms[bin] = t->now_ms;
}

static inline void site_mute_lids(struct test_site *t, bool mute)
{
    t->lids_mute = mute;
    t->lids_due_ms = t->now_ms;
}

/* What the kiosk hears of a port; site_port() also has its devices fall silent. */
static inline void site_port_news(struct test_site *t, uint8_t port, bool up)
{
    site_input(t, (struct kiosk_input){.kind = INPUT_PORT, .u.port = {.port = port, .up = up}});
}

static inline void site_port(struct test_site *t, uint8_t port, bool up)
{
    site_port_news(t, port, up);
    if (port == LID_PORT) {
        site_mute_lids(t, !up);
    } else if (port < BINS) {
        site_mute_scale(t, port, !up);
    }
}

/* ---- people ---------------------------------------------------------------------------------- */

static inline void site_lid(struct test_site *t, int bin, bool open)
{
    t->lid_open[bin] = open;
    if (!t->lids_mute) {
        site_lid_reading(t, bin);
    }
}

static inline void site_intent(struct test_site *t, enum intent_kind kind, int argument)
{
    site_input(t, (struct kiosk_input){.kind = INPUT_INTENT,
                                       .u.intent = {.kind = kind, .argument = argument}});
}

static inline void site_choose(struct test_site *t, enum waste_class class)
{
    site_intent(t, INTENT_CHOOSE, (int)class);
}

/* Opens the lid, lets the bag fall, closes it. */
static inline void site_drop(struct test_site *t, int bin, int32_t grams)
{
    site_lid(t, bin, true);
    site_run(t, 1000);
    t->load_g[bin] += grams;
    site_run(t, 1500);
    site_lid(t, bin, false);
}

/* Opened and closed again for nothing. */
static inline void site_open_for(struct test_site *t, int bin, int64_t ms)
{
    site_lid(t, bin, true);
    site_run(t, ms);
    site_lid(t, bin, false);
    site_run(t, 5000);
}

static inline void site_pin(struct test_site *t, const char *digits, bool right)
{
    struct kiosk_input input = {.kind = INPUT_PIN};
    snprintf(input.u.pin, sizeof input.u.pin, "%s", digits);
    site_input(t, input);
    site_input(t, (struct kiosk_input){.kind = INPUT_PIN_RESULT, .u.pin_result = {right}});
}

/* ---- what came of it ------------------------------------------------------------------------- */

static inline int site_count(const struct test_site *t, enum event_kind kind)
{
    int count = 0;
    for (int i = 0; i < t->event_count; i++) {
        count += t->events[i].kind == kind;
    }
    return count;
}

/* The index'th event of a kind, from 0. */
static inline const struct kiosk_event *site_event(const struct test_site *t, enum event_kind kind,
                                                   int index)
{
    for (int i = 0; i < t->event_count; i++) {
        if (t->events[i].kind == kind && index-- == 0) {
            return &t->events[i];
        }
    }
    fail_msg("no %s event of that index (%d too many)", event_kind_text(kind), index + 1);
    return NULL;
}

static inline const struct event_deposit *site_deposit(const struct test_site *t, int index)
{
    return &site_event(t, EVENT_DEPOSIT, index)->body.deposit;
}

static inline struct view site_view(const struct test_site *t)
{
    struct view view;
    kiosk_view(&t->kiosk, t->now_ms, &view);
    assert_true(kiosk_view_deadline(&t->kiosk, t->now_ms) > t->now_ms);
    return view;
}

enum { FREEZE_OPENINGS = 3 /* of one that freezes are told in hindsight, and at once */ };

static inline void site_freeze(struct test_site *t, int bin)
{
    for (int i = 0; i < FREEZE_OPENINGS; i++) {
        site_open_for(t, bin, 2500);
    }
    assert_int_equal(site_view(t).bins[bin].scale, SENSOR_FROZEN);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS);
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static inline void site_configure(struct site *site)
{
    site_defaults(site);
    site->bin_count = BINS;
    site->port_count = BINS + 1;
    for (int i = 0; i < BINS; i++) {
        snprintf(site->ports[i], HW_PORT_NAME_MAX, "s%d", i + 1);
        site->bins[i] = (struct site_bin){
            .number = (uint8_t)(i + 1),
            .class = (enum waste_class)i,
            .scale = {.port = (int8_t)i, .channel = 1},
            .lid = {.port = LID_PORT, .channel = (uint8_t)(i + 1)},
            .level = {.port = -1},
            .capacity_g = 60000,
            .tare_g = EMPTY_G,
            .division_g = DIVISION_G,
        };
    }
    snprintf(site->ports[LID_PORT], HW_PORT_NAME_MAX, "l1");
}

/* A site that is configured, with no kiosk begun. */
static inline void site_prepare(struct test_site *t)
{
    memset(t, 0, sizeof *t);
    site_configure(&t->site);
    t->scale_period_ms = SCALE_PERIOD_MS;
    t->random = 1;
    for (int i = 0; i < BINS; i++) {
        t->load_g[i] = EMPTY_G;
        t->scale_due_ms[i] = 10 * i;
    }
}

static inline void site_begin_kiosk(struct test_site *t)
{
    moment_t at = {t->now_ms, START_UTC_MS + t->now_ms, CLOCK_NTP};
    kiosk_begin(&t->kiosk, &at, "test", &t->effects);
    site_take_effects(t);
}

/* A site that runs and whose scales rest. */
static inline void site_begin(struct test_site *t)
{
    site_prepare(t);
    kiosk_init(&t->kiosk, &t->site);
    site_begin_kiosk(t);
    site_run(t, 2000);
}

/* Power off and on: what the ledger acknowledged is folded, everything else is forgotten. */
static inline void site_restart(struct test_site *t)
{
    kiosk_init(&t->kiosk, &t->site);
    for (int i = 0; i < t->ledger_count; i++) {
        kiosk_apply(&t->kiosk, &t->ledger[i], i + 1);
    }
    t->ack_count = 0;
    site_begin_kiosk(t);
}

/* What follows is random, and repeats for the same seed (from 1). */
static inline void site_seed(struct test_site *t, uint32_t seed)
{
    t->seed = seed;
    t->random = seed * 2654435761U | 1;
}

/* One site for all tests of a file: it is too large for the stack. */
static inline int site_setup(void **state)
{
    struct test_site *t = malloc(sizeof *t);
    if (t == NULL) {
        return -1;
    }
    site_begin(t);
    *state = t;
    return 0;
}

static inline int site_teardown(void **state)
{
    struct test_site *t = *state;
    if (t->seed != 0) {
        print_message("last seed: %u\n", t->seed);
    }
    free(t);
    return 0;
}

#define SITE_TEST(test) cmocka_unit_test_setup_teardown(test, site_setup, site_teardown)

#endif
