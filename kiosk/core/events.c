#include "kiosk/core/events.h"

#include <string.h>

const char *event_kind_text(enum event_kind kind)
{
    static const char *const texts[EVENT_KIND_COUNT] = {
#define X(name, text, member) [name] = text,
        EVENT_KINDS(X)
#undef X
    };
    return (unsigned)kind < EVENT_KIND_COUNT ? texts[kind] : "";
}

enum event_kind event_kind_find(const char *text)
{
    enum event_kind kind = 0;
    while (kind < EVENT_KIND_COUNT && strcmp(event_kind_text(kind), text) != 0) {
        kind++;
    }
    return kind;
}

const char *intent_kind_text(enum intent_kind kind)
{
    static const char *const texts[INTENT_KIND_COUNT] = {
#define X(name, text) [name] = text,
        INTENT_KINDS(X)
#undef X
    };
    return (unsigned)kind < INTENT_KIND_COUNT ? texts[kind] : "";
}

enum intent_kind intent_kind_find(const char *text)
{
    for (enum intent_kind kind = INTENT_NONE + 1; kind < INTENT_KIND_COUNT; kind++) {
        if (strcmp(intent_kind_text(kind), text) == 0) {
            return kind;
        }
    }
    return INTENT_NONE;
}
