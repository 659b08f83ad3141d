/* A bin being handed over. */
#include <string.h>

#include "tests/golden/samples.h"

void sample_collect_settling(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_COLLECT;
    view->collect_bin = 2;
    view->bins[2].in_service = true;
}

void sample_collect_swap(struct view *view, struct site *site)
{
    sample_collect_settling(view, site);
    view->collect = COLLECT_SWAP;
    view->collect_weighed = true;
    view->collect_before_g = 61300;
}

void sample_collect_done(struct view *view, struct site *site)
{
    sample_collect_swap(view, site);
    view->collect = COLLECT_DONE;
    view->collect_after_g = 12;
    view->collect_less = true;
    view->collect_recorded = true;
    /* As long as the real ones. */
    memset(view->statement, 'e', 376);
    memcpy(view->statement, "biaogan-checkpoint 1 ", 21);
}

void sample_collect_no_less(struct view *view, struct site *site)
{
    sample_collect_done(view, site);
    view->collect_less = false;
    view->collect_after_g = view->collect_before_g;
}

void sample_collect_unrecorded(struct view *view, struct site *site)
{
    sample_collect_done(view, site);
    view->collect_recorded = false;
    view->statement[0] = '\0';
    view->store = STORE_FAILED;
    view->unrecorded = 2;
}

void sample_collect_unweighed(struct view *view, struct site *site)
{
    sample_collect_done(view, site);
    view->collect_weighed = false;
    view->collect_less = false;
}

void sample_collect_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_COLLECT;
    view->collect_bin = 7;
    view->collect = COLLECT_SWAP;
    view->collect_weighed = true;
    view->collect_before_g = 123456;
}
