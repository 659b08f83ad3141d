#include "kiosk/core/frozen.h"

void frozen_init(struct frozen *frozen)
{
    *frozen = (struct frozen){.woke_ms = INT64_MIN, .place_ms = INT64_MIN};
}

static bool lives(struct frozen *frozen, int64_t t_ms)
{
    bool was_frozen = frozen->frozen;
    frozen->frozen = false;
    frozen->openings = 0;
    if (was_frozen) {
        frozen->woke_ms = t_ms;
    }
    return was_frozen;
}

/* A value gives way to another. Where that ends a freeze, either it was none, or it says nothing of
 * how long the scale stands still while it lives: it may be found frozen by slower proof only. */
static void note_stand(struct frozen *frozen, int64_t t_ms)
{
    int64_t stood_ms = t_ms - frozen->still_ms;
    frozen->longest_ms = stood_ms > frozen->longest_ms ? stood_ms : frozen->longest_ms;
}

/* One that always flickered no longer does. */
static bool stands_too_long(const struct frozen *frozen, int64_t now_ms)
{
    return now_ms - frozen->still_ms >= FROZEN_TIMES * frozen->longest_ms;
}

static bool never_stood_so(const struct frozen *frozen, int64_t now_ms)
{
    return frozen->places == FROZEN_PLACES && stands_too_long(frozen, now_ms);
}

/* Back at the value that stood before a spike: nothing happened. */
static bool takes_back(struct frozen *frozen, const struct frozen_sample *sample)
{
    bool is_back = frozen->spiked && sample->grams == frozen->before.grams &&
                   sample->moving == frozen->before.moving;
    frozen->spiked = false;
    if (is_back) {
        frozen->grams = frozen->before.grams;
        frozen->moving = frozen->before.moving;
        frozen->still_ms = frozen->before.still_ms;
        frozen->openings = frozen->before.openings;
        frozen->frozen = frozen->before.frozen;
    }
    return is_back;
}

static void note_spike(struct frozen *frozen, const struct frozen_sample *sample, int32_t spike_g)
{
    int64_t off_g = (int64_t)sample->grams - frozen->grams;
    frozen->spiked = off_g > spike_g || off_g < -spike_g;
    frozen->before.grams = frozen->grams;
    frozen->before.moving = frozen->moving;
    frozen->before.frozen = frozen->frozen;
    frozen->before.still_ms = frozen->still_ms;
    frozen->before.openings = frozen->openings;
}

static bool repeats(const struct frozen *frozen, const struct frozen_sample *sample)
{
    return frozen->known && frozen->grams == sample->grams && frozen->moving == sample->moving;
}

bool frozen_weigh(struct frozen *frozen, const struct frozen_sample *sample, int32_t spike_g)
{
    frozen->stood_ms = 0;
    if (!repeats(frozen, sample) && !takes_back(frozen, sample)) {
        /* Without a value to compare with, the first one is no sign of anything. */
        bool thaws = false;
        if (frozen->known) {
            note_spike(frozen, sample, spike_g);
            note_stand(frozen, sample->t_ms);
            frozen->stood_ms = frozen->still_ms;
            thaws = lives(frozen, sample->t_ms);
        }
        frozen->known = true;
        frozen->grams = sample->grams;
        frozen->moving = sample->moving;
        frozen->still_ms = sample->t_ms;
        return thaws;
    }
    frozen->spiked = false;
    bool too_long =
        sample->t_ms - frozen->still_ms >= FROZEN_STILL_MS && never_stood_so(frozen, sample->t_ms);
    frozen->frozen = frozen->frozen || too_long;
    return false;
}

bool frozen_other(struct frozen *frozen, int64_t t_ms)
{
    frozen->known = false;
    return lives(frozen, t_ms);
}

void frozen_gap(struct frozen *frozen)
{
    frozen->openings = 0;
    /* A frozen one is still compared with what it repeated before. */
    frozen->known = frozen->known && frozen->frozen;
}

void frozen_opens(struct frozen *frozen, int64_t now_ms)
{
    frozen->watched = frozen->flickers && frozen->known && frozen->place_ms != INT64_MIN &&
                      now_ms - frozen->place_ms >= FROZEN_PLACE_MS;
    frozen->stood = stands_too_long(frozen, now_ms);
}

/* The scale answered, so it lived while this load rested. One that rests without a flicker here may
 * do so anywhere. */
static void note_place(struct frozen *frozen)
{
    if (frozen->watched && frozen->stood) {
        frozen->places = 0;
    } else if (frozen->watched && frozen->places < FROZEN_PLACES) {
        frozen->places++;
    }
}

bool frozen_opening(struct frozen *frozen, int64_t now_ms, int64_t opened_ms, int64_t closed_ms)
{
    bool unanswered = frozen->known && frozen->still_ms <= opened_ms;
    if (!unanswered) {
        note_place(frozen);
    }
    frozen->place_ms = now_ms;
    if (unanswered && !frozen->frozen && closed_ms - opened_ms >= FROZEN_OPENING_MS) {
        frozen->openings++;
        frozen->frozen = frozen->openings >= FROZEN_OPENINGS || never_stood_so(frozen, now_ms);
    }
    return unanswered;
}

void frozen_rested(struct frozen *frozen, bool flickered)
{
    frozen->restless = flickered ? (uint8_t)(frozen->restless + !frozen->flickers) : 0;
    frozen->flickers = frozen->flickers || frozen->restless >= FROZEN_RESTLESS;
}

void frozen_restore(struct frozen *frozen, int64_t now_ms, int32_t grams)
{
    *frozen = (struct frozen){
        .frozen = true,
        .known = true,
        .grams = grams,
        .still_ms = now_ms,
        .woke_ms = INT64_MIN,
        .place_ms = INT64_MIN,
    };
}
