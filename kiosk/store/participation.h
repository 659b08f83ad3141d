/* Participation by department: the only figure of people that leaves the site, and it names none.
 *
 * For handles of ledger_open_reader() and a copy of the table of people. Departments are those of
 * today: a person who moved takes the deposits of the period along, one who was erased is in no
 * department, and the deposits are counted as those of nobody known.
 */
#ifndef KIOSK_STORE_PARTICIPATION_H
#define KIOSK_STORE_PARTICIPATION_H

#include "kiosk/store/people.h"
#include "kiosk/store/query.h"

enum { DEPARTMENTS_MAX = 256 };

struct department_figures {
    char department[PERSON_TEXT_MAX]; /* "" in the table: without one */
    int64_t people;                   /* in the table today */
    int64_t took_part;                /* of them with a deposit in the period */
    int64_t deposits, consistent;     /* consistent and corrected, as in 操作一致率 */
    int64_t grams;                    /* of the weighed ones */
};

struct participation {
    int count;
    struct department_figures departments[DEPARTMENTS_MAX]; /* in order of their names */
    struct department_figures unknown; /* deposits without a person, and of people erased */
    bool is_cut;                       /* more departments than fit: the rest is in `unknown` */
};

enum ledger_result ledger_participation(struct ledger *ledger, const struct people *people,
                                        const day_range_t *range,
                                        struct participation *participation,
                                        char error[LEDGER_ERROR_MAX]);

#endif
