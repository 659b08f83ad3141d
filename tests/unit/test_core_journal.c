/* The journal is the truth: folding it gives the live state, an interrupted opening is taken up
 * again, and over many random days its rows balance.
 */
#include "core_site.h"

/* ---- folding --------------------------------------------------------------------------------- */

static void assert_folds_to_live(const struct test_site *t)
{
    static struct kiosk folded;
    kiosk_init(&folded, &t->site);
    for (int i = 0; i < t->ledger_count; i++) {
        kiosk_apply(&folded, &t->ledger[i], i + 1);
    }
    const struct journal *live = &t->kiosk.journal;
    assert_int_equal(folded.journal.last_visit, live->last_visit);
    assert_memory_equal(&folded.journal.figures, &live->figures, sizeof live->figures);
    for (int i = 0; i < BINS; i++) {
        assert_int_equal(folded.journal.opening_pending[i], live->opening_pending[i]);
        assert_int_equal(folded.journal.overload[i], live->overload[i]);
        assert_int_equal(folded.journal.frozen[i], live->frozen[i]);
        assert_int_equal(folded.journal.frozen_g[i], live->frozen_g[i]);
    }
}

static void folding_gives_the_live_figures(void **state)
{
    struct test_site *t = *state;
    t->ack_delay_ms = 40;
    for (int i = 0; i < 5; i++) {
        site_choose(t, (enum waste_class)(i % WASTE_CLASS_COUNT));
        site_drop(t, WASTE_KITCHEN, 500 + 100 * i);
        site_run(t, 4000);
    }
    site_run(t, 15000);
    assert_int_equal(t->kiosk.journal.last_visit, site_deposit(t, 4)->visit);
    assert_int_equal(site_view(t).figures.today_grams, 3500);
    assert_folds_to_live(t);
}

static void visits_go_on_counting_after_a_restart(void **state)
{
    struct test_site *t = *state;
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 15000);
    int64_t last = site_deposit(t, 0)->visit;
    site_restart(t);
    site_run(t, 2000);
    assert_int_equal(site_view(t).figures.today_deposits, 1);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 1)->visit, last + 1);
}

/* ---- interrupted openings -------------------------------------------------------------------- */

static void interrupted_deposit_is_taken_up(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    int64_t visit = site_event(t, EVENT_OPENING, 0)->body.opening.visit;
    t->load_g[WASTE_KITCHEN] += 1300;
    t->lid_open[WASTE_KITCHEN] = false;
    t->now_ms += 60000; /* no power */
    site_restart(t);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    const struct event_deposit *deposit = site_deposit(t, 0);
    assert_int_equal(deposit->outcome, OUTCOME_INTERRUPTED);
    assert_int_equal(deposit->weight_g, 1300);
    assert_int_equal(deposit->chosen, WASTE_KITCHEN);
    assert_int_equal(deposit->visit, visit);
    assert_true(deposit->opened_ms <= deposit->closed_ms);
    assert_int_equal(site_count(t, EVENT_CLOSING), 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE); /* it is nobody's receipt */
}

static void interrupted_opening_without_a_gain_is_closed(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->lid_open[WASTE_KITCHEN] = false;
    site_restart(t);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_CLOSING), 1);
    site_restart(t); /* and only once */
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_CLOSING), 1);
}

static void interrupted_opening_whose_lid_is_still_open(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    site_restart(t);
    site_run(t, 3000);
    t->load_g[WASTE_KITCHEN] += 1300;
    site_run(t, 2000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_INTERRUPTED);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1300);
}

/* An indicator that has just been switched on counts itself through for some seconds first. */
static void interrupted_deposit_waits_for_a_scale_that_starts(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 1300;
    t->lid_open[WASTE_KITCHEN] = false;
    site_restart(t);
    site_mute_scale(t, WASTE_KITCHEN, true);
    site_run(t, 5000);
    site_mute_scale(t, WASTE_KITCHEN, false);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1300);
}

static void interrupted_deposit_with_a_dead_scale_is_unweighed(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->lid_open[WASTE_KITCHEN] = false;
    site_restart(t);
    site_mute_scale(t, WASTE_KITCHEN, true);
    site_run(t, 20000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_INTERRUPTED);
    assert_int_equal(site_deposit(t, 0)->quality, QUALITY_NONE);
}

static void unknown_bins_of_an_old_ledger_are_left_alone(void **state)
{
    struct test_site *t = *state;
    static const int32_t bins[] = {0, -1, 5, 300, INT32_MAX};
    kiosk_init(&t->kiosk, &t->site);
    for (size_t i = 0; i < sizeof bins / sizeof bins[0]; i++) {
        struct kiosk_event opening = {.kind = EVENT_OPENING,
                                      .body.opening = {.visit = 7, .bin = bins[i]}};
        struct kiosk_event closing = {.kind = EVENT_CLOSING,
                                      .body.closing = {.visit = 7, .bin = bins[i]}};
        kiosk_apply(&t->kiosk, &opening, 1);
        kiosk_apply(&t->kiosk, &closing, 2);
    }
    assert_int_equal(t->kiosk.journal.last_visit, 7);
}

