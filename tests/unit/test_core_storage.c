/* While nothing can be recorded that is said, and afterwards it is told what became of it. */
#include "core_site.h"

static void set_store(struct test_site *t, enum store_state state)
{
    t->store_down = state != STORE_OK;
    site_input(t, (struct kiosk_input){.kind = INPUT_STORE_STATE, .u.store_state = state});
}

static void set_room(struct test_site *t, int64_t free_bytes, bool low)
{
    site_input(t, (struct kiosk_input){.kind = INPUT_STORE_ROOM,
                                       .u.store_room = {.free_bytes = free_bytes, .low = low}});
}

/* The n-th `storage` row of the ledger, from 0. */
static const struct kiosk_event *storage_row(const struct test_site *t, int n)
{
    for (int i = 0; i < t->ledger_count; i++) {
        if (t->ledger[i].kind == EVENT_STORAGE && n-- == 0) {
            return &t->ledger[i];
        }
    }
    fail_msg("no such storage row");
    return NULL;
}

static void a_gap_is_told_when_it_is_over(void **state)
{
    struct test_site *t = *state;
    const int64_t began = t->kiosk.now_ms;
    set_room(t, 12345, false);
    set_store(t, STORE_UNWRITABLE);
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    struct view view = site_view(t);
    assert_int_equal(view.store, STORE_UNWRITABLE);
    assert_int_equal(view.unrecorded, 2); /* opening and deposit; not what is said about them */
    const int64_t over = t->kiosk.now_ms;
    set_store(t, STORE_OK);
    site_run(t, 100);
    assert_int_equal(kiosk_pending_count(&t->kiosk), 0);

    const struct kiosk_event *first = storage_row(t, 0), *last = storage_row(t, 1);
    assert_string_equal(first->body.storage.state, "unwritable");
    assert_true(first->at.t_ms >= began);
    assert_int_equal(first->body.storage.free_bytes, 12345);
    assert_string_equal(last->body.storage.state, "ok");
    assert_int_equal(last->body.storage.since_ms, first->at.t_ms);
    assert_int_equal(last->at.t_ms, over);
    assert_int_equal(last->body.storage.kept, 2);
    assert_int_equal(last->body.storage.lost, 0);
}

static void what_could_not_even_be_kept_is_counted_in_the_ledger(void **state)
{
    struct test_site *t = *state;
    set_store(t, STORE_FULL);
    for (int i = 0; i < 40; i++) { /* three events each: opening, deposit, visit */
        site_drop(t, WASTE_KITCHEN, 100);
        site_run(t, 2000);
        site_intent(t, INTENT_FINISH, 0);
    }
    assert_int_equal(kiosk_pending_count(&t->kiosk), KIOSK_PENDING_MAX);
    set_store(t, STORE_OK);
    site_run(t, 100);
    const struct kiosk_event *last = storage_row(t, 1);
    assert_int_equal(last->body.storage.kept, KIOSK_PENDING_MAX - 1);
    assert_int_equal(last->body.storage.lost, 3 * 40 - (KIOSK_PENDING_MAX - 1));
    assert_int_equal(kiosk_pending_count(&t->kiosk), 0);

    /* The next gap counts its own. */
    set_store(t, STORE_FAILED);
    set_store(t, STORE_OK);
    site_run(t, 100);
    assert_string_equal(storage_row(t, 2)->body.storage.state, "failed");
    assert_int_equal(storage_row(t, 3)->body.storage.lost, 0);
    assert_int_equal(storage_row(t, 3)->body.storage.kept, 0);
}

static void a_gap_that_changes_its_reason_is_one_gap(void **state)
{
    struct test_site *t = *state;
    set_store(t, STORE_FULL);
    site_run(t, 5000);
    set_store(t, STORE_FAILED);
    site_run(t, 5000);
    set_store(t, STORE_OK);
    site_run(t, 100);
    assert_string_equal(storage_row(t, 0)->body.storage.state, "full");
    assert_string_equal(storage_row(t, 1)->body.storage.state, "ok");
    assert_int_equal(storage_row(t, 1)->body.storage.since_ms, storage_row(t, 0)->at.t_ms);
}

static void little_room_is_one_row_and_so_is_its_end(void **state)
{
    struct test_site *t = *state;
    set_room(t, 900, false);
    set_room(t, 90, true);
    set_room(t, 80, true);
    site_run(t, 100);
    assert_true(site_view(t).store_low);
    assert_int_equal(site_view(t).store, STORE_OK);
    set_room(t, 800, false);
    site_run(t, 100);
    assert_false(site_view(t).store_low);
    assert_string_equal(storage_row(t, 0)->body.storage.state, "low");
    assert_int_equal(storage_row(t, 0)->body.storage.free_bytes, 90);
    assert_string_equal(storage_row(t, 1)->body.storage.state, "ok");
    assert_int_equal(storage_row(t, 1)->body.storage.free_bytes, 800);
    assert_int_equal(storage_row(t, 1)->body.storage.since_ms, storage_row(t, 0)->at.t_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(a_gap_is_told_when_it_is_over),
        SITE_TEST(what_could_not_even_be_kept_is_counted_in_the_ledger),
        SITE_TEST(a_gap_that_changes_its_reason_is_one_gap),
        SITE_TEST(little_room_is_one_row_and_so_is_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
