/* Visits: one person at the kiosk, from first touch or lid to the last effect.
 *
 * At most one visit is current. It ends 10 s (configured) after its last event, and at once when
 * the person says so; openings that are then still being weighed keep their visit until they are
 * decided, so that its record counts them. Pure; part of struct kiosk.
 */
#ifndef KIOSK_CORE_VISIT_H
#define KIOSK_CORE_VISIT_H

#include "kiosk/core/events.h"

/* A lid that stays open keeps its visit alive no longer than this. */
enum { VISIT_OPEN_LIMIT_MS = 60000 };

/* A bin holds one undecided opening or movement, and one that another fell on. */
enum { VISITS_ENDED_MAX = 2 * SITE_BINS_MAX };

struct visit {
    int64_t id; /* 0 = free */
    int64_t started_ms, last_ms;
    enum waste_class choice;
    char item[ITEM_NAME_MAX]; /* the thing that the choice was made for, or "" */
    bool choice_unused;       /* no lid of that class has opened since it was made */
    int64_t choice_ms;        /* when it was made */
    int64_t near_miss_ms;     /* when the wrong lid closed */
    bool near_miss;   /* a wrong lid was opened and closed without a gain since the choice */
    int32_t openings; /* undecided */
    int32_t held;     /* movements under lids that tell nothing, undecided */
    char person[SUBJECT_MAX]; /* whose card was held; "" where nobody is known */
    bool unknown_card;        /* the last card is nobody's */
    int32_t deposits, grams, near_misses;
};

struct visits {
    struct visit current;
    struct visit ended[VISITS_ENDED_MAX]; /* ended, but with something undecided */
    int64_t next_id;
};

/* The current visit, begun now where there is none; its last event is now. */
struct visit *visits_touch(struct visits *visits, int64_t now_ms);

/* The visit of an opening, NULL where it is gone (a restart). */
struct visit *visits_find(struct visits *visits, int64_t id);

/* Ends the current visit (or sets it aside while openings are undecided). True: `finished` is a
 * visit to record. */
bool visits_end(struct visits *visits, struct visit *finished);

/* A movement may be this visit's: it is not recorded before visits_release(), but ends when it
 * ends. False where the visit is gone. */
bool visits_hold(struct visits *visits, int64_t id);
bool visits_release(struct visits *visits, int64_t id, struct visit *finished); /* as decided */

/* An opening of `visit` is decided. True: it was the last of a visit already ended; record it. */
bool visits_decided(struct visits *visits, int64_t id, struct visit *finished);

/* When the current visit ends by itself; INT64_MAX where there is none. */
int64_t visits_deadline(const struct visits *visits, int32_t idle_ms);

#endif
