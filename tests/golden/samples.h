/* Made-up views: every screen, its faults, and the longest texts a site may configure.
 *
 * The same ones are looked at by people (golden pictures) and by tests (layout).
 */
#ifndef TESTS_GOLDEN_SAMPLES_H
#define TESTS_GOLDEN_SAMPLES_H

#include "kiosk/core/view.h"

struct golden_sample {
    const char *name; /* of the picture's file */
    /* Fills both; the view borrows the site. */
    void (*make)(struct view *view, struct site *site);
    bool longest; /* texts longer than their places: may be set below the usual sizes */
};

extern const struct golden_sample golden_samples[];
extern const int golden_sample_count;

/* Shared by the files of samples: a usual site with usual weights, and one with the longest names.
 */
void sample_base(struct view *view, struct site *site);
void sample_longest(struct view *view, struct site *site);

/* A small dictionary, that of every sample's site. */
extern const struct items sample_items;
void sample_search(struct view *view, struct site *site);
void sample_search_letters(struct view *view, struct site *site);
void sample_search_few(struct view *view, struct site *site);
void sample_search_none(struct view *view, struct site *site);
void sample_search_group(struct view *view, struct site *site);
void sample_search_longest(struct view *view, struct site *site);
void sample_search_group_longest(struct view *view, struct site *site);
void sample_guide_item(struct view *view, struct site *site);
void sample_guide_item_local(struct view *view, struct site *site);
void sample_guide_item_longest(struct view *view, struct site *site);

void sample_collect_settling(struct view *view, struct site *site);
void sample_collect_swap(struct view *view, struct site *site);
void sample_collect_done(struct view *view, struct site *site);
void sample_collect_no_less(struct view *view, struct site *site);
void sample_collect_unrecorded(struct view *view, struct site *site);
void sample_collect_unweighed(struct view *view, struct site *site);
void sample_collect_longest(struct view *view, struct site *site);

void sample_devices(struct view *view, struct site *site);
void sample_devices_faults(struct view *view, struct site *site);
void sample_devices_frozen(struct view *view, struct site *site);
void sample_devices_wiring(struct view *view, struct site *site);
void sample_devices_order(struct view *view, struct site *site);
void sample_devices_longest(struct view *view, struct site *site);

void sample_inspect(struct view *view, struct site *site);
void sample_inspect_checked(struct view *view, struct site *site);
void sample_inspect_wrong(struct view *view, struct site *site);
void sample_inspect_confirm(struct view *view, struct site *site);
void sample_inspect_done(struct view *view, struct site *site);
void sample_inspect_few(struct view *view, struct site *site);
void sample_inspect_longest(struct view *view, struct site *site);
void sample_inspect_confirm_longest(struct view *view, struct site *site);
void sample_inspect_done_longest(struct view *view, struct site *site);

#endif
