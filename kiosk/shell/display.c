#include "kiosk/shell/display.h"

#include "kiosk/shell/hand_strip.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WARM_GLYPHS = 24, /* a slice of warming, so that a touch never waits for more */
    SHOTS_MAX = 200,  /* pictures of one run */
    WARM_WEIGHTS = 3
};

struct display {
    struct window window;
    struct glyphs *glyphs;
    struct ui ui;
    struct hand_strip strip;
    bool by_hand;
    struct view view;
    bool drawn; /* `shown` is on the panel */
    struct draw_list lists[2];
    int shown; /* index in lists */
    struct draw_list warm_list;
    int warm_step;
    const char *shots;
    int shot_count;
    uint64_t shot_keys[SHOTS_MAX];
};

/* ---- open and close -------------------------------------------------------------------------- */

static void lay_out(struct display *display)
{
    const struct raster_target *target = window_target(&display->window);
    int strip = display->by_hand ? hand_strip_height(target->width, target->height) : 0;
    display->ui.width = target->width;
    display->ui.height = target->height - strip;
    display->ui.pressed = 0;
    display->drawn = false;
    hand_strip_init(&display->strip, &display->ui, strip);
}

struct display *display_open(const struct display_config *config, char error[DISPLAY_ERROR_MAX])
{
    struct display *display = calloc(1, sizeof *display);
    if (display == NULL) {
        snprintf(error, DISPLAY_ERROR_MAX, "no memory for the display");
        return NULL;
    }
    if (window_open(&display->window, &config->window, error) != 0) {
        free(display);
        return NULL;
    }
    display->glyphs = glyphs_open(error);
    if (display->glyphs == NULL) {
        window_close(&display->window);
        free(display);
        return NULL;
    }
    display->ui.metrics = glyphs_metrics(display->glyphs);
    display->ui.panel_width_mm = config->panel_width_mm;
    display->by_hand = config->by_hand;
    display->shots = config->shots;
    lay_out(display);
    return display;
}

void display_close(struct display *display)
{
    if (display == NULL) {
        return;
    }
    glyphs_close(display->glyphs);
    window_close(&display->window);
    free(display);
}

/* ---- pictures -------------------------------------------------------------------------------- */

/* What makes a screen a new one for the album: not a weight or a second, but another state. */
static uint64_t shot_key(const struct view *view)
{
    const uint64_t prime = UINT64_C(1099511628211);
    uint64_t key = (uint64_t)view->screen;
    const uint64_t parts[] = {
        view->chosen,
        view->step,
        (uint64_t)(view->target_bin + 1),
        view->receipt.outcome,
        view->receipt.recorded,
        view->receipt.asking,
        view->keypad,
        view->collect,
        view->store,
        view->search.group,
        (uint64_t)view->search.total,
        (uint64_t)view->search.page,
        view->inspect.step,
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        key = (key ^ parts[i]) * prime;
    }
    for (int i = 0; i < view->bin_count; i++) {
        key = key * prime + (view->bins[i].scale != SENSOR_OK) + (view->bins[i].level == FILL_FULL);
    }
    return key;
}

