/* The inspector's pages. */
#include "tests/golden/samples.h"

static void week(struct view *view, int64_t checked, int64_t wrong)
{
    const struct figures figures = {.inspections = 4, .checked = checked, .wrong = wrong};
    view->inspect.week_inspections = figures.inspections;
    view->inspect.week = figures_accuracy(&figures, view->site->timing.sample_least);
}

static void base(struct view *view, struct site *site, enum inspect_step step)
{
    sample_base(view, site);
    site->timing.sample_least = FIGURES_SAMPLE_LEAST;
    view->screen = SCREEN_INSPECT;
    view->inspect = (struct view_inspect){.step = step, .bin = 2, .checked = 10, .wrong = 2};
    week(view, 120, 5);
}

void sample_inspect(struct view *view, struct site *site)
{
    base(view, site, INSPECT_BIN);
}

void sample_inspect_checked(struct view *view, struct site *site)
{
    base(view, site, INSPECT_CHECKED);
}

void sample_inspect_wrong(struct view *view, struct site *site)
{
    base(view, site, INSPECT_WRONG);
    view->inspect.checked = 3;
}

void sample_inspect_confirm(struct view *view, struct site *site)
{
    base(view, site, INSPECT_CONFIRM);
    view->inspect.things = 1 << THING_BAG | 1 << THING_HAZARDOUS;
}

void sample_inspect_done(struct view *view, struct site *site)
{
    base(view, site, INSPECT_DONE);
    view->inspect.recorded = true;
}

void sample_inspect_few(struct view *view, struct site *site)
{
    base(view, site, INSPECT_DONE);
    view->inspect.recorded = true;
    view->inspect.wrong = 0;
    week(view, 12, 1);
}

static void longest(struct view *view, struct site *site, enum inspect_step step)
{
    sample_longest(view, site);
    site->timing.sample_least = 1000000;
    view->screen = SCREEN_INSPECT;
    view->inspect =
        (struct view_inspect){.step = step, .bin = 6, .checked = 999, .wrong = 999, .things = 0x3F};
    week(view, 999999, 99999);
}

void sample_inspect_longest(struct view *view, struct site *site)
{
    longest(view, site, INSPECT_BIN);
}

void sample_inspect_confirm_longest(struct view *view, struct site *site)
{
    longest(view, site, INSPECT_CONFIRM);
}

void sample_inspect_done_longest(struct view *view, struct site *site)
{
    longest(view, site, INSPECT_DONE);
    view->store = STORE_OK;
    site->timing.sample_least = 30;
    week(view, 8999999, 99999);
}
