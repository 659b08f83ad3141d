/* What was recorded in this run, for the summary of a headless one. Counted from acknowledged rows
 * only. Main thread; part of struct app.
 */
#ifndef KIOSK_SHELL_TALLY_H
#define KIOSK_SHELL_TALLY_H

#include "kiosk/core/kiosk.h"

struct tally {
    int64_t events[EVENT_KIND_COUNT];
    int64_t outcomes[OUTCOME_COUNT];
    int64_t class_deposits[WASTE_CLASS_COUNT], class_grams[WASTE_CLASS_COUNT];
    int64_t collected_g;
};

/* The event of `token` is about to be acknowledged to the core, which still holds it. */
void tally_add(struct tally *tally, const struct kiosk *kiosk, uint32_t token);

/* One screenful on standard output. */
void tally_print(const struct tally *tally, const struct kiosk *kiosk, const char *directory);

#endif