/* ---- random days ----------------------------------------------------------------------------- */

static void cleaner_comes(struct test_site *t)
{
    int bin = site_random_below(t, BINS);
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "1234", true);
    site_intent(t, INTENT_COLLECT, bin + 1);
    site_run(t, site_random_below(t, 2000));
    t->load_g[bin] = EMPTY_G + 100 * site_random_below(t, 3);
    site_run(t, site_random_below(t, 5000));
    site_intent(t, site_random_below(t, 4) == 0 ? INTENT_CANCEL : INTENT_COLLECT_DONE, 0);
    site_run(t, site_random_below(t, 3000));
    if (site_random_below(t, 2) == 0) {
        site_intent(t, INTENT_LEAVE, 0);
    }
}

static void act(struct test_site *t)
{
    int bin = site_random_below(t, BINS);
    switch (site_random_below(t, 16)) {
    case 0:
    case 1:
        site_choose(t, (enum waste_class)site_random_below(t, WASTE_CLASS_COUNT));
        break;
    case 2:
        site_intent(t, INTENT_FINISH, 0);
        break;
    case 3:
        site_intent(t, INTENT_MEANT_IT, 0);
        break;
    case 4:
        site_intent(t, INTENT_MORE, 0);
        break;
    case 5: /* a bag, a removal, or somebody leaning: wherever the lid is */
        t->load_g[bin] += 100 * (1 + site_random_below(t, 30));
        break;
    case 6:
        t->load_g[bin] -= 100 * site_random_below(t, 20);
        break;
    case 7:
        if (site_random_below(t, 4) == 0) {
            cleaner_comes(t);
        }
        break;
    case 8: /* the lid board's cable */
        if (site_random_below(t, 8) == 0) {
            site_port(t, LID_PORT, t->lids_mute);
        }
        break;
    case 9:
        site_choose(t, (enum waste_class)bin);
        site_drop(t, bin, 100 * (1 + site_random_below(t, 30)));
        break;
    default:
        site_lid(t, bin, !t->lid_open[bin]);
        break;
    }
}

static void live_at_random(struct test_site *t, uint32_t seed, int actions)
{
    site_seed(t, seed);
    for (int i = 0; i < BINS; i++) {
        t->noise_g[i] = seed % 3 == 0 ? DIVISION_G : 0;
    }
    for (int i = 0; i < actions; i++) {
        act(t);
        site_run(t, site_random_below(t, site_random_below(t, 10) == 0 ? 15000 : 1500));
    }
    /* Everybody leaves in good order. */
    site_intent(t, INTENT_CANCEL, 0);
    site_intent(t, INTENT_LEAVE, 0);
    site_intent(t, INTENT_LEAVE, 0);
    if (t->lids_mute) {
        site_port(t, LID_PORT, true);
    }
    for (int i = 0; i < BINS; i++) {
        site_lid(t, i, false);
    }
    site_run(t, 90000);
}

static void assert_openings_end_once(const struct test_site *t)
{
    bool open[BINS + 1] = {false};
    for (int i = 0; i < t->event_count; i++) {
        const struct kiosk_event *event = &t->events[i];
        switch (event->kind) {
        case EVENT_OPENING:
            assert_false(open[event->body.opening.bin]);
            open[event->body.opening.bin] = true;
            break;
        case EVENT_CLOSING:
            assert_true(open[event->body.closing.bin]);
            open[event->body.closing.bin] = false;
            break;
        case EVENT_DEPOSIT:
            open[event->body.deposit.bin] = false;
            break;
        default:
            break;
        }
    }
    for (int i = 0; i <= BINS; i++) {
        assert_false(open[i]);
    }
}

static int32_t change_of(const struct kiosk_event *event, int number)
{
    switch (event->kind) {
    case EVENT_DEPOSIT:
        return event->body.deposit.bin == number ? event->body.deposit.weight_g : 0;
    case EVENT_CLOSING:
        return event->body.closing.bin == number ? event->body.closing.change_g : 0;
    case EVENT_ADJUSTMENT:
        return event->body.adjustment.bin == number ? event->body.adjustment.change_g : 0;
    case EVENT_ADDITION:
        return event->body.addition.bin == number ? event->body.addition.change_g : 0;
    case EVENT_COLLECTION:
        return event->body.collection.bin == number ? -event->body.collection.removed_g : 0;
    default:
        return 0;
    }
}

