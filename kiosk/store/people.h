/* Who belongs to which card: the one place that knows names.
 *
 * The ledger has random subject ids only. Card, name and department stand in DIR/people.tsv, mode
 * 0600, beside it; a person who is erased there is nobody in the ledger, whose chain does not
 * change. Every change writes the whole file anew under another name, syncs it and lets it take
 * the old one's place: after a power cut it is the old file or the new one, and what was taken out
 * stands in no journal and no unused page.
 *
 * Any thread; changes are kept apart by a lock file. A struct people is a copy that its reader
 * owns.
 */
#ifndef KIOSK_STORE_PEOPLE_H
#define KIOSK_STORE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kiosk/core/events.h"

enum { PEOPLE_MAX = 20000, PERSON_TEXT_MAX = 64, PEOPLE_ERROR_MAX = 240 };

struct person {
    char id[SUBJECT_MAX];
    char card[PERSON_TEXT_MAX];
    char department[PERSON_TEXT_MAX]; /* may be "" */
    char name[PERSON_TEXT_MAX];       /* may be "" */
};

struct people {
    size_t count;
    struct person *list; /* in order of id */
};

/* Reads the file; without one there is nobody. False: `error` says why and what to do. */
bool people_read(struct people *people, const char *directory, char error[PEOPLE_ERROR_MAX]);
void people_free(struct people *people);

/* NULL where there is none. Borrowed. */
const struct person *people_by_card(const struct people *people, const char *card);
const struct person *people_by_id(const struct people *people, const char *id);

/* A new person, or, where the card is known, another name and department for its owner. Fills
 * person->id. Control characters are refused. */
bool people_put(const char *directory, struct person *person, char error[PEOPLE_ERROR_MAX]);

/* All of them in one change. */
bool people_put_all(const char *directory, struct person *list, size_t count,
                    char error[PEOPLE_ERROR_MAX]);

/* Erases whoever has this card or this id. False with error "" where there is none. */
bool people_erase(const char *directory, const char *card_or_id, char error[PEOPLE_ERROR_MAX]);

#endif
