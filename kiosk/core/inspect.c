/* Inspections: what a person found in the bags, which no scale can see. */
#include "kiosk/core/inspect.h"

#include "kiosk/core/step.h"

static bool holds_bin(const struct inspection *inspection)
{
    return inspection->step != INSPECT_BIN && inspection->step != INSPECT_DONE;
}

static void release_bin(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct bin *bin = &kiosk->bins[kiosk->inspection.bin];
    if (holds_bin(&kiosk->inspection) && bin->phase == BIN_SERVICE) {
        /* Against the old base, so that a bag that was kept shows as an adjustment. */
        settled_t base = {.has_estimate = bin->has_base, .grams = bin->base_g};
        bin_service_end(bin, kiosk->now_ms, &base);
    }
}

void inspect_begin(struct step *step)
{
    step->kiosk->inspection = (struct inspection){.step = INSPECT_BIN};
}

void inspect_leave(struct step *step)
{
    release_bin(step);
    step->kiosk->inspection = (struct inspection){.step = INSPECT_BIN};
}

static void choose_bin(struct step *step, int number)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        if (kiosk->site->bins[i].number == number) {
            /* The inspector may have opened the lid before coming here. */
            deposits_abandon(step, i);
            bin_service_begin(&kiosk->bins[i]);
            kiosk->inspection = (struct inspection){
                .step = INSPECT_CHECKED, .bin = i, .checked = INSPECT_CHECKED_USUAL};
            return;
        }
    }
}

/* A number that makes sense where it is entered. */
static bool may_be(const struct inspection *inspection, int count)
{
    if (inspection->step == INSPECT_CHECKED) {
        return count >= 1 && count <= INSPECT_CHECKED_MAX;
    }
    return inspection->step == INSPECT_WRONG && count >= 0 && count <= inspection->checked;
}

static void enter_count(struct inspection *inspection, int count, enum inspect_step next)
{
    if (!may_be(inspection, count)) {
        return;
    }
    if (inspection->step == INSPECT_CHECKED) {
        inspection->checked = count;
        inspection->wrong = inspection->wrong < count ? inspection->wrong : count;
    } else {
        inspection->wrong = count;
        inspection->things = count > 0 ? inspection->things : 0;
    }
    inspection->step = next;
}

static void tick_thing(struct inspection *inspection, int thing)
{
    if (inspection->step == INSPECT_CONFIRM && inspection->wrong > 0 && thing >= 0 &&
        thing < WRONG_THING_COUNT) {
        inspection->things ^= 1 << thing;
    }
}

static void finish(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct inspection *inspection = &kiosk->inspection;
    const struct site_bin *bin = &kiosk->site->bins[inspection->bin];
    struct kiosk_event event = {
        .kind = EVENT_INSPECTION,
        .body.inspection =
            {
                .bin = bin->number,
                .bin_class = bin->class,
                .checked = inspection->checked,
                .wrong = inspection->wrong,
                .things = inspection->things,
            },
    };
    copy_text(event.body.inspection.who, EVENT_TEXT_MAX, role_text(ROLE_INSPECTOR));
    inspection->token = step_record(step, &event);
    release_bin(step);
    inspection->step = INSPECT_DONE;
    step_sound(step, SOUND_RECEIPT);
}

/* With the number as it stands. */
static void go_on(struct step *step)
{
    struct inspection *inspection = &step->kiosk->inspection;
    if (inspection->step == INSPECT_CHECKED) {
        inspection->step = INSPECT_WRONG;
    } else if (inspection->step == INSPECT_WRONG) {
        inspection->step = INSPECT_CONFIRM;
    } else if (inspection->step == INSPECT_CONFIRM) {
        finish(step);
    }
}

void inspect_stored(struct step *step, uint32_t token)
{
    struct inspection *inspection = &step->kiosk->inspection;
    if (inspection->token == token) {
        inspection->token = 0;
        inspection->recorded = true;
    }
}

static void go_back(struct step *step)
{
    struct inspection *inspection = &step->kiosk->inspection;
    switch (inspection->step) {
    case INSPECT_BIN:
        service_leave(step);
        break;
    case INSPECT_CHECKED:
    case INSPECT_DONE:
        inspect_leave(step);
        break;
    case INSPECT_WRONG:
        inspection->step = INSPECT_CHECKED;
        break;
    case INSPECT_CONFIRM:
        inspection->step = INSPECT_WRONG;
        break;
    }
}

void inspect_intent(struct step *step, const intent_t *intent)
{
    struct inspection *inspection = &step->kiosk->inspection;
    switch (intent->kind) {
    case INTENT_INSPECT:
        if (!holds_bin(inspection)) {
            choose_bin(step, intent->argument);
        }
        break;
    case INTENT_COUNT:
        enter_count(inspection, intent->argument, inspection->step);
        break;
    case INTENT_CHECKED:
        if (inspection->step == INSPECT_CHECKED) {
            enter_count(inspection, intent->argument, INSPECT_WRONG);
        }
        break;
    case INTENT_WRONG:
        if (inspection->step == INSPECT_WRONG) {
            enter_count(inspection, intent->argument, INSPECT_CONFIRM);
        }
        break;
    case INTENT_THING:
        tick_thing(inspection, intent->argument);
        break;
    case INTENT_INSPECT_NEXT:
        go_on(step);
        break;
    case INTENT_CANCEL:
        go_back(step);
        break;
    case INTENT_LEAVE:
        service_leave(step);
        break;
    default:
        break;
    }
}
