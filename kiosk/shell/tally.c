#include "kiosk/shell/tally.h"

#include <inttypes.h>
#include <stdio.h>

static void add_deposit(struct tally *tally, const struct event_deposit *deposit)
{
    tally->outcomes[deposit->outcome]++;
    tally->class_deposits[deposit->bin_class]++;
    if (deposit->quality != QUALITY_NONE) {
        tally->class_grams[deposit->bin_class] += deposit->weight_g;
    }
}

void tally_add(struct tally *tally, const struct kiosk *kiosk, uint32_t token)
{
    for (int i = 0; i < KIOSK_PENDING_MAX; i++) {
        const struct pending_event *pending = &kiosk->pending[i];
        if (pending->token != token) {
            continue;
        }
        tally->events[pending->event.kind]++;
        if (pending->event.kind == EVENT_DEPOSIT) {
            add_deposit(tally, &pending->event.body.deposit);
        } else if (pending->event.kind == EVENT_COLLECTION) {
            tally->collected_g += pending->event.body.collection.removed_g;
        }
    }
}

static void print_kilograms(int64_t grams)
{
    int64_t size = grams < 0 ? -grams : grams;
    printf("%s%" PRId64 ".%03d kg\n", grams < 0 ? "-" : "", size / 1000, (int)(size % 1000));
}

void tally_print(const struct tally *tally, const struct kiosk *kiosk, const char *directory)
{
    printf("ledger       %s\n", directory);
    printf("visits       %" PRId64 "\n", tally->events[EVENT_VISIT]);
    printf("deposits     %" PRId64 "\n", tally->events[EVENT_DEPOSIT]);
    for (enum outcome outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        printf("  %-11s %" PRId64 "\n", outcome_text(outcome), tally->outcomes[outcome]);
    }
    for (enum waste_class class = 0; class < WASTE_CLASS_COUNT; class ++) {
        printf("  %-11s %" PRId64 " deposits, ", waste_class_text(class),
               tally->class_deposits[class]);
        print_kilograms(tally->class_grams[class]);
    }
    printf("no gain      %" PRId64 " openings\n", tally->events[EVENT_CLOSING]);
    printf("collections  %" PRId64 ", ", tally->events[EVENT_COLLECTION]);
    print_kilograms(tally->collected_g);
    printf("outages      %" PRId64 "\n", tally->events[EVENT_DEVICE_LOST]);
    printf("unrecorded   %d\n", kiosk_pending_count(kiosk) + kiosk->unkept);
}
