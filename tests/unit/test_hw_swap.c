/* Devices behind adapters that look alike: exchanged ones are found by what they weigh. */
#include "hw/swap.h"

#include "hw/drivers.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { A, B, C };

static struct swap swap;
static int64_t now_ms;

static void say(uint8_t port, int32_t grams, enum reading_status status, bool has_value)
{
    now_ms += 100;
    const reading_t reading = {.t_ms = now_ms,
                               .grams = grams,
                               .port = port,
                               .channel = 1,
                               .kind = READING_WEIGHT,
                               .status = (uint8_t)status,
                               .has_value = has_value};
    swap_weigh(&swap, &reading);
}

static void weigh(uint8_t port, int32_t grams)
{
    for (int i = 0; i < SWAP_WEIGHTS; i++) {
        say(port, grams, READING_OK, true);
    }
}

static void lose(uint8_t port)
{
    swap_lost(&swap, port, false);
}

static void return_with(uint8_t port, int32_t grams)
{
    swap_back(&swap, port, false, now_ms);
    weigh(port, grams);
}

static void begin(const char *driver, int ports)
{
    now_ms = 0;
    swap_init(&swap);
    for (uint8_t i = 0; i < ports; i++) {
        swap_add(&swap, i, hw_driver_find(driver));
        weigh(i, (i + 1) * 10000);
    }
}

#define ASSERT_VERDICT(port, expected) assert_int_equal(swap.ports[port].verdict, expected)

static void who_was_away_alone_is_believed(void **state)
{
    (void)state;
    begin("st_gs", 2);
    lose(A);
    swap_back(&swap, A, false, now_ms);
    ASSERT_VERDICT(A, SWAP_SURE);
    lose(B);
    swap_back(&swap, B, false, now_ms);
    ASSERT_VERDICT(B, SWAP_SURE);
}

static void both_back_in_their_sockets_prove_it_by_three_weights(void **state)
{
    (void)state;
    begin("st_gs", 2);
    lose(A);
    lose(B);
    assert_false(swap_may_believe(&swap, A));
    swap_back(&swap, A, false, now_ms);
    say(A, 10100, READING_OK, true);
    say(A, 10100, READING_OK, true);
    ASSERT_VERDICT(A, SWAP_DOUBT);
    say(A, 10100, READING_OK, true);
    ASSERT_VERDICT(A, SWAP_SURE);
    return_with(B, 20000 + SWAP_NEAR_GRAMS);
    ASSERT_VERDICT(B, SWAP_SURE);
    assert_false(swap.ports[A].is_member);
}

static void moving_weights_prove_nothing(void **state)
{
    (void)state;
    begin("st_gs", 2);
    lose(A);
    lose(B);
    swap_back(&swap, A, false, now_ms);
    for (int i = 0; i < 1000; i++) {
        say(A, 10000, READING_MOVING, true);
    }
    ASSERT_VERDICT(A, SWAP_DOUBT);
    /* Nor do settled ones that jump about. */
    for (int i = 0; i < 100; i++) {
        say(A, i % 2 * 10000, READING_OK, true);
    }
    ASSERT_VERDICT(A, SWAP_DOUBT);
}

static void begin_exchanged(void)
{
    begin("st_gs", 2);
    lose(A);
    lose(B);
    return_with(A, 20000);
    return_with(B, 10000);
    ASSERT_VERDICT(A, SWAP_EXCHANGED);
    ASSERT_VERDICT(B, SWAP_EXCHANGED);
    assert_int_equal(swap.ports[A].fits, B);
    assert_int_equal(swap.ports[B].fits, A);
}

static void exchanged_ones_are_found_and_stay_so(void **state)
{
    (void)state;
    begin_exchanged();
    weigh(A, 10000);
    ASSERT_VERDICT(A, SWAP_EXCHANGED);
    lose(A);
    return_with(A, 20000);
    ASSERT_VERDICT(A, SWAP_EXCHANGED);
}

static void put_back_they_are_believed(void **state)
{
    (void)state;
    begin_exchanged();
    lose(B);
    lose(A);
    return_with(A, 10000);
    return_with(B, 20000);
    ASSERT_VERDICT(A, SWAP_SURE);
    ASSERT_VERDICT(B, SWAP_SURE);
}

static void a_technician_confirms_by_plugging_one_alone(void **state)
{
    (void)state;
    begin_exchanged();
    lose(A);
    swap_back(&swap, A, true, now_ms);
    /* The one that is right leaves no other place for the other one. */
    ASSERT_VERDICT(A, SWAP_SURE);
    ASSERT_VERDICT(B, SWAP_SURE);
    assert_false(swap.ports[A].is_member);
}