static void save_shot(struct display *display, const struct view *view)
{
    static const char *const names[SCREEN_COUNT] = {
        [SCREEN_CHOOSE] = "choose",   [SCREEN_GUIDE] = "guide",     [SCREEN_WRONG] = "wrong",
        [SCREEN_RECEIPT] = "receipt", [SCREEN_KEYPAD] = "keypad",   [SCREEN_FILL] = "fill",
        [SCREEN_COLLECT] = "collect", [SCREEN_DEVICES] = "devices", [SCREEN_SEARCH] = "search",
        [SCREEN_INSPECT] = "inspect",
    };
    uint64_t key = shot_key(view);
    for (int i = 0; i < display->shot_count; i++) {
        if (display->shot_keys[i] == key) {
            return;
        }
    }
    if (display->shot_count == SHOTS_MAX) {
        return;
    }
    display->shot_keys[display->shot_count++] = key;
    char path[SETTINGS_PATH_MAX];
    char error[PNG_ERROR_MAX];
    snprintf(path, sizeof path, "%s/%03d-%s.png", display->shots, display->shot_count,
             names[view->screen]);
    if (png_write(path, window_target(&display->window), error) != 0) {
        log_line(LOG_WARNING, "display", "%s; no more pictures", error);
        display->shots = NULL;
    }
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void announce(const struct view *was, const struct view *is)
{
    bool new_receipt = is->screen == SCREEN_RECEIPT && is->receipt.recorded &&
                       (was->screen != SCREEN_RECEIPT || !was->receipt.recorded ||
                        was->receipt.seq != is->receipt.seq);
    if (new_receipt) {
        /* For those who watch from outside: this row has been called recorded. */
        log_line(LOG_INFO, "display", "shown as recorded: seq %lld", (long long)is->receipt.seq);
    }
}

static int compose(struct display *display, const struct view *view, struct draw_list *next,
                   rect_t dirty[RASTER_DIRTY_MAX])
{
    const struct raster_target *target = window_target(&display->window);
    ui_draw(&display->ui, view, next);
    if (display->by_hand) {
        hand_strip_draw(&display->strip, view, next);
    }
    if (!display->drawn) {
        dirty[0] = (rect_t){0, 0, target->width, target->height};
        return 1;
    }
    return raster_diff(display->glyphs, &display->lists[display->shown], next, target->width,
                       target->height, dirty);
}

void display_show(struct display *display, const struct view *view)
{
    struct draw_list *next = &display->lists[!display->shown];
    rect_t dirty[RASTER_DIRTY_MAX];
    int count = compose(display, view, next, dirty);
    for (int i = 0; i < count; i++) {
        raster_draw(window_target(&display->window), display->glyphs, next, dirty[i]);
    }
    if (count > 0) {
        window_present(&display->window, dirty, count);
    }
    announce(&display->view, view);
    display->view = *view;
    display->shown = !display->shown;
    display->drawn = true;
    if (display->shots != NULL) {
        save_shot(display, view);
    }
}

/* ---- touches --------------------------------------------------------------------------------- */

bool display_pump(struct display *display)
{
    return window_pump(&display->window);
}

int display_pollfds(const struct display *display, struct pollfd *fds, int most)
{
    return window_pollfds(&display->window, fds, most);
}

static struct display_event on_release(struct display *display, int x, int y)
{
    struct display_event event = {.kind = DISPLAY_NOTHING};
    if (hand_strip_release(&display->strip, x, y, &event.hand)) {
        event.kind = DISPLAY_HAND;
        return event;
    }
    event.intent = ui_release(&display->ui, &display->lists[display->shown], x, y);
    if (event.intent.kind != INTENT_NONE) {
        event.kind = DISPLAY_INTENT;
    }
    return event;
}

/* Events can come before there is anything to show. */
static void show_again(struct display *display)
{
    if (display->view.site != NULL) {
        display_show(display, &display->view);
    }
}

int64_t display_deadline(const struct display *display)
{
    return window_deadline(&display->window);
}

struct display_event display_next(struct display *display, int64_t now_ms)
{
    struct display_event event = {.kind = DISPLAY_NOTHING};
    struct window_event happened;
    while (event.kind == DISPLAY_NOTHING &&
           window_next_event(&display->window, now_ms, &happened)) {
        switch (happened.kind) {
        case WINDOW_EVENT_PRESS:
            hand_strip_press(&display->strip, happened.x, happened.y);
            ui_press(&display->ui, &display->lists[display->shown], happened.x, happened.y);
            show_again(display); /* the answer to a finger is one frame away */
            break;
        case WINDOW_EVENT_RELEASE:
            event = on_release(display, happened.x, happened.y);
            show_again(display);
            break;
        case WINDOW_EVENT_KEY:
            event.intent = ui_key(&display->view, (enum ui_key)happened.key);
            event.kind = event.intent.kind != INTENT_NONE ? DISPLAY_INTENT : DISPLAY_NOTHING;
            break;
        case WINDOW_EVENT_CARD:
            event.kind = DISPLAY_CARD;
            memcpy(event.card, happened.card, sizeof event.card);
            break;
        case WINDOW_EVENT_EXPOSE:
            display->drawn = false;
            show_again(display);
            break;
        case WINDOW_EVENT_RESIZE:
            lay_out(display);
            show_again(display);
            break;
        case WINDOW_EVENT_QUIT:
            event.kind = DISPLAY_QUIT;
            break;
        }
    }
    return event;
}

/* ---- warming --------------------------------------------------------------------------------- */

/* Pages of the search: all groups' first ones, and the page with the keys. */
static void imagine_search(struct view *view, int page)
{
    const struct items *items = view->site->items;
    struct view_search *search = &view->search;
    uint16_t found[SEARCH_PAGE_GROUP];
    *search = (struct view_search){.group = ITEM_GROUP_NONE};
    view->item = NULL;
    if (view->screen != SCREEN_SEARCH || page >= ITEM_GROUP_COUNT || items == NULL) {
        return;
    }
    search->group = (enum item_group)page;
    search->total = items_of_group(items, search->group, 0, found, SEARCH_PAGE_GROUP);
    search->page_count = (search->total + SEARCH_PAGE_GROUP - 1) / SEARCH_PAGE_GROUP;
    search->count = search->total < SEARCH_PAGE_GROUP ? search->total : SEARCH_PAGE_GROUP;
    for (int i = 0; i < search->count; i++) {
        search->found[i].index = found[i];
        search->found[i].item = &items->list[found[i]];
    }
}

/* A view of another screen with the same site, so that its characters can be rendered ahead. */
static void imagine(const struct display *display, int step, struct view *view)
{
    static const int32_t weights[WARM_WEIGHTS] = {12340, 56780, 9050};
    *view = display->view;
    view->screen = (enum view_screen)(step / WASTE_CLASS_COUNT % SCREEN_COUNT);
    view->chosen = (enum waste_class)(step % WASTE_CLASS_COUNT);
    const int repeat = step / (WASTE_CLASS_COUNT * SCREEN_COUNT);
    if (view->screen == SCREEN_CHOOSE && step % WASTE_CLASS_COUNT == 1) {
        view->screen = SCREEN_SEARCH; /* the choice looks the same every time */
        imagine_search(view, ITEM_GROUP_COUNT);
    } else {
        imagine_search(view, repeat * WASTE_CLASS_COUNT + step % WASTE_CLASS_COUNT);
    }
    int32_t weight = weights[repeat];
    view->target_bin = step % view->bin_count;
    view->wrong_bin = (step + 1) % view->bin_count;
    view->collect_bin = view->target_bin;
    view->has_live = true;
    view->live_g = weight;
    view->receipt = (struct view_receipt){
        .bin = (uint8_t)view->target_bin,
        .bin_class = view->bins[view->target_bin].class,
        .chosen = view->chosen,
        .declared_after = WASTE_NONE,
        .weight_g = weight,
        .recorded = true,
        .seq = 1234567890 + step,
    };
    view->countdown_s = 10 - step % 10;
}

bool display_warm(struct display *display)
{
    enum { STEPS = SCREEN_COUNT * WASTE_CLASS_COUNT * WARM_WEIGHTS };
    if (display->warm_step >= STEPS || !display->drawn) {
        return false;
    }
    struct view view;
    imagine(display, display->warm_step, &view);
    ui_draw(&display->ui, &view, &display->warm_list);
    if (glyphs_warm(display->glyphs, &display->warm_list, WARM_GLYPHS) < WARM_GLYPHS) {
        display->warm_step++;
    }
    return true;
}
