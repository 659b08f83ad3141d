/* The scenario language: what it refuses and why, what its lines do, and the truth they give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "hw/sim/scenario.h"
#include "sim_record.h"

static void expect_error(const char *text, const char *message)
{
    char error[SIM_ERROR_MAX] = "";
    struct sim *sim = malloc(sim_size());
    assert_non_null(sim);
    sim_init(sim, 0, 1, 0);
    assert_int_equal(sim_load_scenario(sim, text, error), -1);
    assert_string_equal(error, message);
    free(sim);
}

static void mistakes_are_told_with_line_and_reason(void **state)
{
    (void)state;
    expect_error("open 3\n", "line 1: a line begins with `at SECONDS` or `after SECONDS`");
    expect_error("# x\n\nat five open 3",
                 "line 3: expected seconds with up to three decimals, then an action");
    expect_error("at 5", "line 1: expected seconds with up to three decimals, then an action");
    expect_error("at 1.2345 open 3",
                 "line 1: expected seconds with up to three decimals, then an action");
    expect_error("at -1 open 3",
                 "line 1: expected seconds with up to three decimals, then an action");
    expect_error("at 9 open 3\nat 8.999 close 3\n", "line 2: time goes back");
    expect_error("at 1 dance 3", "line 1: unknown action");
    expect_error("at 1 open", "line 1: this action takes another number of arguments");
    expect_error("at 1 open 1 2", "line 1: this action takes another number of arguments");
    expect_error("at 1 tap", "line 1: this action takes another number of arguments");
    expect_error("at 1 open 5", "line 1: a bin is a number from 1 to 4");
    expect_error("at 1 open 0", "line 1: a bin is a number from 1 to 4");
    expect_error("at 1 open 11", "line 1: a bin is a number from 1 to 4");
    expect_error("at 1 choose glass",
                 "line 1: a class is recyclable, hazardous, kitchen or residual");
    expect_error("at 1 throw 1 heavy", "line 1: grams are a whole number up to 200000");
    expect_error("at 1 throw 1 200001", "line 1: grams are a whole number up to 200000");
    expect_error("at 1 throw 1 99999999999999999999999",
                 "line 1: grams are a whole number up to 200000");
    expect_error("at 1 throw 1 0", "line 1: a bag weighs at least 1 gram");
    expect_error("at 1 throw 1 -5", "line 1: a bag weighs at least 1 gram");
    expect_error("at 1 lean 1 5 long", "line 1: the duration is seconds with up to three decimals");
    expect_error("at 1 unplug s5", "line 1: a port is s1, s2, s3, s4 or l1");
    expect_error("at 1 freeze l1", "line 1: only the scales s1 to s4 can do that");
    expect_error("at 1 garbage s1 0", "line 1: garbage is 1 to 256 bytes");
    expect_error("at 1 garbage s1 257", "line 1: garbage is 1 to 256 bytes");
    expect_error("at 1 tap a b c d e f g", "line 1: too many words");
}

static void too_long_texts_are_refused(void **state)
{
    (void)state;
    char line[300];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    expect_error(line, "line 1: the line is longer than 200 bytes");
    line[190] = '\0';
    memcpy(line, "at 1 tap ", 9);
    expect_error(line, "line 1: the argument is too long");

    static const char action[] = "at 1 cancel\n";
    size_t size = (SIM_SCENARIO_STEPS + 1) * (sizeof action - 1);
    char *many = malloc(size + 1);
    assert_non_null(many);
    for (size_t i = 0; i < size; i++) {
        many[i] = action[i % (sizeof action - 1)];
    }
    many[size] = '\0';
    expect_error(many, "line 4097: too many actions: 4096 is the most");
    free(many);
}

static void lines_become_steps(void **state)
{
    (void)state;
    static struct sim_step steps[SIM_SCENARIO_STEPS];
    char error[SIM_ERROR_MAX] = "";
    static const char text[] = "# a comment\r\n"
                               "at 5.25 choose kitchen   # and another\r\n"
                               "\tafter 2  open 3\n"
                               "after 0.005 lean 2 800 3.5\n"
                               "at 60 item 电池 hazardous\n"
                               "at 60 tap collect 3\n"
                               "at 61 garbage l1 40";
    assert_int_equal(sim_scenario_parse(text, steps, error), 6);
    assert_int_equal(steps[0].at_ms, 5250);
    assert_int_equal(steps[0].verb, SIM_CHOOSE);
    assert_int_equal(steps[0].target, 2);
    assert_string_equal(steps[0].word, "kitchen");
    assert_int_equal(steps[1].at_ms, 7250);
    assert_int_equal(steps[1].target, 2);
    assert_int_equal(steps[2].at_ms, 7255);
    assert_int_equal(steps[2].grams, 800);
    assert_int_equal(steps[2].duration_ms, 3500);
    assert_string_equal(steps[3].word, "电池");
    assert_int_equal(steps[3].target, 1);
    assert_string_equal(steps[4].word, "collect 3");
    assert_int_equal(steps[5].target, SIM_PORT_LIDS);
    assert_int_equal(steps[5].grams, 40);
}

static void play(const char *text, struct record *record)
{
    char error[SIM_ERROR_MAX] = "";
    struct sim *sim = malloc(sim_size());
    assert_non_null(sim);
    struct sim_sink sink = record_sink(record);
    sim_init(sim, 0, 3, 0);
    if (sim_load_scenario(sim, text, error) != 0) {
        fail_msg("%s", error);
    }
    int64_t end_ms = sim_scenario_end(sim) + 20000;
    while (sim_deadline(sim) <= end_ms) {
        sim_advance(sim, sim_deadline(sim), &sink);
    }
    free(sim);
    assert_false(record->out_of_order);
}

static void expect_outcome(const char *text, const char *chosen, const char *outcome, int grams)
{
    static struct record record;
    play(text, &record);
    assert_int_equal(record.truth_count, 1);
    assert_string_equal(record.truths[0].chosen, chosen);
    assert_string_equal(record.truths[0].outcome, outcome);
    assert_int_equal(record.truths[0].grams, grams);
}

#define BAG(bin) " open " bin "\nafter 1 throw " bin " 500\nafter 1 close " bin "\n"

static void truth_follows_the_rules_of_the_site(void **state)
{
    (void)state;
    expect_outcome("at 1 choose kitchen\nat 3" BAG("3"), "kitchen", "consistent", 500);
    expect_outcome("at 1 choose kitchen\nat 3" BAG("4"), "kitchen", "wrong_bin", 500);
    expect_outcome("at 3" BAG("4"), "", "undeclared", 500);
    expect_outcome("at 1 choose kitchen\nat 3 open 4\nat 5 close 4\nat 6" BAG("3"), "kitchen",
                   "corrected", 500);
    expect_outcome("at 1 choose residual\nat 2 choose kitchen\nat 3" BAG("3"), "kitchen",
                   "consistent", 500);
    expect_outcome("at 1 item 苹果核 kitchen\nat 3" BAG("3"), "kitchen", "consistent", 500);
    expect_outcome("at 1 open 3\nat 2 throw 3 100\nat 3 throw 3 200\nat 4 close 3\n", "",
                   "undeclared", 300);
    expect_outcome("at 1 choose kitchen\nat 3 open 3\nat 3.5 unplug s3\nat 4 throw 3 500\n"
                   "at 5 close 3\nat 9 replug s3\n",
                   "kitchen", "unweighed", 500);
}

static void a_choice_dies_with_its_visit(void **state)
{
    (void)state;
    expect_outcome("at 1 choose kitchen\nat 11.5" BAG("3"), "", "undeclared", 500);
    expect_outcome("at 1 choose kitchen\nat 2 tap finish\nat 4" BAG("3"), "", "undeclared", 500);
    expect_outcome("at 1 choose kitchen\nat 2 cancel\nat 4" BAG("3"), "", "undeclared", 500);
    expect_outcome("at 1 choose kitchen\nat 2 open 4\nat 30 close 4\nat 32" BAG("3"), "kitchen",
                   "corrected", 500);
}

static void a_choice_after_the_lid_opened_does_not_count(void **state)
{
    (void)state;
    expect_outcome("at 1 open 3\nat 2 choose kitchen\nat 3 throw 3 500\nat 4 close 3\n", "",
                   "undeclared", 500);
}

static void a_new_choice_forgets_the_near_miss(void **state)
{
    (void)state;
    expect_outcome(
        "at 1 choose kitchen\nat 3 open 4\nat 5 close 4\nat 6 choose residual\nat 8" BAG("4"),
        "residual", "consistent", 500);
}

static void collections_and_empty_openings_are_no_deposits(void **state)
{
    (void)state;
    static struct record record;
    play("at 1 choose kitchen\nat 2 open 3\nat 4 close 3\n", &record);
    assert_int_equal(record.truth_count, 0);
    play("at 1 tap service\nat 3 pin 2580\nat 5 tap collect 3\nat 7 open 3\nat 8 empty 3\n"
         "at 16 close 3\nat 20 tap collect_done\nat 22 tap leave\n",
         &record);
    assert_int_equal(record.truth_count, 0);
    assert_int_equal(record.touches, 5);
}

static void an_unplugged_port_is_silent(void **state)
{
    (void)state;
    static struct record record;
    play("at 10 unplug s2\nat 20 replug s2\n", &record);
    assert_int_equal(record.lines_down, 1);
    assert_int_equal(record.lines_up, 1);
    assert_int_equal(record.frames_of[1], record.frames_of[0] - 100);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 100000);
    assert_non_null(text);
    assert_true(fread(text, 1, 99999, file) < 99999);
    fclose(file);
    return text;
}

static void count_outcomes(const struct record *record, const char *const *outcomes, int *counts)
{
    for (int i = 0; i < record->truth_count; i++) {
        for (int kind = 0; outcomes[kind] != NULL; kind++) {
            counts[kind] += strcmp(record->truths[i].outcome, outcomes[kind]) == 0;
        }
    }
}

static void the_tour_shows_everything(void **state)
{
    (void)state;
    static struct record record;
    static const char *const outcomes[] = {"consistent", "corrected", "wrong_bin",
                                           "undeclared", "unweighed", NULL};
    int counts[5] = {0};
    char *text = read_file("../assets/scenarios/tour.scenario");
    play(text, &record);
    free(text);
    count_outcomes(&record, outcomes, counts);
    static const int expected[5] = {7, 1, 1, 1, 1};
    assert_memory_equal(counts, expected, sizeof counts);
    assert_int_equal(record.truth_count, 11);
    assert_int_equal(record.lines_down, 1);
    assert_int_equal(record.lines_up, 1);
    assert_in_range(record.last_ms, 150 * 1000, 260 * 1000);
}

static void the_faults_leave_the_site_whole(void **state)
{
    (void)state;
    static struct record record;
    char *text = read_file("../assets/scenarios/faults.scenario");
    play(text, &record);
    free(text);
    assert_int_equal(record.truth_count, 6);
    assert_int_equal(record.lines_down, 2);
    assert_int_equal(record.lines_up, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_told_with_line_and_reason),
        cmocka_unit_test(too_long_texts_are_refused),
        cmocka_unit_test(lines_become_steps),
        cmocka_unit_test(truth_follows_the_rules_of_the_site),
        cmocka_unit_test(a_choice_dies_with_its_visit),
        cmocka_unit_test(a_choice_after_the_lid_opened_does_not_count),
        cmocka_unit_test(a_new_choice_forgets_the_near_miss),
        cmocka_unit_test(collections_and_empty_openings_are_no_deposits),
        cmocka_unit_test(an_unplugged_port_is_silent),
        cmocka_unit_test(the_tour_shows_everything),
        cmocka_unit_test(the_faults_leave_the_site_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
