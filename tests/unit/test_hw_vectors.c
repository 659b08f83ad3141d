/* Every recorded and derived frame of the tables in vectors, whole and cut at every place. */
#include "hw_vectors.h"

enum { ROWS_AT_LEAST = 500, DRIVERS_MAX = 64 };

static struct decoded decoded;
static int rows_of[DRIVERS_MAX];
static int failures; /* rows and cuts that went wrong: one run shows them all */

static bool fits(const struct vector *vector, size_t cut)
{
    decoded_end(&decoded);
    const bool is_same = strcmp(decoded.text, vector->want) == 0;
    if (!is_same) {
        failures++;
        print_error("%s:%d: %s (%s), cut at %zu: expected \"%s\", got \"%s\"\n", vector->file,
                    vector->line, vector->column[0], vector->column[5], cut, vector->want,
                    decoded.text);
    }
    return is_same;
}

static void visit_whole(struct vector *vector)
{
    for (size_t i = 0; i < hw_driver_count; i++) {
        rows_of[i] += hw_drivers[i] == vector->driver;
    }
    decoded_begin(&decoded, vector->column[0], vector->options);
    decoded_feed(&decoded, vector->bytes, vector->count);
    fits(vector, vector->count);
}

static void each_row_gives_its_values(void **state)
{
    (void)state;
    failures = 0;
    assert_true(vectors_each(visit_whole) >= ROWS_AT_LEAST);
    assert_int_equal(failures, 0);
}

static void each_driver_has_rows(void **state)
{
    (void)state;
    assert_true(hw_driver_count <= DRIVERS_MAX);
    for (size_t i = 0; i < hw_driver_count; i++) {
        if (rows_of[i] == 0) {
            fail_msg("no row of vectors/*.tsv is for %s", hw_drivers[i]->name);
        }
    }
}

static void visit_cuts(struct vector *vector)
{
    for (size_t cut = 0; cut <= vector->count; cut++) {
        decoded_begin(&decoded, vector->column[0], vector->options);
        decoded_feed(&decoded, vector->bytes, cut);
        decoded_feed(&decoded, vector->bytes + cut, vector->count - cut);
        if (!fits(vector, cut)) {
            return;
        }
    }
    decoded_begin(&decoded, vector->column[0], vector->options);
    for (size_t i = 0; i < vector->count; i++) {
        decoded_feed(&decoded, vector->bytes + i, 1);
    }
    fits(vector, 1);
}

static void no_cut_changes_a_row(void **state)
{
    (void)state;
    failures = 0;
    vectors_each(visit_cuts);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_gives_its_values),
        cmocka_unit_test(each_driver_has_rows),
        cmocka_unit_test(no_cut_changes_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
