/* State -> view: the only place that decides which screen is shown. */
#include "kiosk/core/step.h"

#include <string.h>

enum {
    AGE_STEP_MS = 100,     /* ages are shown to a tenth of a second */
    FILL_REFRESH_MS = 500, /* the cleaner's board counts ages */
    MINUTE_MS = 60 * 1000
};

static int seconds_left(int64_t until_ms, int64_t now_ms)
{
    return until_ms > now_ms ? (int)((until_ms - now_ms + 999) / 1000) : 0;
}

static int32_t permille_of(int32_t part, int32_t whole)
{
    if (part <= 0) {
        return 0;
    }
    return part >= whole ? 1000 : (int32_t)((int64_t)part * 1000 / whole);
}

static int32_t permille_of_level(const struct site_bin *bin, int32_t level_mm)
{
    return permille_of(bin->level_empty_mm - level_mm, bin->level_empty_mm - bin->level_full_mm);
}

static enum fill_level level_of(const struct site_timing *timing, const struct view_bin *bin)
{
    if (!bin->has_fill) {
        return FILL_UNKNOWN;
    }
    if (bin->permille >= timing->full_permille) {
        return FILL_FULL;
    }
    return bin->permille >= timing->near_full_permille ? FILL_NEAR_FULL : FILL_ROOM;
}

/* Just after the start nothing was heard yet, which is no fault until it lasts. */
static enum sensor_state patient(const struct kiosk *kiosk, const struct site_channel *channel,
                                 enum sensor_state state)
{
    bool faulty = channel->port >= 0 && kiosk->devices[channel->port].faulty;
    return state == SENSOR_WAITING && faulty ? SENSOR_SILENT : state;
}

/* Bulky waste is full long before it is heavy, wet waste the other way round. */
static void view_fill(const struct site_bin *bin, struct view_bin *view)
{
    int32_t by_weight = view->has_grams ? permille_of(view->grams, bin->capacity_g) : 0;
    int32_t by_level = view->has_level ? permille_of_level(bin, view->level_mm) : 0;
    view->has_fill = view->has_grams || view->has_level;
    view->permille = by_weight > by_level ? by_weight : by_level;
}

static void view_bin(const struct kiosk *kiosk, int index, int64_t now_ms, bool with_age,
                     struct view_bin *view)
{
    const struct bin *bin = &kiosk->bins[index];
    view->number = bin->site->number;
    view->class = bin->site->class;
    view->scale = patient(kiosk, &bin->site->scale, bin_scale_state(bin, now_ms));
    view->lid = patient(kiosk, &bin->site->lid, bin_lid_state(bin, now_ms));
    view->has_grams = view->scale == SENSOR_OK;
    if (view->has_grams) {
        view->grams = bin->grams - bin->site->tare_g;
    }
    view->has_level = bin_level_is_fresh(bin, now_ms);
    if (view->has_level) {
        view->level_mm = bin->level_mm;
    }
    view_fill(bin->site, view);
    view->age_ms = -1;
    if (with_age && bin->value_ms != BIN_NEVER) {
        view->age_ms = (now_ms - bin->value_ms) / AGE_STEP_MS * AGE_STEP_MS;
    }
    view->level = level_of(bin->timing, view);
    view->lid_open = bin->lid_open && view->lid == SENSOR_OK;
    view->in_service = bin->phase == BIN_SERVICE;
}

/* The bin of a class that has most room; the first one where nothing is known. */
static int bin_for_class(const struct view *view, enum waste_class class)
{
    int best = -1;
    for (int i = 0; i < view->bin_count; i++) {
        const struct view_bin *bin = &view->bins[i];
        if (bin->class != class) {
            continue;
        }
        bool better = best < 0 || (bin->has_fill && view->bins[best].has_fill &&
                                   bin->permille < view->bins[best].permille);
        best = better ? i : best;
    }
    return best;
}

static void view_item(const struct kiosk *kiosk, const char *name, struct view *view)
{
    const struct items *items = kiosk->site->items;
    const int index = items == NULL || name[0] == '\0' ? -1 : items_find(items, name);
    view->item = index >= 0 ? &items->list[index] : NULL;
}

