/* What was told, and turned out to be something else: openings without a gain at a scale that hung,
 * and gains that nobody brought under a lid that was stuck. Each is told again as a deposit that
 * nobody weighed: its weight, where it showed at all, stands in the books already. */
#include "kiosk/core/decide.h"

#include <string.h>

enum { THAWED_OPENINGS = 2 /* so many in a row that nothing answered are no chance */ };

static void forget_oldest(struct bin_opening *list, int *count)
{
    --*count;
    memmove(&list[0], &list[1], (size_t)*count * sizeof list[0]);
}

static void remember(struct bin_opening *list, int *count, const struct bin_opening *opening)
{
    if (*count == BIN_DOUBTED_MAX) {
        forget_oldest(list, count);
    }
    list[(*count)++] = *opening;
}

void hindsight_unanswered(struct bin *bin)
{
    const struct bin_opening *opening = &bin->opening;
    bool is_cleaners = opening->visit == 0; /* found open at the end of a collection */
    bool rattled = opening->closed_ms - opening->opened_ms < BIN_RATTLE_MS;
    if (!is_cleaners && !rattled && !opening->is_spent) {
        remember(bin->unanswered, &bin->unanswered_count, opening);
    }
}

void bin_made_good(struct bin *bin, const struct bin_opening *corrected)
{
    int kept = 0;
    for (int i = 0; i < bin->unanswered_count; i++) {
        const struct bin_opening *opening = &bin->unanswered[i];
        if (!bin_was_warned(bin, opening) || !bin_same_choice(opening, corrected)) {
            bin->unanswered[kept++] = *opening;
        }
    }
    bin->unanswered_count = kept;
}

void hindsight_thawed(struct bin *bin, int64_t since_ms)
{
    int openings = 0;
    for (int i = 0; i < bin->unanswered_count; i++) {
        openings += bin->unanswered[i].opened_ms >= since_ms;
    }
    /* A quiet scale, a look into the bin, and then somebody who leans on it are the same. */
    if (openings >= THAWED_OPENINGS) {
        bin->hung_ms = since_ms;
    }
}

void hindsight_hidden(struct bin *bin, const struct bin_opening *opening)
{
    remember(bin->hidden, &bin->hidden_count, opening);
}

void hindsight_unhide(struct bin *bin)
{
    bin->hidden_count -= bin->hidden_count > 0;
}

static bool tell(struct bin_opening *list, int *count, struct bin_decision *decision)
{
    *decision =
        (struct bin_decision){.verdict = BIN_UNKNOWN, .opening = list[0], .quality = QUALITY_NONE};
    decision->opening.has_base = false;
    forget_oldest(list, count);
    return true;
}

bool bin_hindsight(struct bin *bin, int64_t present, struct bin_decision *decision)
{
    if (bin->phase != BIN_RESTING) {
        return false;
    }
    if (bin->lid_doubtful && bin->hidden_count > 0) {
        return tell(bin->hidden, &bin->hidden_count, decision);
    }
    int64_t since_ms = bin->frozen.frozen ? bin->frozen.still_ms : bin->hung_ms;
    while (since_ms != BIN_NEVER && bin->unanswered_count > 0) {
        const struct bin_opening *oldest = &bin->unanswered[0];
        if (oldest->opened_ms < since_ms) {
            forget_oldest(bin->unanswered, &bin->unanswered_count);
        } else if (oldest->visit == present && bin_was_warned(bin, oldest)) {
            /* They may throw into the right bin yet. */
            bin->hung_ms = since_ms;
            return false;
        } else {
            return tell(bin->unanswered, &bin->unanswered_count, decision);
        }
    }
    bin->hung_ms = BIN_NEVER;
    return false;
}
