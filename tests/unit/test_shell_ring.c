/* The ring between two threads: bounded, in order, nothing twice, nothing lost. */
#include "kiosk/shell/ring.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { SLOTS = 8, MANY = 200000 };

struct pair {
    uint32_t number, again;
};

static void a_full_ring_refuses_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct ring ring;
    assert_true(ring_open(&ring, sizeof(int), SLOTS));
    int value;
    assert_false(ring_take(&ring, &value));
    for (int i = 0; i < SLOTS; i++) {
        assert_true(ring_put(&ring, &i));
        assert_int_equal(ring_count(&ring), i + 1);
    }
    value = 99;
    assert_false(ring_put(&ring, &value));
    for (int i = 0; i < SLOTS; i++) {
        assert_true(ring_take(&ring, &value));
        assert_int_equal(value, i);
    }
    assert_false(ring_take(&ring, &value));
    assert_int_equal(ring_count(&ring), 0);
    ring_close(&ring);
}

static void the_order_holds_across_the_end_of_the_memory(void **state)
{
    (void)state;
    struct ring ring;
    assert_true(ring_open(&ring, sizeof(int), SLOTS));
    for (int i = 0; i < 10 * SLOTS; i += 3) {
        for (int k = i; k < i + 3; k++) {
            assert_true(ring_put(&ring, &k));
        }
        for (int k = i; k < i + 3; k++) {
            int value;
            assert_true(ring_take(&ring, &value));
            assert_int_equal(value, k);
        }
    }
    ring_close(&ring);
}

static void *write_many(void *context)
{
    struct ring *ring = context;
    for (uint32_t i = 0; i < MANY;) {
        struct pair pair = {i, ~i};
        i += ring_put(ring, &pair);
    }
    return NULL;
}

static void two_threads_lose_nothing_and_see_no_half_slot(void **state)
{
    (void)state;
    struct ring ring;
    pthread_t writer;
    assert_true(ring_open(&ring, sizeof(struct pair), SLOTS));
    assert_int_equal(pthread_create(&writer, NULL, write_many, &ring), 0);
    for (uint32_t expected = 0; expected < MANY;) {
        struct pair pair;
        if (ring_take(&ring, &pair)) {
            assert_int_equal(pair.number, expected);
            assert_int_equal(pair.again, ~expected);
            expected++;
        }
    }
    pthread_join(writer, NULL);
    assert_int_equal(ring_count(&ring), 0);
    ring_close(&ring);
}

static void a_wake_up_is_seen_once_however_often_it_came(void **state)
{
    (void)state;
    struct pollfd wake = {.fd = wake_open(), .events = POLLIN};
    assert_int_equal(poll(&wake, 1, 0), 0);
    wake_up(wake.fd);
    wake_up(wake.fd);
    assert_int_equal(poll(&wake, 1, 0), 1);
    wake_drain(wake.fd);
    assert_int_equal(poll(&wake, 1, 0), 0);
    wake_drain(wake.fd); /* quiet already: must not block */
    close(wake.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_ring_refuses_and_keeps_what_it_has),
        cmocka_unit_test(the_order_holds_across_the_end_of_the_memory),
        cmocka_unit_test(two_threads_lose_nothing_and_see_no_half_slot),
        cmocka_unit_test(a_wake_up_is_seen_once_however_often_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