static void guide_to_choice(enum waste_class choice, struct view *view)
{
    view->chosen = choice;
    view->target_bin = bin_for_class(view, choice);
    view->step = STEP_OPEN_LID;
    view->has_live = view->target_bin >= 0 && view->bins[view->target_bin].has_grams;
}

/* The lid's slam is felt by the scale: what the last moments agree on, not the newest reading. */
static bool brought_nothing(const struct bin *bin, int64_t now_ms)
{
    settled_t now = bin_estimate(bin, now_ms, BIN_NEVER);
    return !bin->opening.has_base || !now.has_estimate ||
           now.grams - bin->opening.base_g < bin_min_deposit(bin);
}

static void guide_at_bin(const struct kiosk *kiosk, int busy, int64_t now_ms, struct view *view)
{
    const struct bin *bin = &kiosk->bins[busy];
    const struct bin_opening *opening = &bin->opening;
    bool weighs = opening->has_base && view->bins[busy].scale == SENSOR_OK;
    int32_t gain = weighs ? bin->grams - opening->base_g : 0;
    bool wrong = bin_is_wrong_lid(bin, opening);
    if (wrong && !opening->meant_it && bin->phase == BIN_WEIGHING && brought_nothing(bin, now_ms)) {
        /* The wrong lid is closed again and nothing fell: on to the right bin at once. */
        guide_to_choice(opening->chosen, view);
        view_item(kiosk, opening->item, view);
        return;
    }
    view->chosen = opening->meant_it ? bin->site->class : opening->chosen;
    view_item(kiosk, opening->meant_it ? "" : opening->item, view);
    view->target_bin = busy;
    view->step = bin->phase == BIN_OPEN ? STEP_DROP : STEP_WEIGHING;
    view->has_live = weighs;
    view->live_g = gain > 0 ? gain : 0;
}

static void view_receipt(const struct kiosk *kiosk, int64_t now_ms, struct view_receipt *view)
{
    const struct receipt *receipt = &kiosk->receipt;
    view->bin = (uint8_t)receipt->bin;
    view->bin_class = receipt->deposit.bin_class;
    view->chosen = receipt->deposit.chosen;
    view->declared_after = receipt->declared ? receipt->declared_after : WASTE_NONE;
    view->outcome = receipt->deposit.outcome;
    view->quality = receipt->deposit.quality;
    view->weight_g = receipt->deposit.weight_g;
    view->recorded = receipt->recorded;
    view->seq = receipt->seq;
    view->at = civil_from_utc(receipt->at.utc_ms);
    view->asking = view->outcome == OUTCOME_UNDECLARED && !receipt->declared && !receipt->undone;
    view->undone = receipt->undone;
    view->undo_s = seconds_left(undo_until(kiosk), now_ms);
}

static void view_search(const struct kiosk *kiosk, struct view_search *view)
{
    const struct search *search = &kiosk->search;
    const int size = search->group == ITEM_GROUP_NONE ? SEARCH_PAGE_LETTERS : SEARCH_PAGE_GROUP;
    const int left = search->total - search->page * size;
    view->group = search->group;
    copy_text(view->letters, (int)sizeof view->letters, search->letters);
    view->total = search->total;
    view->page = search->page;
    view->page_count = (search->total + size - 1) / size;
    view->count = left < size ? left : size;
    for (int i = 0; i < view->count; i++) {
        view->found[i].index = search->found[i];
        view->found[i].item = &kiosk->site->items->list[search->found[i]];
    }
}

static enum view_screen deposit_screen(const struct kiosk *kiosk, int64_t now_ms, struct view *view)
{
    int wrong = deposits_wrong_bin(kiosk);
    if (wrong >= 0) {
        view->wrong_bin = wrong;
        view->chosen = kiosk->bins[wrong].opening.chosen;
        view->target_bin = bin_for_class(view, view->chosen);
        return SCREEN_WRONG;
    }
    int busy = deposits_busy_bin(kiosk);
    if (busy >= 0 && !kiosk->bins[busy].opening.interrupted) {
        guide_at_bin(kiosk, busy, now_ms, view);
        return SCREEN_GUIDE;
    }
    if (kiosk->receipt.shown) {
        view_receipt(kiosk, now_ms, &view->receipt);
        return SCREEN_RECEIPT;
    }
    if (kiosk->search.shown) {
        view_search(kiosk, &view->search);
        return SCREEN_SEARCH;
    }
    const struct visit *visit = &kiosk->visits.current;
    if (visit->id != 0 && visit->choice != WASTE_NONE && !kiosk->choosing) {
        guide_to_choice(visit->choice, view);
        view_item(kiosk, visit->item, view);
        return SCREEN_GUIDE;
    }
    return SCREEN_CHOOSE;
}