/* Deposits and what fell of them late + adjustments + closings - collections = what the bin gained.
 */
static void assert_mass_balances(const struct test_site *t)
{
    for (int bin = 0; bin < BINS; bin++) {
        int32_t sum = 0;
        int32_t events = 1;
        for (int i = 0; i < t->event_count; i++) {
            int32_t change = change_of(&t->events[i], bin + 1);
            sum += change;
            events += change != 0;
        }
        int32_t gap = t->load_g[bin] - EMPTY_G - sum;
        assert_true(gap <= 2 * DIVISION_G * events && gap >= -2 * DIVISION_G * events);
        if (t->noise_g[bin] == 0) {
            assert_int_equal(gap, 0);
        }
    }
}

static void assert_times_run_forward(const struct test_site *t)
{
    for (int i = 0; i < t->event_count; i++) {
        const struct kiosk_event *event = &t->events[i];
        assert_true(i == 0 || event->at.t_ms >= t->events[i - 1].at.t_ms);
        if (event->kind == EVENT_DEPOSIT) {
            assert_true(event->body.deposit.opened_ms <= event->body.deposit.closed_ms);
            assert_true(event->body.deposit.closed_ms <= event->at.t_ms);
        }
    }
}

/* A scale that is found out to be frozen adds deposits to visits that are long over. */
static bool is_hindsight(const struct kiosk_event *event, const struct kiosk_event *visit)
{
    return event > visit && event->body.deposit.outcome == OUTCOME_UNWEIGHED;
}

/* What later rows made of the deposits of a visit by the time it was told. */
static void correct(const struct test_site *t, const struct kiosk_event *row, int32_t *deposits,
                    int32_t *grams)
{
    for (const struct kiosk_event *event = t->events; event < row; event++) {
        if (event->kind == EVENT_ADDITION && event->body.addition.visit == row->body.visit.visit) {
            *grams += event->body.addition.change_g;
        }
        if (event->kind == EVENT_UNDONE && event->body.undone.visit == row->body.visit.visit) {
            *deposits -= 1;
            *grams -= t->ledger[event->body.undone.deposit_seq - 1].body.deposit.weight_g;
        }
    }
}

static void assert_visits_count_their_deposits(const struct test_site *t)
{
    int visits = site_count(t, EVENT_VISIT);
    int64_t counted = 0;
    for (int i = 0; i < visits; i++) {
        const struct kiosk_event *row = site_event(t, EVENT_VISIT, i);
        const struct event_visit *visit = &row->body.visit;
        int32_t deposits = 0;
        int32_t grams = 0;
        for (int k = 0; k < t->event_count; k++) {
            if (t->events[k].kind == EVENT_DEPOSIT &&
                t->events[k].body.deposit.visit == visit->visit) {
                counted++;
                deposits += !is_hindsight(&t->events[k], row);
                grams += t->events[k].body.deposit.weight_g;
            }
        }
        correct(t, row, &deposits, &grams);
        assert_int_equal(visit->deposits, deposits);
        assert_int_equal(visit->grams, grams);
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(site_event(t, EVENT_VISIT, k)->body.visit.visit, visit->visit);
        }
    }
    assert_int_equal(counted, site_count(t, EVENT_DEPOSIT)); /* no deposit is nobody's */
}

static void random_days_balance(void **state)
{
    struct test_site *t = *state;
    int deposits = 0;
    for (uint32_t seed = 1; seed <= 500; seed++) {
        site_begin(t);
        t->ack_delay_ms = (int64_t)(seed % 4) * 30;
        live_at_random(t, seed, 40);
        assert_openings_end_once(t);
        assert_mass_balances(t);
        assert_times_run_forward(t);
        assert_visits_count_their_deposits(t);
        assert_folds_to_live(t);
        deposits += site_count(t, EVENT_DEPOSIT);
    }
    assert_true(deposits > 1000); /* the days were lived */
}

/* Power cuts at any moment: no opening is lost, none is decided twice. */
static void random_power_cuts_end_every_opening_once(void **state)
{
    struct test_site *t = *state;
    int interrupted = 0;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        site_begin(t);
        site_seed(t, seed);
        for (int cut = 0; cut < 3; cut++) {
            for (int i = 0; i < 8; i++) {
                site_lid(t, site_random_below(t, BINS), site_random_below(t, 2) == 0);
                t->load_g[site_random_below(t, BINS)] += 100 * site_random_below(t, 20);
                site_run(t, site_random_below(t, 2000));
            }
            site_restart(t);
        }
        for (int i = 0; i < BINS; i++) {
            site_lid(t, i, false);
        }
        site_run(t, 60000);
        assert_openings_end_once(t);
        assert_folds_to_live(t);
        for (int i = 0; i < site_count(t, EVENT_DEPOSIT); i++) {
            interrupted += site_deposit(t, i)->outcome == OUTCOME_INTERRUPTED;
        }
    }
    assert_true(interrupted > 20);
}

