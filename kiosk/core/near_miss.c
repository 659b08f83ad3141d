/* Near misses: a wrong lid that was opened, warned of, and closed again for nothing. One belongs to
 * the choice it was made for, and to the openings made for that. */
#include "kiosk/core/step.h"

#include <stddef.h>

/* The choice that they were opened for still stands. */
static bool is_standing(const struct visit *visit, const struct bin_opening *opening)
{
    return visit->choice == opening->chosen && visit->choice_ms == opening->choice_ms;
}

/* A wrong lid that was closed in time, and whose scale is still busy: it seems to hold nothing. */
static bool is_being_corrected(const struct kiosk *kiosk, const struct bin_opening *opening)
{
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin *bin = &kiosk->bins[i];
        const struct bin_opening *other = &bin->opening;
        if (bin->phase != BIN_WEIGHING || other->decided || !bin_same_choice(other, opening) ||
            !bin_is_wrong_lid(bin, other) || other->is_spent || !other->has_base ||
            other->first_closed_ms > opening->gain_ms) {
            continue;
        }
        settled_t now = bin_estimate(bin, kiosk->now_ms, other->first_closed_ms);
        if (now.has_estimate && now.grams - other->base_g < bin_min_deposit(bin)) {
            return true;
        }
    }
    return false;
}

/* Two people with the same choice, at two bins of its class: the bag that fell first makes good for
 * the wrong lid, whichever is decided first. */
static bool another_fell_first(const struct kiosk *kiosk, const struct bin_opening *opening)
{
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin *bin = &kiosk->bins[i];
        const struct bin_opening *other = &bin->opening;
        if (bin_is_busy(bin) && bin->gained && bin_same_choice(other, opening) &&
            !bin_is_wrong_lid(bin, other) && other->near_miss &&
            other->near_miss_ms <= other->gain_ms && other->gain_ms < opening->gain_ms) {
            return true;
        }
    }
    return false;
}

bool near_miss_happened(const struct kiosk *kiosk, const struct visit *visit,
                        const struct bin_opening *opening)
{
    if (another_fell_first(kiosk, opening)) {
        return false;
    }
    bool before = opening->near_miss && opening->near_miss_ms <= opening->gain_ms;
    bool since = visit != NULL && is_standing(visit, opening) && visit->near_miss &&
                 visit->near_miss_ms <= opening->gain_ms;
    return before || since || is_being_corrected(kiosk, opening);
}

void near_miss_tell(struct kiosk *kiosk, struct visit *visit, const struct bin_opening *wrong)
{
    if (is_standing(visit, wrong) && !visit->near_miss) {
        visit->near_miss = true;
        visit->near_miss_ms = wrong->first_closed_ms;
    }
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        struct bin_opening *opening = &kiosk->bins[i].opening;
        if (bin_is_busy(&kiosk->bins[i]) && bin_same_choice(opening, wrong) &&
            !opening->near_miss) {
            opening->near_miss = true;
            opening->near_miss_ms = wrong->first_closed_ms;
        }
    }
}

void near_miss_spend(struct kiosk *kiosk, struct visit *visit, const struct bin_opening *corrected)
{
    if (is_standing(visit, corrected)) {
        visit->near_miss = false;
    }
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        struct bin *bin = &kiosk->bins[i];
        struct bin_opening *opening = &bin->opening;
        if (bin_same_choice(opening, corrected)) {
            opening->near_miss = false;
            opening->is_spent =
                bin->phase == BIN_WEIGHING && opening->first_closed_ms <= corrected->gain_ms;
        }
        if (bin_same_choice(&bin->late, corrected)) {
            bin->late.near_miss = false;
        }
        bin_made_good(bin, corrected);
    }
}
