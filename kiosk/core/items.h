/* What goes where: the things people bring, each with its class, its other names and a tip.
 *
 * A dictionary is a table made at build time (assets/items) or merged at start with the site's own
 * file; whoever made it keeps it as long as the program runs, everyone else borrows it const. All
 * functions are pure and take no memory: any thread.
 *
 * Names are searched by the letters of their pinyin: "bqb" or "baoqi" both lead to a name whose
 * initials begin so. Latin letters stand for themselves, digits and signs are left out.
 */
#ifndef KIOSK_CORE_ITEMS_H
#define KIOSK_CORE_ITEMS_H

#include <stddef.h>

#include "kiosk/core/types.h"

/* Every capacity of the dictionary. Bytes include the NUL; an ideograph takes three. */
enum {
    ITEMS_MAX = 3000,      /* entries, the program's and the site's together */
    ITEM_WORDS_MAX = 12,   /* of one entry: its name and its other names */
    ITEM_NAME_MAX = 40,    /* 13 ideographs */
    ITEM_TIP_MAX = 64,     /* 21 ideographs: two lines of the screen */
    ITEM_SOURCE_MAX = 16,  /* id of a row of assets/items/sources.csv */
    ITEM_PINYIN_MAX = 96,  /* letters of one name */
    ITEM_LETTERS_MAX = 12, /* letters of a search */
    ITEM_PAGE_MAX = 12     /* entries on one page of a screen */
};

/* The tiles of the search, in their order. X(NAME, "text id") */
#define ITEM_GROUPS(X)                                                                             \
    X(ITEM_MEALS, "meals")                                                                         \
    X(ITEM_PRODUCE, "produce")                                                                     \
    X(ITEM_SNACKS, "snacks")                                                                       \
    X(ITEM_PAPER, "paper")                                                                         \
    X(ITEM_PLASTIC, "plastic")                                                                     \
    X(ITEM_METAL_GLASS, "metal_glass")                                                             \
    X(ITEM_TEXTILE, "textile")                                                                     \
    X(ITEM_ELECTRIC, "electric")                                                                   \
    X(ITEM_OFFICE, "office")                                                                       \
    X(ITEM_MEDICINE, "medicine")                                                                   \
    X(ITEM_PLANTS, "plants")                                                                       \
    X(ITEM_DAILY, "daily")

enum item_group {
#define X(name, text) name,
    ITEM_GROUPS(X)
#undef X
        ITEM_GROUP_COUNT,
    ITEM_GROUP_NONE = ITEM_GROUP_COUNT
};
const char *item_group_text(enum item_group group);
enum item_group item_group_find(const char *text); /* ITEM_GROUP_NONE where there is none */

/* One name and its letters, all lower case. */
struct item_word {
    const char *text;
    const char *initials;
    const char *pinyin; /* "" where only the initials are known */
};

struct item {
    const struct item_word *words; /* the first is the name; at least one */
    uint8_t word_count;
    uint8_t class;      /* enum waste_class, never WASTE_NONE */
    uint8_t group;      /* enum item_group */
    bool local;         /* rules differ from place to place: this is what the site has agreed on */
    const char *tip;    /* what to do with it before it is thrown away; may be "" */
    const char *source; /* why it belongs there */
};

/* Ordered by the letters of the names, as lists show them. */
struct items {
    const struct item *list;
    int count;
};

/* Index of the entry of this name or other name; -1 where there is none. */
int items_find(const struct items *items, const char *text);

/* Entries whose letters match, the best first, from number `first` on: writes at most `most`
 * indices to `found` and returns how many match in all. Equal letters come first, then names that
 * begin with them, then whole pinyin that begins with them, then names that hold them; among those
 * names before other names, then shorter before longer, then the order of the list. No letters
 * match nothing. items->count is at most ITEMS_MAX, `letters` are lower case. */
int items_search(const struct items *items, const char *letters, int first, uint16_t *found,
                 int most);

/* The same for the entries of a group, in the order of the list. */
int items_of_group(const struct items *items, enum item_group group, int first, uint16_t *found,
                   int most);

#endif
