/* Random events for the tests of the ledger, and a directory to keep one in. The seed is printed;
 * BIAOGAN_SEED repeats a run. */
#ifndef TESTS_UNIT_RANDOM_EVENT_H
#define TESTS_UNIT_RANDOM_EVENT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/core/events.h"

static inline uint64_t random_event_seed(void)
{
    const char *given = getenv("BIAOGAN_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20261123;

    printf("seed %llu\n", (unsigned long long)seed);
    return seed;
}

/* SplitMix64 */
static inline uint64_t random_next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    return (uint32_t)(random_next(seed) % limit);
}

static inline int32_t random_grams(uint64_t *seed)
{
    return (int32_t)random_below(seed, 200000) - 50000;
}

static inline void random_text(uint64_t *seed, char *text, size_t capacity)
{
    static const char *const pieces[] = {"a", "7", "\"", "\\", "\n", "易", "=", "🗑", " "};
    size_t count = random_below(seed, 6);

    text[0] = '\0';
    while (count-- > 0) {
        const char *piece = pieces[random_below(seed, sizeof pieces / sizeof *pieces)];
        if (strlen(text) + strlen(piece) < capacity) {
            strcat(text, piece);
        }
    }
}

static inline enum waste_class random_class(uint64_t *seed)
{
    return (enum waste_class)random_below(seed, WASTE_CLASS_COUNT + 1);
}

/* A kind that anybody may append: what the chain is held together by, the store writes itself. */
static inline enum event_kind random_kind(uint64_t *seed)
{
    enum event_kind kind;

    do {
        kind = (enum event_kind)random_below(seed, EVENT_KIND_COUNT);
    } while (kind == EVENT_CHECKPOINT || kind == EVENT_KEY);
    return kind;
}

