/* The words of the core: classes, outcomes, qualities, and the units they are counted in.
 *
 * Weights are integer grams, times integer milliseconds, ratios a numerator and a denominator.
 * Every enum that is stored or shown has a text id, from the same list.
 */
#ifndef KIOSK_CORE_TYPES_H
#define KIOSK_CORE_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/* The four classes of 浙江省生活垃圾管理条例, in the order of the bins. X(NAME, "text id") */
#define WASTE_CLASSES(X)                                                                           \
    X(WASTE_RECYCLABLE, "recyclable")                                                              \
    X(WASTE_HAZARDOUS, "hazardous")                                                                \
    X(WASTE_KITCHEN, "kitchen")                                                                    \
    X(WASTE_RESIDUAL, "residual")

/* How a deposit is judged (design, part 3). */
#define OUTCOMES(X)                                                                                \
    X(OUTCOME_CONSISTENT, "consistent")                                                            \
    X(OUTCOME_CORRECTED, "corrected")                                                              \
    X(OUTCOME_WRONG_BIN, "wrong_bin")                                                              \
    X(OUTCOME_UNDECLARED, "undeclared")                                                            \
    X(OUTCOME_UNWEIGHED, "unweighed")                                                              \
    X(OUTCOME_INTERRUPTED, "interrupted")

/* How good a deposit's weight is. UNSETTLED: best estimate, with the spread kept beside it. */
#define QUALITIES(X)                                                                               \
    X(QUALITY_SETTLED, "settled")                                                                  \
    X(QUALITY_UNSETTLED, "unsettled")                                                              \
    X(QUALITY_NONE, "none")

/* How far the wall clock can be believed. */
#define CLOCK_QUALITIES(X)                                                                         \
    X(CLOCK_UNSET, "unset")                                                                        \
    X(CLOCK_RTC, "rtc")                                                                            \
    X(CLOCK_NTP, "ntp")

/* Why the weight of a bin changed although no lid opening explains it. Rows from before causes were
 * kept have none. */
#define ADJUST_CAUSES(X)                                                                           \
    X(ADJUST_UNSAID, "")                                                                           \
    X(ADJUST_GAIN, "gain")       /* weight came that nobody brought through a lid */               \
    X(ADJUST_REMOVAL, "removal") /* weight went, and no collection was open */                     \
    X(ADJUST_LEANING, "leaning") /* weight came, or was lifted, and went again: no change */       \
    X(ADJUST_DRIFT, "drift")     /* the resting weight crept so far */                             \
    X(ADJUST_ZEROED, "zeroed")   /* zero or tare pressed at the indicator */                       \
    X(ADJUST_SWAPPED, "swapped") /* a bin was put back after one had been taken away */

/* Who may enter the service screens, by PIN. */
#define ROLES(X)                                                                                   \
    X(ROLE_CLEANER, "cleaner")       /* 保洁员: fill board, collections */                      \
    X(ROLE_TECHNICIAN, "technician") /* 运维: devices, wiring */                                 \
    X(ROLE_INSPECTOR, "inspector")   /* 督导员: inspections */

/* What an inspector may tick of what was wrong. Their bits are in the ledger: add at the end. */
#define WRONG_THINGS(X)                                                                            \
    X(THING_BAG, "bag")               /* a plastic bag that belongs elsewhere */                   \
    X(THING_FOOD, "food")             /* leftovers, peels */                                       \
    X(THING_RECYCLABLE, "recyclable") /* paper, bottles, cans */                                   \
    X(THING_TISSUE, "tissue")         /* tissues, takeaway boxes */                                \
    X(THING_HAZARDOUS, "hazardous")   /* batteries, medicines, lamps */                            \
    X(THING_OTHER, "other")

#define X(name, text) name,
enum role { ROLES(X) ROLE_COUNT };
enum adjust_cause { ADJUST_CAUSES(X) ADJUST_CAUSE_COUNT };
enum waste_class { WASTE_CLASSES(X) WASTE_CLASS_COUNT, WASTE_NONE = WASTE_CLASS_COUNT };
enum outcome { OUTCOMES(X) OUTCOME_COUNT };
enum weight_quality { QUALITIES(X) QUALITY_COUNT };
enum clock_quality { CLOCK_QUALITIES(X) CLOCK_QUALITY_COUNT };
enum wrong_thing { WRONG_THINGS(X) WRONG_THING_COUNT };
#undef X

/* The text id; "" for WASTE_NONE and for a value outside the enum. */
const char *waste_class_text(enum waste_class class);
const char *outcome_text(enum outcome outcome);
const char *weight_quality_text(enum weight_quality quality);
const char *clock_quality_text(enum clock_quality quality);
const char *role_text(enum role role);
const char *adjust_cause_text(enum adjust_cause cause); /* "" for ADJUST_UNSAID, too */
const char *wrong_thing_text(enum wrong_thing thing);

/* The value of a text id; the enum's _COUNT (WASTE_NONE for a class) where there is none. */
enum waste_class waste_class_find(const char *text);
enum outcome outcome_find(const char *text);
enum weight_quality weight_quality_find(const char *text);
enum clock_quality clock_quality_find(const char *text);
enum adjust_cause adjust_cause_find(const char *text);

/* A moment: monotonic ms of this boot, and what the wall clock said. */
typedef struct moment_t {
    int64_t t_ms;   /* monotonic, this boot */
    int64_t utc_ms; /* since 1970-01-01 UTC; 0 while quality is CLOCK_UNSET */
    enum clock_quality quality;
} moment_t;

/* Local civil time. China has kept UTC+8 without daylight saving since 1992. */
typedef struct civil_t {
    int year, month, day; /* 1..12, 1..31 */
    int hour, minute, second;
    int weekday; /* 0 = Sunday */
} civil_t;

enum { LOCAL_OFFSET_MS = 8 * 3600 * 1000 };

/* Days since 1970-01-01 in local time; weeks begin on Monday. */
int64_t local_day(int64_t utc_ms);
int64_t local_monday(int64_t day); /* the first day of its week */
civil_t civil_from_utc(int64_t utc_ms);
civil_t civil_from_day(int64_t day); /* its midnight */
/* UTC ms of local midnight of a civil date (proleptic Gregorian; no range check on the day). */
int64_t utc_from_local_date(int year, int month, int day);

#endif
