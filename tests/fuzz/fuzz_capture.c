/* Any text as a capture: each line is parsed or refused with a reason, and what was parsed is
 * written and read again without a change. */
#include "hw/capture.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { TEXT_MAX = 4096 };

static int64_t run_line(const char *line, int64_t previous_ms)
{
    struct capture_event event;
    struct capture_event again;
    char error[CAPTURE_ERROR_MAX];
    char text[CAPTURE_LINE_MAX];
    char text_again[CAPTURE_LINE_MAX];
    memset(error, 'x', sizeof error);
    if (capture_parse(line, previous_ms, &event, error) != 0) {
        FUZZ_CHECK(memchr(error, '\0', sizeof error) && error[0] != '\0');
        return previous_ms;
    }
    FUZZ_CHECK(event.t_ms >= previous_ms);
    const size_t length = capture_format(&event, text);
    FUZZ_CHECK(length < sizeof text && text[length] == '\0' && text[length - 1] == '\n');
    FUZZ_CHECK(capture_parse(text, previous_ms, &again, error) == 0);
    FUZZ_CHECK(again.kind == event.kind && again.t_ms == event.t_ms);
    FUZZ_CHECK(again.byte_count == event.byte_count);
    FUZZ_CHECK(memcmp(again.bytes, event.bytes, event.byte_count) == 0);
    FUZZ_CHECK(strcmp(again.argument, event.argument) == 0);
    FUZZ_CHECK(capture_format(&again, text_again) == length && strcmp(text, text_again) == 0);
    return event.t_ms;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[TEXT_MAX];
    int64_t previous_ms = 0;
    size_t at = 0;
    while (at < size) {
        size_t length = 0;
        while (at + length < size && data[at + length] != '\n' && length < sizeof line - 1) {
            line[length] = (char)data[at + length];
            length++;
        }
        line[length] = '\0';
        previous_ms = run_line(line, previous_ms);
        at += length + 1;
    }
    return 0;
}