static void view_keypad(const struct access *access, int64_t now_ms, struct view *view)
{
    view->keypad_digits = access->digit_count;
    if (access_locked(access, now_ms)) {
        view->keypad = KEYPAD_LOCKED;
        view->keypad_wait_s = seconds_left(access->locked_until_ms, now_ms);
    } else if (access->checking) {
        view->keypad = KEYPAD_CHECKING;
    } else {
        view->keypad = access->wrong ? KEYPAD_WRONG : KEYPAD_ENTRY;
    }
}

static void view_collection(const struct kiosk *kiosk, struct view *view)
{
    const struct collection *collection = &kiosk->collection;
    view->collect_bin = collection->bin;
    view->collect = collection->step;
    view->collect_weighed = collection->before.has_estimate &&
                            (collection->step != COLLECT_DONE || collection->after.has_estimate);
    view->collect_before_g = collection->before.grams;
    view->collect_after_g = collection->after.grams;
    if (collection->step == COLLECT_DONE) {
        const struct bin *bin = &kiosk->bins[collection->bin];
        view->collect_less =
            view->collect_weighed &&
            collection->before.grams - collection->after.grams >= bin_min_deposit(bin);
        view->collect_recorded = collection->recorded;
        if (collection->recorded) {
            copy_text(view->statement, sizeof view->statement, kiosk->statement);
        }
    }
}

static int64_t utc_at(const struct kiosk *kiosk, int64_t now_ms)
{
    bool is_set = kiosk->clock.quality != CLOCK_UNSET;
    return is_set ? kiosk->clock.utc_ms + (now_ms - kiosk->clock.t_ms) : 0;
}

static void view_inspection(const struct kiosk *kiosk, int64_t now_ms, struct view_inspect *view)
{
    const struct inspection *inspection = &kiosk->inspection;
    const struct figures week = figures_of_week(&kiosk->journal.figures, utc_at(kiosk, now_ms));
    view->step = inspection->step;
    view->bin = inspection->bin;
    view->checked = inspection->checked;
    view->wrong = inspection->wrong;
    view->things = inspection->things;
    view->recorded = inspection->recorded;
    view->week_inspections = week.inspections;
    view->week = figures_accuracy(&week, kiosk->site->timing.sample_least);
}

static void view_sensors(const struct kiosk *kiosk, int port, int64_t now_ms,
                         struct view_device *view)
{
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin *bin = &kiosk->bins[i];
        bool weighs = bin->site->scale.port == port;
        if (!weighs && bin->site->lid.port != port && bin->site->level.port != port) {
            continue;
        }
        if (view->bins++ == 0) {
            view->first_bin = bin->site->number;
        }
        enum sensor_state scale = bin_scale_state(bin, now_ms);
        if (weighs && !view->weighs) {
            view->weighs = true;
            view->has_grams = scale == SENSOR_OK;
            view->grams = view->has_grams ? bin->grams : 0;
            view->has_noise = bin->learn.knows_noise;
            view->division_g = bin->learn.terms.division_g;
            view->noise_mg = bin->learn.terms.noise_mg;
            view->settle_ms = bin->learn.terms.short_ms;
        }
        if (weighs && (view->scale == SENSOR_OK || view->scale == SENSOR_WAITING)) {
            view->scale = scale;
        }
    }
}

static void view_lids(const struct kiosk *kiosk, int port, struct view_device *view)
{
    for (int channel = HW_CHANNELS_MAX; channel >= 1; channel--) {
        const struct lid_channel *lid = &kiosk->lids[port][channel];
        bool is_last = view->lids[channel] == '\0';
        if (lid->heard || !is_last) {
            view->lids[channel - 1] = !lid->heard ? '-' : lid->open ? 'O' : 'C';
        }
    }
}