static void a_technician_who_pulls_both_confirms_nothing(void **state)
{
    (void)state;
    begin_exchanged();
    lose(A);
    lose(B);
    swap_back(&swap, A, true, now_ms);
    ASSERT_VERDICT(A, SWAP_DOUBT);
    swap_back(&swap, B, true, now_ms);
    ASSERT_VERDICT(B, SWAP_DOUBT);
}

static void an_exchange_by_turns_among_three_is_found(void **state)
{
    (void)state;
    begin("st_gs", 3);
    lose(A);
    lose(B);
    return_with(A, 20000); /* A is back before C goes */
    ASSERT_VERDICT(A, SWAP_EXCHANGED);
    lose(C);
    return_with(B, 30000);
    return_with(C, 10000);
    ASSERT_VERDICT(B, SWAP_EXCHANGED);
    ASSERT_VERDICT(C, SWAP_EXCHANGED);
    assert_int_equal(swap.ports[C].fits, A);
}

static void who_proved_himself_is_behind_no_other_socket(void **state)
{
    (void)state;
    begin("st_gs", 2);
    lose(A);
    lose(B);
    return_with(A, 18000); /* somebody filled it meanwhile */
    ASSERT_VERDICT(A, SWAP_EXCHANGED);
    return_with(B, 20000);
    ASSERT_VERDICT(B, SWAP_SURE);
    ASSERT_VERDICT(A, SWAP_SURE);
}

static void equal_weights_tell_nothing(void **state)
{
    (void)state;
    begin("st_gs", 2);
    weigh(A, 0);
    weigh(B, 300);
    lose(A);
    lose(B);
    return_with(A, 300);
    return_with(B, 0);
    ASSERT_VERDICT(A, SWAP_UNTOLD);
    ASSERT_VERDICT(B, SWAP_UNTOLD);
    assert_true(swap_may_believe(&swap, A));
    /* It is over: the next time is a matter of its own. */
    lose(A);
    swap_back(&swap, A, false, now_ms);
    ASSERT_VERDICT(A, SWAP_SURE);
}

static void a_weight_that_is_nobodys_tells_nothing(void **state)
{
    (void)state;
    begin("st_gs", 2);
    lose(A);
    lose(B);
    return_with(A, 2000);
    ASSERT_VERDICT(A, SWAP_UNTOLD);
}

static void overload_is_not_waited_for(void **state)
{
    (void)state;
    begin("st_gs", 2);
    lose(A);
    lose(B);
    swap_back(&swap, A, false, now_ms);
    say(A, 0, READING_OVERLOAD, false);
    ASSERT_VERDICT(A, SWAP_DOUBT);
    now_ms += SWAP_PATIENCE_MS;
    say(A, 0, READING_OVERLOAD, false);
    ASSERT_VERDICT(A, SWAP_UNTOLD);
}

static void other_protocols_and_known_adapters_play_no_part(void **state)
{
    (void)state;
    begin("st_gs", 2);
    swap_add(&swap, C, hw_driver_find("yaohua_tf0"));
    lose(A);
    lose(C);
    swap_lost(&swap, B, true);
    swap_back(&swap, A, false, now_ms);
    swap_back(&swap, B, false, now_ms);
    ASSERT_VERDICT(A, SWAP_SURE);
    ASSERT_VERDICT(B, SWAP_SURE);
}

static void lids_cannot_be_told_apart(void **state)
{
    (void)state;
    begin("lid_line", 2);
    lose(A);
    lose(B);
    swap_back(&swap, A, false, now_ms);
    ASSERT_VERDICT(A, SWAP_UNTOLD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_away_alone_is_believed),
        cmocka_unit_test(both_back_in_their_sockets_prove_it_by_three_weights),
        cmocka_unit_test(moving_weights_prove_nothing),
        cmocka_unit_test(exchanged_ones_are_found_and_stay_so),
        cmocka_unit_test(put_back_they_are_believed),
        cmocka_unit_test(a_technician_confirms_by_plugging_one_alone),
        cmocka_unit_test(a_technician_who_pulls_both_confirms_nothing),
        cmocka_unit_test(an_exchange_by_turns_among_three_is_found),
        cmocka_unit_test(who_proved_himself_is_behind_no_other_socket),
        cmocka_unit_test(equal_weights_tell_nothing),
        cmocka_unit_test(a_weight_that_is_nobodys_tells_nothing),
        cmocka_unit_test(overload_is_not_waited_for),
        cmocka_unit_test(other_protocols_and_known_adapters_play_no_part),
        cmocka_unit_test(lids_cannot_be_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
