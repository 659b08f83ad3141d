#include "kiosk/core/items.h"

#include <assert.h>
#include <string.h>

static const char *const group_texts[ITEM_GROUP_COUNT] = {
#define X(name, text) [name] = text,
    ITEM_GROUPS(X)
#undef X
};

const char *item_group_text(enum item_group group)
{
    return (unsigned)group < ITEM_GROUP_COUNT ? group_texts[group] : "";
}

enum item_group item_group_find(const char *text)
{
    for (int i = 0; i < ITEM_GROUP_COUNT; i++) {
        if (strcmp(group_texts[i], text) == 0) {
            return (enum item_group)i;
        }
    }
    return ITEM_GROUP_NONE;
}

int items_find(const struct items *items, const char *text)
{
    for (int i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];
        for (int k = 0; k < item->word_count; k++) {
            if (strcmp(item->words[k].text, text) == 0) {
                return i;
            }
        }
    }
    return -1;
}

/* ---- searching ------------------------------------------------------------------------------- */

enum match { MATCH_EQUAL, MATCH_BEGINS, MATCH_PINYIN, MATCH_HOLDS, MATCH_COUNT };

/* A rank is one number, so that sorting is counting: kind of match, then name or other name, then
 * length. */
enum {
    LENGTHS = 24, /* longer names are as good as the longest of these */
    RANKS = MATCH_COUNT * 2 * LENGTHS,
    RANK_NONE = RANKS
};

static enum match match_word(const struct item_word *word, const char *letters, size_t length)
{
    if (strncmp(word->initials, letters, length) == 0) {
        return word->initials[length] == '\0' ? MATCH_EQUAL : MATCH_BEGINS;
    }
    if (strncmp(word->pinyin, letters, length) == 0) {
        return MATCH_PINYIN;
    }
    return strstr(word->initials, letters) != NULL ? MATCH_HOLDS : MATCH_COUNT;
}

static int rank_item(const struct item *item, const char *letters, size_t length)
{
    int best = RANK_NONE;
    for (int k = 0; k < item->word_count; k++) {
        const enum match match = match_word(&item->words[k], letters, length);
        const size_t long_as = strlen(item->words[k].initials);
        const int size = long_as < LENGTHS ? (int)long_as : LENGTHS - 1;
        const int rank = ((int)match * 2 + (k > 0)) * LENGTHS + size;
        if (match != MATCH_COUNT && rank < best) {
            best = rank;
        }
    }
    return best;
}

int items_search(const struct items *items, const char *letters, int first, uint16_t *found,
                 int most)
{
    uint8_t ranks[ITEMS_MAX];
    int starts[RANKS + 1] = {0};
    const size_t length = strlen(letters);

    _Static_assert(RANK_NONE <= UINT8_MAX, "a rank fits its byte");
    assert(items->count <= ITEMS_MAX);
    if (length == 0) {
        return 0;
    }
    for (int i = 0; i < items->count; i++) {
        const int rank = rank_item(&items->list[i], letters, length);
        ranks[i] = (uint8_t)rank;
        if (rank != RANK_NONE) {
            starts[rank + 1]++;
        }
    }
    for (int rank = 0; rank < RANKS; rank++) {
        starts[rank + 1] += starts[rank];
    }
    const int total = starts[RANKS];
    for (int i = 0; i < items->count; i++) {
        if (ranks[i] != RANK_NONE) {
            const int place = starts[ranks[i]]++ - first;
            if (place >= 0 && place < most) {
                found[place] = (uint16_t)i;
            }
        }
    }
    return total;
}

int items_of_group(const struct items *items, enum item_group group, int first, uint16_t *found,
                   int most)
{
    int total = 0;
    for (int i = 0; i < items->count; i++) {
        if (items->list[i].group != group) {
            continue;
        }
        if (total >= first && total - first < most) {
            found[total - first] = (uint16_t)i;
        }
        total++;
    }
    return total;
}