static void view_wiring(const struct kiosk *kiosk, int64_t now_ms, struct view_wiring *view)
{
    const struct wiring *wiring = &kiosk->wiring;
    view->result = wiring->result;
    view->bin = wiring->bin;
    view->other_bin = -1;
    view->wait_s = seconds_left(wiring->until_ms, now_ms);
    if (wiring->result != WIRING_RIGHT && wiring->result != WIRING_OTHER) {
        return;
    }
    view->port = kiosk->site->ports[wiring->moved_port];
    view->channel = wiring->moved_channel;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct site_channel *lid = &kiosk->site->bins[i].lid;
        if (lid->port == wiring->moved_port && lid->channel == wiring->moved_channel) {
            view->other_bin = i;
        }
    }
}

static void view_order(const struct kiosk *kiosk, int64_t now_ms, struct view_order *view)
{
    const struct site *site = kiosk->site;
    const struct scale_order *order = &kiosk->order;
    for (int i = 0; i < site->bin_count; i++) {
        view->is_offered = view->is_offered || site_scale_can(site, &site->bins[i], false) ||
                           site_scale_can(site, &site->bins[i], true);
    }
    view->step = order->step;
    if (order->step == ORDER_OFF || order->step == ORDER_PICK) {
        return;
    }
    const struct bin *bin = &kiosk->bins[order->bin];
    const bool is_over = order->step == ORDER_DONE || order->step == ORDER_SAME;
    view->is_tare = order->is_tare;
    view->bin = order->bin;
    view->zeroes = site_scale_can(site, bin->site, false);
    view->tares = site_scale_can(site, bin->site, true);
    view->has_grams = is_over || bin_scale_state(bin, now_ms) == SENSOR_OK;
    view->grams = is_over ? order->after_g : bin->grams;
}

static void view_devices(const struct kiosk *kiosk, int64_t now_ms, struct view *view)
{
    view->device_count = kiosk->site->port_count;
    for (int i = 0; i < view->device_count; i++) {
        const port_status_t *status = &kiosk->devices[i].status;
        struct view_device *device = &view->devices[i];
        device->name = kiosk->site->ports[i];
        device->protocol = kiosk->site->protocols[i];
        device->state = (enum port_state)status->state;
        device->fault = (enum port_fault)status->fault;
        device->frames = status->frames;
        for (int reason = 0; reason < HW_REJECT_REASONS; reason++) {
            device->rejects += status->rejects[reason];
        }
        device->disconnects_in_hour = status->disconnects_in_hour;
        device->age_ms =
            status->frames == 0 ? -1 : (now_ms - status->last_frame_ms) / AGE_STEP_MS * AGE_STEP_MS;
        view_sensors(kiosk, i, now_ms, device);
        view_lids(kiosk, i, device);
    }
    view_wiring(kiosk, now_ms, &view->wiring);
    view_order(kiosk, now_ms, &view->order);
    copy_text(view->fingerprint, sizeof view->fingerprint, kiosk->fingerprint);
}

static enum view_screen current_screen(const struct kiosk *kiosk, int64_t now_ms, struct view *view)
{
    switch (kiosk->service) {
    case SERVICE_KEYPAD:
        view_keypad(&kiosk->access, now_ms, view);
        return SCREEN_KEYPAD;
    case SERVICE_FILL:
        return SCREEN_FILL;
    case SERVICE_COLLECT:
        view_collection(kiosk, view);
        return SCREEN_COLLECT;
    case SERVICE_DEVICES:
        view_devices(kiosk, now_ms, view);
        return SCREEN_DEVICES;
    case SERVICE_INSPECT:
        view_inspection(kiosk, now_ms, &view->inspect);
        return SCREEN_INSPECT;
    case SERVICE_NONE:
        break;
    }
    return deposit_screen(kiosk, now_ms, view);
}

