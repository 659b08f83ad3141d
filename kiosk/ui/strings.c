#include "kiosk/ui/strings.h"

#include "kiosk/ui/ui.h"

#include <assert.h>
#include <string.h>

static const char *const texts[STRING_COUNT] = {
#define X(name, text) [name] = text,
#include "assets/strings/screen.def"
#undef X
};

/* What numbers and configured texts are made of, besides the words. */
static const char numerals[] = "0123456789.:/%,-−–—…·（）【】 ";

const char *strings_get(enum string_id id)
{
    assert(id >= 0 && id < STRING_COUNT);
    return texts[id];
}

const char *ui_fixed_text(int index)
{
    if (index < 0 || index > STRING_COUNT) {
        return NULL;
    }
    return index == STRING_COUNT ? numerals : texts[index];
}

struct sink {
    char *out;
    size_t size, used;
};

static void put(struct sink *sink, const char *text, size_t count)
{
    const size_t room = sink->size - 1 - sink->used;
    if (count > room) {
        count = room;
        while (count > 0 && ((unsigned char)text[count] & 0xC0) == 0x80) {
            count--;
        }
        sink->size = sink->used + count + 1; /* nothing after the cut */
    }
    memcpy(sink->out + sink->used, text, count);
    sink->used += count;
}

const char *strings_compose(char *out, size_t size, enum string_id id, const char *first,
                            const char *second)
{
    struct sink sink = {out, size, 0};
    const char *rest = strings_get(id);
    for (;;) {
        const size_t plain = strcspn(rest, "{");
        put(&sink, rest, plain);
        rest += plain;
        if (rest[0] == '\0') {
            break;
        }
        assert((rest[1] == '0' || rest[1] == '1') && rest[2] == '}');
        const char *argument = rest[1] == '0' ? first : second;
        if (argument != NULL) {
            put(&sink, argument, strlen(argument));
        }
        rest += 3;
    }
    out[sink.used] = '\0';
    return out;
}
