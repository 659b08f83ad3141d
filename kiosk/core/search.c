/* Looking a thing up: by group or by the letters of its name, to its class.
 *
 * Nobody's visit begins by it: who only reads has brought nothing yet. A lid that opens, a class
 * that is chosen and SEARCH_IDLE_MS without a touch end it.
 */
#include "kiosk/core/step.h"

enum { SEARCH_IDLE_MS = 30000 };

static void begin(struct search *search)
{
    *search = (struct search){.shown = true, .group = ITEM_GROUP_NONE};
}

void search_open(struct step *step)
{
    if (step->kiosk->site->items != NULL) {
        begin(&step->kiosk->search);
    }
}

/* What the page shows, of the group or of the letters. */
static void find(const struct items *items, struct search *search)
{
    if (search->group != ITEM_GROUP_NONE) {
        search->total = items_of_group(items, search->group, search->page * SEARCH_PAGE_GROUP,
                                       search->found, SEARCH_PAGE_GROUP);
    } else {
        search->total = items_search(items, search->letters, search->page * SEARCH_PAGE_LETTERS,
                                     search->found, SEARCH_PAGE_LETTERS);
    }
}

static void turn_to(const struct items *items, struct search *search, int page)
{
    const int size = search->group == ITEM_GROUP_NONE ? SEARCH_PAGE_LETTERS : SEARCH_PAGE_GROUP;
    if (page >= 0 && page < (search->total + size - 1) / size) {
        search->page = page;
        find(items, search);
    }
}

/* One letter more, or the last one less where `letter` is '\0'. */
static void type(const struct items *items, struct search *search, char letter)
{
    int length = 0;
    while (search->letters[length] != '\0') {
        length++;
    }
    if (letter != '\0' ? length == ITEM_LETTERS_MAX : length == 0) {
        return;
    }
    if (letter != '\0') {
        search->letters[length++] = letter;
    } else {
        length--;
    }
    search->letters[length] = '\0';
    search->group = ITEM_GROUP_NONE;
    search->page = 0;
    find(items, search);
}

static void choose(struct step *step, int index)
{
    const struct items *items = step->kiosk->site->items;
    if (index >= 0 && index < items->count) {
        step->kiosk->search.shown = false;
        deposits_choose_item(step, &items->list[index]);
    }
}

/* One level up, and from the first page back to the classes. */
static void go_back(struct search *search)
{
    const bool is_first = search->group == ITEM_GROUP_NONE && search->letters[0] == '\0';
    begin(search);
    search->shown = !is_first;
}

void search_intent(struct step *step, const intent_t *intent)
{
    struct kiosk *kiosk = step->kiosk;
    struct search *search = &kiosk->search;
    const struct items *items = kiosk->site->items;
    if (!search->shown) {
        return; /* no dictionary */
    }
    search->touched_ms = kiosk->now_ms;
    switch (intent->kind) {
    case INTENT_GROUP:
        if (intent->argument >= 0 && intent->argument < ITEM_GROUP_COUNT) {
            begin(search);
            search->group = (enum item_group)intent->argument;
            search->touched_ms = kiosk->now_ms;
            find(items, search);
        }
        break;
    case INTENT_LETTER:
        if (intent->argument >= 0 && intent->argument < 'z' - 'a' + 1) {
            type(items, search, (char)('a' + intent->argument));
        }
        break;
    case INTENT_ERASE:
        type(items, search, '\0');
        break;
    case INTENT_PAGE:
        turn_to(items, search, intent->argument);
        break;
    case INTENT_ITEM:
        choose(step, intent->argument);
        break;
    case INTENT_CANCEL:
        go_back(search);
        search->touched_ms = kiosk->now_ms;
        break;
    default:
        break;
    }
}

void search_name(struct step *step, const char *name)
{
    struct kiosk *kiosk = step->kiosk;
    const int index = kiosk->site->items == NULL ? -1 : items_find(kiosk->site->items, name);
    if (index >= 0 && kiosk->service == SERVICE_NONE) {
        choose(step, index);
    }
}

void search_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    const bool is_over = kiosk->now_ms >= search_deadline(kiosk);
    if (is_over || kiosk->service != SERVICE_NONE || deposits_busy_bin(kiosk) >= 0) {
        kiosk->search.shown = false;
    }
}

int64_t search_deadline(const struct kiosk *kiosk)
{
    return kiosk->search.shown ? kiosk->search.touched_ms + SEARCH_IDLE_MS : INT64_MAX;
}