static void view_figures(const struct kiosk *kiosk, int64_t utc_ms, struct view_figures *view)
{
    const struct figures today = figures_of_day(&kiosk->journal.figures, utc_ms);
    const struct figures week = figures_of_week(&kiosk->journal.figures, utc_ms);
    const struct figure_sum all = figures_deposits(&today, FIGURES_ALL, FIGURES_ALL);
    const ratio_t consistency = figures_consistency(&week);
    *view = (struct view_figures){
        .today_deposits = all.count,
        .today_grams = all.grams,
        .week_deposits = consistency.whole,
        .week_consistent = consistency.part,
    };
}

static int64_t countdown_end(const struct kiosk *kiosk)
{
    if (kiosk->receipt.shown) {
        return kiosk->receipt.hide_ms;
    }
    const struct visit *visit = &kiosk->visits.current;
    /* While something is being weighed nothing counts down. */
    return visit->id != 0 && visit->openings == 0
               ? visits_deadline(&kiosk->visits, kiosk->site->timing.visit_idle_ms)
               : INT64_MIN;
}

void kiosk_view(const struct kiosk *kiosk, int64_t now_ms, struct view *view)
{
    /* Padding too, so that two views can be compared as bytes. */
    memset(view, 0, sizeof *view);
    view->site = kiosk->site;
    view->chosen = WASTE_NONE;
    view->target_bin = -1;
    view->wrong_bin = -1;
    view->collect_bin = -1;
    int64_t utc_ms = utc_at(kiosk, now_ms);
    view->has_clock = kiosk->clock.quality != CLOCK_UNSET;
    view->now = civil_from_utc(utc_ms);
    view->now.second = 0; /* the clock shows minutes; a second hand would redraw all day */
    view->bin_count = kiosk->site->bin_count;
    for (int i = 0; i < view->bin_count; i++) {
        view_bin(kiosk, i, now_ms, kiosk->service != SERVICE_NONE, &view->bins[i]);
    }
    view_figures(kiosk, utc_ms, &view->figures);
    view->visit_deposits = kiosk->visits.current.deposits;
    view->visit_grams = kiosk->visits.current.grams;
    view->unknown_card = kiosk->visits.current.unknown_card;
    view->countdown_s = seconds_left(countdown_end(kiosk), now_ms);
    view->store = kiosk->store;
    view->store_low = kiosk->storage.low;
    view->unrecorded = kiosk->store == STORE_OK ? 0 : storage_waiting(kiosk) + kiosk->unkept;
    view->screen = current_screen(kiosk, now_ms, view);
}

static int64_t next_second(int64_t end_ms, int64_t now_ms)
{
    int left = seconds_left(end_ms, now_ms);
    return left > 0 ? end_ms - (int64_t)(left - 1) * 1000 : INT64_MAX;
}

static int64_t next_stale(const struct kiosk *kiosk, int64_t now_ms)
{
    int64_t due = INT64_MAX;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin *bin = &kiosk->bins[i];
        const struct site_timing *timing = &kiosk->site->timing;
        const struct {
            int64_t t_ms;
            int32_t limit_ms;
        } ages[] = {{bin->value_ms, timing->reading_age_ms},
                    {bin->lid_ms, timing->reading_age_ms},
                    {bin->level_ms, timing->level_age_ms}};
        for (size_t k = 0; k < sizeof ages / sizeof ages[0]; k++) {
            int64_t stale =
                ages[k].t_ms == BIN_NEVER ? INT64_MAX : ages[k].t_ms + ages[k].limit_ms + 1;
            if (stale > now_ms && stale < due) {
                due = stale;
            }
        }
    }
    return due;
}

int64_t kiosk_view_deadline(const struct kiosk *kiosk, int64_t now_ms)
{
    int64_t due = now_ms + MINUTE_MS - (utc_at(kiosk, now_ms) % MINUTE_MS + MINUTE_MS) % MINUTE_MS;
    int64_t candidates[] = {
        next_second(countdown_end(kiosk), now_ms),
        next_second(undo_until(kiosk), now_ms),
        next_second(kiosk->access.locked_until_ms, now_ms),
        next_stale(kiosk, now_ms),
        kiosk->service == SERVICE_FILL || kiosk->service == SERVICE_DEVICES
            ? now_ms + FILL_REFRESH_MS
            : INT64_MAX,
    };
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        due = candidates[i] < due ? candidates[i] : due;
    }
    return due;
}
