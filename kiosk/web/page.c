#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/web/page.h"

struct output {
    char *bytes;
    size_t length;
};

static void put(struct output *output, const char *bytes, size_t count)
{
    /* Templates are part of the program and values are short: a page that does not fit is ours. */
    assert(count <= PAGE_MAX - output->length);
    memcpy(output->bytes + output->length, bytes, count);
    output->length += count;
}

static void put_escaped(struct output *output, const char *value)
{
    static const char *const entities[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
    };
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        const char *entity = byte < 128 ? entities[byte] : NULL;

        put(output, entity ? entity : value, entity ? strlen(entity) : 1);
    }
}

static const char *find_mark(const char *from, const char *end, char character)
{
    for (; end - from >= 2; from++) {
        if (from[0] == character && from[1] == character) {
            return from;
        }
    }
    return NULL;
}

char *page_render(const unsigned char *source, size_t size, page_values *values, void *context,
                  size_t *length)
{
    struct output output = {malloc(PAGE_MAX), 0};
    const char *at = (const char *)source, *end = at + size, *mark;
    char name[PAGE_NAME_MAX], value[PAGE_VALUE_MAX];

    if (!output.bytes) {
        return NULL;
    }
    while ((mark = find_mark(at, end, '{')) != NULL) {
        const char *close = find_mark(mark, end, '}');
        assert(close && close - mark - 2 < PAGE_NAME_MAX);
        put(&output, at, (size_t)(mark - at));
        size_t count = (size_t)(close - mark - 2);
        memcpy(name, mark + 2, count);
        name[count] = '\0';
        value[0] = '\0';
        values(context, name, value);
        put_escaped(&output, value);
        at = close + 2;
    }
    put(&output, at, (size_t)(end - at));
    *length = output.length;
    return output.bytes;
}
