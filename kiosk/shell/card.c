#include "kiosk/shell/card.h"

#include "kiosk/shell/log.h"
#include "kiosk/store/people.h"

#include <string.h>

void card_find(const char *directory, const char *card, char person[SUBJECT_MAX])
{
    char error[PEOPLE_ERROR_MAX];
    struct people people;

    person[0] = '\0';
    if (!people_read(&people, directory, error)) {
        log_line(LOG_ERROR, "people", "%s", error);
        return;
    }
    const struct person *owner = people_by_card(&people, card);
    if (owner) {
        memcpy(person, owner->id, SUBJECT_MAX);
    }
    people_free(&people);
}
