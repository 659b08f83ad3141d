#include "kiosk/store/participation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/store/ledger_internal.h"

static int by_name(const void *left, const void *right)
{
    const struct department_figures *a = left, *b = right;
    return strcmp(a->department, b->department);
}

static struct department_figures *find(struct participation *participation, const char *department)
{
    for (int i = 0; i < participation->count; i++) {
        if (strcmp(participation->departments[i].department, department) == 0) {
            return &participation->departments[i];
        }
    }
    return NULL;
}

static void count_people(struct participation *participation, const struct people *people)
{
    for (size_t i = 0; i < people->count; i++) {
        const char *name = people->list[i].department;
        struct department_figures *department = find(participation, name);
        if (!department && participation->count < DEPARTMENTS_MAX) {
            department = &participation->departments[participation->count++];
            memcpy(department->department, name, sizeof department->department);
        }
        if (department) {
            department->people++;
        } else {
            participation->is_cut = true;
        }
    }
    qsort(participation->departments, (size_t)participation->count,
          sizeof *participation->departments, by_name);
}

static void add_row(struct participation *participation, const struct people *people,
                    sqlite3_stmt *row)
{
    const struct person *person = people_by_id(people, ledger_column_text(row, 0));
    struct department_figures *department = person ? find(participation, person->department) : NULL;

    if (department) {
        department->took_part++;
    } else {
        department = &participation->unknown;
    }
    department->deposits += sqlite3_column_int64(row, 1);
    department->consistent += sqlite3_column_int64(row, 2);
    department->grams += sqlite3_column_int64(row, 3);
}

enum ledger_result ledger_participation(struct ledger *ledger, const struct people *people,
                                        const day_range_t *range,
                                        struct participation *participation,
                                        char error[LEDGER_ERROR_MAX])
{
    /* A row of an earlier day can stand behind the first one of a later day only where the clock
     * was put back: `days` says where a range may begin. */
    static const char query[] =
        "SELECT person, count(*), sum(outcome IN ('consistent', 'corrected')),"
        " coalesce(sum(weight_g), 0) FROM deposits"
        " WHERE seq >= ?3"
        " AND (?1 IS NULL OR day >= ?1) AND (?2 IS NULL OR day <= ?2 AND day >= 0)"
        " GROUP BY person";
    sqlite3_stmt *rows = NULL;
    int code = SQLITE_OK;
    const int64_t first = range->has_from ? ledger_first_row_of(ledger, range->from, &code) : 0;

    memset(participation, 0, sizeof *participation);
    count_people(participation, people);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(ledger->db.handle, query, -1, &rows, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(rows, 3, first);
    }
    if (code == SQLITE_OK && range->has_from) {
        code = sqlite3_bind_int64(rows, 1, range->from);
    }
    if (code == SQLITE_OK && range->has_to) {
        code = sqlite3_bind_int64(rows, 2, range->to);
    }
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(rows);
        if (code == SQLITE_ROW) {
            add_row(participation, people, rows);
        }
    }
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? LEDGER_OK
                               : ledger_fail(ledger, "count who took part", code, error);
}
