/* People: found by card, counted by department, and gone without a trace when they are erased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "kiosk/store/backup.h"
#include "kiosk/store/participation.h"
#include "kiosk/store/people.h"
#include "tests/unit/store_fixture.h"

static char reason[PEOPLE_ERROR_MAX];

static struct person person_of(const char *card, const char *name, const char *department)
{
    struct person person = {0};

    strcpy(person.card, card);
    strcpy(person.name, name);
    strcpy(person.department, department);
    return person;
}

static void put(struct person *person)
{
    if (!people_put(directory, person, reason)) {
        fail_msg("%s", reason);
    }
}

static struct people read_people(void)
{
    struct people people;

    if (!people_read(&people, directory, reason)) {
        fail_msg("%s", reason);
    }
    return people;
}

/* In how many files of the directory the bytes of `text` stand, in their names or contents. */
static int traces_in(const char *place, const char *text)
{
    static char bytes[4 * 1024 * 1024];
    char path[640];
    DIR *files = opendir(place);
    struct dirent *entry;
    int count = 0;

    assert_non_null(files);
    while ((entry = readdir(files)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", place, entry->d_name);
        FILE *file = fopen(path, "rb");
        size_t length = file ? fread(bytes, 1, sizeof bytes, file) : 0;
        assert_true(length < sizeof bytes);
        bool found = memmem(bytes, length, text, strlen(text)) || strstr(entry->d_name, text);
        count += found;
        if (file) {
            fclose(file);
        }
    }
    closedir(files);
    return count;
}

static int traces(const char *text)
{
    return traces_in(directory, text);
}

static void nobody_is_known_at_first(void **state)
{
    (void)state;
    struct people people = read_people();
    assert_int_equal(people.count, 0);
    assert_null(people_by_card(&people, "0011223344"));
    assert_null(people_by_id(&people, "00"));
    assert_false(people_erase(directory, "0011223344", reason));
    assert_string_equal(reason, "");
    people_free(&people);
}

static void a_card_leads_to_a_person_and_an_id_to_a_department(void **state)
{
    struct person wang = person_of("0011223344", "王小明", "财务科");
    struct person li = person_of("0011223345", "李四", "");

    (void)state;
    put(&wang);
    put(&li);
    struct people people = read_people();
    assert_int_equal(people.count, 2);
    const struct person *found = people_by_card(&people, "0011223344");
    assert_non_null(found);
    assert_string_equal(found->name, "王小明");
    assert_int_equal(strlen(found->id), 20);
    assert_string_equal(people_by_id(&people, wang.id)->department, "财务科");
    assert_string_not_equal(wang.id, li.id);
    assert_null(people_by_card(&people, "001122334"));
    people_free(&people);
    struct stat about;
    assert_int_equal(stat(path_of("people.tsv"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void a_known_card_keeps_its_id(void **state)
{
    struct person first = person_of("77", "王小明", "财务科");
    struct person moved = person_of("77", "王小明", "办公室");

    (void)state;
    put(&first);
    put(&moved);
    assert_string_equal(first.id, moved.id);
    struct people people = read_people();
    assert_int_equal(people.count, 1);
    assert_string_equal(people.list[0].department, "办公室");
    people_free(&people);
}

static void texts_that_would_break_the_table_are_refused(void **state)
{
    struct person cases[] = {person_of("", "a", "b"), person_of("1\t2", "a", "b"),
                             person_of("1", "a\nb", "c"), person_of("1", "a", "\x7F")};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(people_put(directory, &cases[i], reason));
        assert_non_null(strstr(reason, "card"));
    }
    struct people people = read_people();
    assert_int_equal(people.count, 0);
    people_free(&people);
}

static void a_damaged_table_is_named_and_not_overwritten(void **state)
{
    static const char *const damaged[] = {"", "nonsense\n",
                                          "#biaogan-people 1\tcard\tdepartment\tname\nab\t1\tx\n",
                                          "#biaogan-people 1\tcard\tdepartment\tname\nab\t1\tx\ty"};
    struct person wang = person_of("1", "a", "b");
    struct people people;

    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        FILE *file = fopen(path_of("people.tsv"), "w");
        fputs(damaged[i], file);
        fclose(file);
        assert_false(people_read(&people, directory, reason));
        assert_non_null(strstr(reason, "people.tsv"));
        assert_false(people_put(directory, &wang, reason));
        struct stat about;
        assert_int_equal(stat(path_of("people.tsv"), &about), 0);
        assert_int_equal(about.st_size, strlen(damaged[i]));
    }
}

/* A ledger in which a hundred people left their bags. */
static void write_visits(const struct person *people, int count)
{
    struct ledger *ledger = opened("a");

    for (int i = 0; i < count; i++) {
        uint64_t seed = (uint64_t)i;
        struct kiosk_event identified = tick(10 * i, 0);
        struct kiosk_event deposit = random_event(&seed, EVENT_DEPOSIT);
        struct kiosk_event visit = random_event(&seed, EVENT_VISIT);
        identified.kind = EVENT_IDENTIFIED;
        identified.body.identified.visit = deposit.body.deposit.visit = i + 1;
        visit.body.visit.visit = i + 1;
        strcpy(identified.body.identified.person, people[i].id);
        deposit.at = identified.at;
        visit.at = identified.at;
        /* Every other person holds the card after the first bag. */
        append(ledger, i % 2 ? &deposit : &identified);
        append(ledger, i % 2 ? &identified : &deposit);
        append(ledger, &visit);
    }
    ledger_close(ledger);
}

static void erased_people_leave_no_trace_and_a_ledger_that_says_as_much_as_before(void **state)
{
    enum { COUNT = 100 };
    static struct person people[COUNT];
    char query[160];

    (void)state;
    for (int i = 0; i < COUNT; i++) {
        char card[32], name[32], department[32];
        snprintf(card, sizeof card, "card-%08d", i * 7919);
        snprintf(name, sizeof name, "姓名%04d号", i);
        snprintf(department, sizeof department, "部门%04d科", i);
        people[i] = person_of(card, name, department);
    }
    assert_true(people_put_all(directory, people, COUNT, reason));
    write_visits(people, COUNT);
    snprintf(query, sizeof query, "SELECT count(*) FROM deposits WHERE person = '%s'",
             people[1].id);
    assert_int_equal(ask(query), 1);
    assert_int_equal(ask("SELECT count(DISTINCT person) FROM deposits"), COUNT);
    assert_int_equal(ask("SELECT count(DISTINCT person) FROM visits"), COUNT);
    /* A copy on a stick that is in a drawer by then names nobody either. */
    char medium[300];
    struct backup_report report;
    snprintf(medium, sizeof medium, "%s-medium", directory);
    assert_int_equal(mkdir(medium, 0700), 0);
    assert_int_equal(ledger_backup(directory, medium, NULL, &report, reason), LEDGER_OK);
    assert_true(traces_in(medium, people[1].id) > 0);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(traces_in(medium, people[i].card), 0);
        assert_int_equal(traces_in(medium, people[i].name), 0);
        assert_int_equal(traces_in(medium, people[i].department), 0);
    }
    remove_directory(medium);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(traces(people[i].card), 1);
        assert_true(people_erase(directory, i % 2 ? people[i].card : people[i].id, reason));
        assert_int_equal(traces(people[i].card), 0);
        assert_int_equal(traces(people[i].name), 0);
        assert_int_equal(traces(people[i].department), 0);
    }
    assert_int_equal(ask("SELECT count(DISTINCT person) FROM deposits"), COUNT);
    struct people left = read_people();
    assert_int_equal(left.count, 0);
    people_free(&left);
}

static struct kiosk_event bag_of(int64_t visit, int64_t utc_ms, enum outcome outcome, int32_t grams)
{
    struct kiosk_event event = tick(visit * 1000, utc_ms);

    event.kind = EVENT_DEPOSIT;
    event.body.deposit.visit = visit;
    event.body.deposit.outcome = outcome;
    event.body.deposit.quality = QUALITY_SETTLED;
    event.body.deposit.weight_g = grams;
    strcpy(event.body.deposit.scale, "s1");
    return event;
}

static void departments_are_counted_by_who_took_part(void **state)
{
    enum { PEOPLE = 5, VISITS = 6 };
    const int64_t monday = utc_from_local_date(2026, 11, 23) + 3600000, day_ms = 86400000;
    struct person people[PEOPLE] = {person_of("1", "a", "财务科"), person_of("2", "b", "财务科"),
                                    person_of("3", "c", "财务科"), person_of("4", "d", "办公室"),
                                    person_of("5", "e", "办公室")};
    /* Persons of the visits; -1 is nobody. Two on Monday, four on Tuesday. */
    static const int whose[VISITS] = {0, 3, 0, 1, -1, 4};
    static struct participation found;
    struct people table;

    (void)state;
    assert_true(people_put_all(directory, people, PEOPLE, reason));
    struct ledger *ledger = opened("a");
    for (int i = 0; i < VISITS; i++) {
        int64_t utc_ms = monday + (i < 2 ? 0 : day_ms);
        struct kiosk_event identified = tick(i + 1, utc_ms);
        struct kiosk_event bag =
            bag_of(i + 1, utc_ms, i == 2 ? OUTCOME_WRONG_BIN : OUTCOME_CONSISTENT, 100 << i);
        identified.kind = EVENT_IDENTIFIED;
        identified.body.identified.visit = i + 1;
        if (whose[i] >= 0) {
            strcpy(identified.body.identified.person, people[whose[i]].id);
            append(ledger, &identified);
        }
        append(ledger, &bag);
    }
    ledger_close(ledger);
    assert_true(people_erase(directory, "5", reason));
    table = read_people();
    assert_int_equal(ledger_open_reader(&ledger, directory, error), LEDGER_OK);

    const day_range_t always = {0};
    assert_int_equal(ledger_participation(ledger, &table, &always, &found, error), LEDGER_OK);
    assert_int_equal(found.count, 2);
    const struct department_figures *office = &found.departments[0];
    const struct department_figures *finance = &found.departments[1];
    assert_string_equal(office->department, "办公室");
    assert_int_equal(office->people, 1); /* one was erased */
    assert_int_equal(office->took_part, 1);
    assert_int_equal(office->grams, 200);
    assert_int_equal(finance->people, 3);
    assert_int_equal(finance->took_part, 2);
    assert_int_equal(finance->deposits, 3);
    assert_int_equal(finance->consistent, 2);
    assert_int_equal(finance->grams, 100 + 400 + 800);
    assert_int_equal(found.unknown.deposits, 2);
    assert_int_equal(found.unknown.grams, 1600 + 3200);

    int64_t tuesday = local_day(monday + day_ms);
    const day_range_t later = {.has_from = true, .has_to = true, .from = tuesday, .to = tuesday};
    assert_int_equal(ledger_participation(ledger, &table, &later, &found, error), LEDGER_OK);
    assert_int_equal(found.departments[0].took_part, 0);
    assert_int_equal(found.departments[1].took_part, 2);
    assert_int_equal(found.departments[1].deposits, 2);
    assert_int_equal(found.unknown.deposits, 2);
    ledger_close(ledger);
    people_free(&table);
}

/* Killed at any moment of an erasure, the person is there as before or gone for good; an erasure
 * said to be done is, and the next one takes away whatever was left lying. */
static void a_kill_leaves_the_person_or_no_trace(void **state)
{
    enum { ROUNDS = 40 };
    uint64_t seed = random_event_seed();
    int kept = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct person wang = person_of("card-13101234567", "王小明明", "第十三财务科");
        put(&wang);
        pid_t child = fork();
        if (child == 0) {
            (void)people_erase(directory, wang.card, reason);
            _exit(0);
        }
        usleep(1u << random_below(&seed, 16)); /* 1 us to 33 ms */
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        struct people people = read_people();
        bool is_there = people_by_card(&people, wang.card) != NULL;
        people_free(&people);
        assert_true(is_there || traces(wang.card) == 0);
        kept += is_there;
        assert_true(people_erase(directory, wang.card, reason) || !is_there);
        assert_int_equal(traces(wang.card) + traces(wang.name) + traces(wang.department), 0);
    }
    printf("%d of %d kills came before the erasure\n", kept, ROUNDS);
}

/* What a change that was cut off left lying is no table, and goes with the next change. */
static void an_unfinished_change_is_overwritten(void **state)
{
    struct person li = person_of("5", "李四", "办公室");

    (void)state;
    put(&li);
    FILE *file = fopen(path_of("people.tsv.part"), "w");
    fputs("王小明 in half a line", file);
    fclose(file);
    assert_int_equal(traces("王小明"), 1);
    assert_false(people_erase(directory, "nobody", reason));
    assert_int_equal(traces("王小明"), 0);
    struct people people = read_people();
    assert_int_equal(people.count, 1);
    people_free(&people);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nobody_is_known_at_first),
        CASE(a_card_leads_to_a_person_and_an_id_to_a_department),
        CASE(a_known_card_keeps_its_id),
        CASE(texts_that_would_break_the_table_are_refused),
        CASE(a_damaged_table_is_named_and_not_overwritten),
        CASE(erased_people_leave_no_trace_and_a_ledger_that_says_as_much_as_before),
        CASE(departments_are_counted_by_who_took_part),
        CASE(a_kill_leaves_the_person_or_no_trace),
        CASE(an_unfinished_change_is_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