/* Every field of the body is random within its meaning; unknown values are 0. */
static inline struct kiosk_event random_event(uint64_t *seed, enum event_kind kind)
{
    struct kiosk_event event;

    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.at.t_ms = (int64_t)(random_next(seed) >> 24);
    event.at.quality = (enum clock_quality)random_below(seed, CLOCK_QUALITY_COUNT);
    if (event.at.quality != CLOCK_UNSET) {
        event.at.utc_ms = 1790000000000 + (int64_t)random_below(seed, 2000000000);
    }
    int64_t visit = (int64_t)random_next(seed);
    int32_t bin = (int32_t)random_below(seed, 8) + 1;
    switch (kind) {
    case EVENT_START:
        random_text(seed, event.body.start.version, sizeof event.body.start.version);
        random_text(seed, event.body.start.site, sizeof event.body.start.site);
        break;
    case EVENT_STOP:
        random_text(seed, event.body.stop.reason, sizeof event.body.stop.reason);
        break;
    case EVENT_CLOCK:
        event.body.clock.step_ms = (int64_t)random_next(seed);
        break;
    case EVENT_OPENING:
        event.body.opening.visit = visit;
        event.body.opening.bin = bin;
        event.body.opening.chosen = random_class(seed);
        event.body.opening.near_miss = random_below(seed, 2) != 0;
        event.body.opening.has_base = random_below(seed, 2) != 0;
        if (event.body.opening.has_base) {
            event.body.opening.base_g = random_grams(seed);
        }
        break;
    case EVENT_CLOSING:
        event.body.closing.visit = visit;
        event.body.closing.bin = bin;
        event.body.closing.wrong_lid = random_below(seed, 2) != 0;
        event.body.closing.change_g = random_grams(seed);
        break;
    case EVENT_DEPOSIT:
        event.body.deposit.visit = visit;
        event.body.deposit.bin = bin;
        event.body.deposit.bin_class = random_class(seed);
        event.body.deposit.chosen = random_class(seed);
        event.body.deposit.outcome = (enum outcome)random_below(seed, OUTCOME_COUNT);
        event.body.deposit.quality = (enum weight_quality)random_below(seed, QUALITY_COUNT);
        if (event.body.deposit.quality != QUALITY_NONE) {
            event.body.deposit.weight_g = random_grams(seed);
            event.body.deposit.final_g = random_grams(seed);
            event.body.deposit.spread_g = random_grams(seed);
        }
        event.body.deposit.has_base = random_below(seed, 2) != 0;
        if (event.body.deposit.has_base) {
            event.body.deposit.base_g = random_grams(seed);
        }
        event.body.deposit.opened_ms = event.at.t_ms - 9000;
        event.body.deposit.closed_ms = event.at.t_ms - 2000;
        random_text(seed, event.body.deposit.scale, sizeof event.body.deposit.scale);
        if (random_below(seed, 2) != 0) {
            random_text(seed, event.body.deposit.item, sizeof event.body.deposit.item);
        }
        break;
    case EVENT_DECLARED:
        event.body.declared.visit = visit;
        event.body.declared.deposit_seq = random_below(seed, 100);
        event.body.declared.declared_after = random_class(seed);
        break;
    case EVENT_VISIT:
        event.body.visit.visit = visit;
        event.body.visit.started_ms = event.at.t_ms - 30000;
        event.body.visit.deposits = (int32_t)random_below(seed, 9);
        event.body.visit.grams = random_grams(seed);
        event.body.visit.near_misses = (int32_t)random_below(seed, 3);
        break;
    case EVENT_COLLECTION:
        event.body.collection.bin = bin;
        event.body.collection.bin_class = random_class(seed);
        event.body.collection.quality = (enum weight_quality)random_below(seed, QUALITY_COUNT);
        if (event.body.collection.quality != QUALITY_NONE) {
            event.body.collection.before_g = random_grams(seed);
            event.body.collection.after_g = random_grams(seed);
            event.body.collection.removed_g = random_grams(seed);
        }
        event.body.collection.started_ms = event.at.t_ms - 60000;
        random_text(seed, event.body.collection.who, sizeof event.body.collection.who);
        break;
    case EVENT_ADJUSTMENT:
        event.body.adjustment.bin = bin;
        event.body.adjustment.change_g = random_grams(seed);
        event.body.adjustment.base_g = random_grams(seed);
        event.body.adjustment.final_g = random_grams(seed);
        event.body.adjustment.cause = (enum adjust_cause)random_below(seed, ADJUST_CAUSE_COUNT);
        event.body.adjustment.peak_g = random_below(seed, 2) != 0 ? random_grams(seed) : 0;
        break;
    case EVENT_DEVICE_LOST:
    case EVENT_DEVICE_BACK:
        random_text(seed, event.body.device.device, sizeof event.body.device.device);
        random_text(seed, event.body.device.fault, sizeof event.body.device.fault);
        event.body.device.since_ms = event.at.t_ms - 1000;
        break;
    case EVENT_LOGIN:
        random_text(seed, event.body.login.who, sizeof event.body.login.who);
        event.body.login.accepted = random_below(seed, 2) != 0;
        break;
    case EVENT_CALIBRATION:
        random_text(seed, event.body.calibration.scale, sizeof event.body.calibration.scale);
        event.body.calibration.reference_g = random_grams(seed);
        event.body.calibration.before_g = random_grams(seed);
        event.body.calibration.has_after = random_below(seed, 2) != 0;
        if (event.body.calibration.has_after) {
            event.body.calibration.after_g = random_grams(seed);
        }
        random_text(seed, event.body.calibration.who, sizeof event.body.calibration.who);
        break;
    case EVENT_OVERLOAD:
        event.body.overload.bin = bin;
        event.body.overload.began = random_below(seed, 2) != 0;
        event.body.overload.since_ms = event.at.t_ms - 1000;
        break;
    case EVENT_FROZEN:
        event.body.frozen.bin = bin;
        event.body.frozen.began = random_below(seed, 2) != 0;
        event.body.frozen.grams = random_grams(seed);
        event.body.frozen.since_ms = event.at.t_ms - 1000;
        break;
    case EVENT_CHECKPOINT:
        event.body.checkpoint.covers = random_below(seed, 1000);
        random_text(seed, event.body.checkpoint.hash, EVENT_HASH_MAX);
        random_text(seed, event.body.checkpoint.site, sizeof event.body.checkpoint.site);
        random_text(seed, event.body.checkpoint.key, EVENT_HASH_MAX);
        random_text(seed, event.body.checkpoint.signature, EVENT_SIGNATURE_MAX);
        break;
    case EVENT_KEY:
        random_text(seed, event.body.key.key, EVENT_HASH_MAX);
        random_text(seed, event.body.key.previous, EVENT_HASH_MAX);
        random_text(seed, event.body.key.reason, EVENT_TEXT_MAX);
        break;
    case EVENT_SETTINGS:
        random_text(seed, event.body.settings.name, EVENT_TEXT_MAX);
        event.body.settings.has_old = random_below(seed, 2) != 0;
        if (event.body.settings.has_old) {
            random_text(seed, event.body.settings.old_value, EVENT_LINE_MAX);
        }
        event.body.settings.has_new = random_below(seed, 2) != 0;
        if (event.body.settings.has_new) {
            random_text(seed, event.body.settings.new_value, EVENT_LINE_MAX);
        }
        random_text(seed, event.body.settings.digest, EVENT_HASH_MAX);
        break;
    case EVENT_EXPORT:
        random_text(seed, event.body.export.what, EVENT_TEXT_MAX);
        random_text(seed, event.body.export.from, EVENT_TEXT_MAX);
        random_text(seed, event.body.export.who, EVENT_TEXT_MAX);
        event.body.export.rows = random_below(seed, 1000000);
        event.body.export.last_seq = random_below(seed, 1000000);
        break;
    case EVENT_STORAGE:
        random_text(seed, event.body.storage.state, EVENT_TEXT_MAX);
        event.body.storage.free_bytes = (int64_t)(random_next(seed) >> 20);
        event.body.storage.since_ms = event.at.t_ms - 1000;
        event.body.storage.has_since_utc = random_below(seed, 2) != 0;
        if (event.body.storage.has_since_utc) {
            event.body.storage.since_utc_ms = 1790000000000;
        }
        event.body.storage.kept = (int32_t)random_below(seed, 99);
        event.body.storage.lost = (int32_t)random_below(seed, 99);
        break;
    case EVENT_SET_ASIDE:
        random_text(seed, event.body.set_aside.file, EVENT_TEXT_MAX);
        event.body.set_aside.has_last = random_below(seed, 2) != 0;
        if (event.body.set_aside.has_last) {
            event.body.set_aside.last_seq = random_below(seed, 1000);
        }
        random_text(seed, event.body.set_aside.last_hash, EVENT_HASH_MAX);
        break;
    case EVENT_PURGE:
        event.body.purge.first_seq = random_below(seed, 100);
        event.body.purge.last_seq = 100 + random_below(seed, 100);
        event.body.purge.before_utc_ms = 1790000000000;
        event.body.purge.months = (int32_t)random_below(seed, 36);
        random_text(seed, event.body.purge.hash, EVENT_HASH_MAX);
        break;
    case EVENT_IDENTIFIED:
        event.body.identified.visit = visit;
        random_text(seed, event.body.identified.person, SUBJECT_MAX);
        break;
    case EVENT_UNDONE:
        event.body.undone.visit = visit;
        event.body.undone.deposit_seq = random_below(seed, 100);
        break;
    case EVENT_ADDITION:
        event.body.addition.visit = visit;
        event.body.addition.deposit_seq = random_below(seed, 100);
        event.body.addition.bin = bin;
        event.body.addition.change_g = (int32_t)random_below(seed, 9000) + 1;
        event.body.addition.base_g = random_grams(seed);
        event.body.addition.final_g = event.body.addition.base_g + event.body.addition.change_g;
        break;
    case EVENT_INSPECTION:
        event.body.inspection.bin = bin;
        event.body.inspection.bin_class = random_class(seed);
        event.body.inspection.checked = (int32_t)random_below(seed, 999) + 1;
        event.body.inspection.wrong =
            (int32_t)random_below(seed, (uint32_t)event.body.inspection.checked + 1);
        event.body.inspection.things = (int32_t)random_below(seed, 1 << WRONG_THING_COUNT);
        random_text(seed, event.body.inspection.who, sizeof event.body.inspection.who);
        break;
    case EVENT_ZERO:
    case EVENT_TARE:
        event.body.scale_order.bin = bin;
        random_text(seed, event.body.scale_order.scale, sizeof event.body.scale_order.scale);
        event.body.scale_order.has_before = random_below(seed, 2) != 0;
        event.body.scale_order.before_g =
            event.body.scale_order.has_before ? random_grams(seed) : 0;
        random_text(seed, event.body.scale_order.who, sizeof event.body.scale_order.who);
        break;
    default:
        abort();
    }
    return event;
}

/* A new directory under TMPDIR; the caller removes it with remove_directory(). */
static inline void make_directory_name(char path[256])
{
    const char *base = getenv("TMPDIR");

    /* In memory: a test waits for thousands of syncs. */
    base = base ? base : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, 256, "%s/biaogan-test-XXXXXX", base);
    if (!mkdtemp(path)) {
        abort();
    }
}

static inline void remove_directory(const char *path)
{
    char command[320];

    snprintf(command, sizeof command, "rm -rf '%s'", path);
    if (system(command) != 0) {
        abort();
    }
}

#endif
