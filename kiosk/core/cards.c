/* Cards: whose visit it is. The number goes to the shell, which knows the table of people, and
 * nowhere else; what comes back and what is recorded is a random id. */
#include "kiosk/core/step.h"

#include <string.h>

void cards_read(struct step *step, const char *card)
{
    struct kiosk *kiosk = step->kiosk;
    if (kiosk->service != SERVICE_NONE || *card == '\0') {
        return;
    }
    visits_touch(&kiosk->visits, kiosk->now_ms);
    copy_text(step_effect(step, EFFECT_FIND_CARD)->u.card, HW_CARD_MAX, card);
}

/* One visit is one person's: another card is another visit. */
void cards_found(struct step *step, const char *person)
{
    struct kiosk *kiosk = step->kiosk;
    const struct visit *before = &kiosk->visits.current;
    if (before->id != 0 && *before->person && strcmp(before->person, person) != 0) {
        deposits_end_visit(step);
    }
    struct visit *visit = visits_touch(&kiosk->visits, kiosk->now_ms);
    visit->unknown_card = *person == '\0';
    step_sound(step, SOUND_TAP);
    if (*person == '\0' || strcmp(visit->person, person) == 0) {
        return;
    }
    copy_text(visit->person, sizeof visit->person, person);
    struct kiosk_event event = {.kind = EVENT_IDENTIFIED};
    event.body.identified.visit = visit->id;
    copy_text(event.body.identified.person, SUBJECT_MAX, person);
    step_record(step, &event);
}