/* ---- late ticks ------------------------------------------------------------------------------ */

static void describe(const struct kiosk_event *event, char *text, size_t size)
{
    int used =
        snprintf(text, size, "%s %lld", event_kind_text(event->kind), (long long)event->at.t_ms);
    text += used;
    size -= (size_t)used;
    if (event->kind == EVENT_DEPOSIT) {
        const struct event_deposit *d = &event->body.deposit;
        snprintf(text, size, " %lld %d %d %d %d %d %d %lld %lld", (long long)d->visit, d->bin,
                 (int)d->chosen, (int)d->outcome, (int)d->quality, d->weight_g, d->spread_g,
                 (long long)d->opened_ms, (long long)d->closed_ms);
    } else if (event->kind == EVENT_VISIT) {
        const struct event_visit *v = &event->body.visit;
        snprintf(text, size, " %lld %lld %d %d %d", (long long)v->visit, (long long)v->started_ms,
                 v->deposits, v->grams, v->near_misses);
    } else if (event->kind == EVENT_CLOSING) {
        const struct event_closing *c = &event->body.closing;
        snprintf(text, size, " %lld %d %d %d", (long long)c->visit, c->bin, c->wrong_lid,
                 c->change_g);
    } else if (event->kind == EVENT_COLLECTION) {
        const struct event_collection *c = &event->body.collection;
        snprintf(text, size, " %d %d %d %d", c->bin, c->before_g, c->after_g, (int)c->quality);
    } else if (event->kind == EVENT_DEVICE_LOST) {
        const struct event_device *d = &event->body.device;
        snprintf(text, size, " %s %s %lld", d->device, d->fault, (long long)d->since_ms);
    }
}

static void live_with_faults(struct test_site *t, uint32_t seed)
{
    static const int32_t periods_ms[] = {100, 300, 700, 1500};
    site_seed(t, seed);
    t->scale_period_ms = periods_ms[seed % 4];
    for (int i = 0; i < 40; i++) {
        int bin = site_random_below(t, BINS);
        act(t);
        if (site_random_below(t, 6) == 0) {
            site_mute_scale(t, bin, !t->scale_mute[bin]);
        }
        if (site_random_below(t, 12) == 0) {
            site_mute_lids(t, !t->lids_mute);
        }
        site_run(t, site_random_below(t, site_random_below(t, 5) == 0 ? 70000 : 1500));
    }
    site_run(t, 100000);
    site_intent(t, INTENT_LEAVE, 0); /* so that the last deadlines are seen late as well */
}

/* A caller that sleeps too long decides the same as one that is on time, and dates it the same. */
static void late_ticks_give_the_same_events(void **state)
{
    struct test_site *t = *state;
    struct test_site *late = malloc(sizeof *late);
    assert_non_null(late);
    for (uint32_t seed = 1; seed <= 200; seed++) {
        site_begin(t);
        live_with_faults(t, seed);
        site_begin(late);
        late->late_ticks = true;
        live_with_faults(late, seed);
        int k = 0;
        for (int i = 0; i < t->event_count; i++) {
            char expected[256], got[256];
            /* An answer is recorded when the acknowledgement comes, which is an input of its own.
             */
            if (t->events[i].kind == EVENT_DECLARED) {
                continue;
            }
            while (k < late->event_count && late->events[k].kind == EVENT_DECLARED) {
                k++;
            }
            assert_true(k < late->event_count);
            describe(&t->events[i], expected, sizeof expected);
            describe(&late->events[k++], got, sizeof got);
            assert_string_equal(got, expected);
        }
        assert_int_equal(late->event_count - site_count(late, EVENT_DECLARED),
                         t->event_count - site_count(t, EVENT_DECLARED));
    }
    free(late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(folding_gives_the_live_figures),
        SITE_TEST(visits_go_on_counting_after_a_restart),
        SITE_TEST(interrupted_deposit_is_taken_up),
        SITE_TEST(interrupted_opening_without_a_gain_is_closed),
        SITE_TEST(interrupted_opening_whose_lid_is_still_open),
        SITE_TEST(interrupted_deposit_waits_for_a_scale_that_starts),
        SITE_TEST(interrupted_deposit_with_a_dead_scale_is_unweighed),
        SITE_TEST(unknown_bins_of_an_old_ledger_are_left_alone),
        SITE_TEST(random_days_balance),
        SITE_TEST(random_power_cuts_end_every_opening_once),
        SITE_TEST(late_ticks_give_the_same_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
