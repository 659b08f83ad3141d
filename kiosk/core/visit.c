#include "kiosk/core/visit.h"

#include <stddef.h>

struct visit *visits_touch(struct visits *visits, int64_t now_ms)
{
    struct visit *visit = &visits->current;
    if (visit->id == 0) {
        *visit = (struct visit){
            .id = visits->next_id++,
            .started_ms = now_ms,
            .choice = WASTE_NONE,
        };
    }
    visit->last_ms = now_ms;
    return visit;
}

struct visit *visits_find(struct visits *visits, int64_t id)
{
    if (id == 0) {
        return NULL;
    }
    if (visits->current.id == id) {
        return &visits->current;
    }
    for (int i = 0; i < VISITS_ENDED_MAX; i++) {
        if (visits->ended[i].id == id) {
            return &visits->ended[i];
        }
    }
    return NULL;
}

bool visits_end(struct visits *visits, struct visit *finished)
{
    struct visit visit = visits->current;
    visits->current = (struct visit){0};
    if (visit.id == 0) {
        return false;
    }
    if (visit.openings > 0 || visit.held > 0) {
        /* There is always a free place: see VISITS_ENDED_MAX. */
        for (int i = 0; i < VISITS_ENDED_MAX; i++) {
            if (visits->ended[i].id == 0) {
                visits->ended[i] = visit;
                return false;
            }
        }
    }
    *finished = visit;
    return true;
}

static bool finish(struct visits *visits, struct visit *visit, struct visit *finished)
{
    if (visit == &visits->current || visit->openings > 0 || visit->held > 0) {
        return false;
    }
    *finished = *visit;
    *visit = (struct visit){0};
    return true;
}

bool visits_decided(struct visits *visits, int64_t id, struct visit *finished)
{
    struct visit *visit = visits_find(visits, id);
    if (visit == NULL) {
        return false;
    }
    visit->openings--;
    return finish(visits, visit, finished);
}

bool visits_hold(struct visits *visits, int64_t id)
{
    struct visit *visit = visits_find(visits, id);
    if (visit == NULL) {
        return false;
    }
    visit->held++;
    return true;
}

bool visits_release(struct visits *visits, int64_t id, struct visit *finished)
{
    struct visit *visit = visits_find(visits, id);
    if (visit == NULL) {
        return false;
    }
    visit->held--;
    return finish(visits, visit, finished);
}

int64_t visits_deadline(const struct visits *visits, int32_t idle_ms)
{
    const struct visit *visit = &visits->current;
    if (visit->id == 0) {
        return INT64_MAX;
    }
    int32_t wait_ms = visit->openings > 0 ? VISIT_OPEN_LIMIT_MS : idle_ms;
    return visit->last_ms + (wait_ms > idle_ms ? wait_ms : idle_ms);
}
