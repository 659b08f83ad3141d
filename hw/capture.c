#include "hw/capture.h"

#include "hw/bytes.h"
#include "hw/link.h"
#include "hw/text_line.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A line being read: `at` walks to `end`; the first error stays. */
struct cursor {
    const char *begin;
    const char *at;
    const char *end;
    char *error;
};

struct word {
    const char *text;
    size_t length;
};

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static int column_of(const struct cursor *cursor, const char *place)
{
    return (int)(place - cursor->begin) + 1;
}

/* `what` names the thing that is wrong, `remedy` what may stand there. */
static int wrong(struct cursor *cursor, const char *place, const char *what, const char *remedy)
{
    size_t length = 0;
    while (place + length < cursor->end && !is_blank(place[length]) && length < 24) {
        length++;
    }
    if (length == 0) {
        snprintf(cursor->error, CAPTURE_ERROR_MAX, "column %d: %s is missing: %s",
                 column_of(cursor, place), what, remedy);
    } else {
        snprintf(cursor->error, CAPTURE_ERROR_MAX, "column %d: %s \"%.*s\": %s",
                 column_of(cursor, place), what, (int)length, place, remedy);
    }
    return -1;
}

/* The next word; empty at the end of the line. */
static struct word next_word(struct cursor *cursor)
{
    while (cursor->at < cursor->end && is_blank(*cursor->at)) {
        cursor->at++;
    }
    struct word word = {cursor->at, 0};
    while (cursor->at < cursor->end && !is_blank(*cursor->at)) {
        cursor->at++;
    }
    word.length = (size_t)(cursor->at - word.text);
    return word;
}

static bool word_is(struct word word, const char *text)
{
    return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

/* Letters, digits and "_-.:" only, so that names survive every file format they end up in. */
static bool word_is_name(struct word word, size_t size)
{
    if (word.length == 0 || word.length >= size) {
        return false;
    }
    for (size_t i = 0; i < word.length; i++) {
        const uint8_t byte = (uint8_t)word.text[i];
        const bool is_letter = (uint8_t)((byte | 0x20) - 'a') < 26;
        if (!is_letter && !byte_is_digit(byte) && (byte == 0 || !strchr("_-.:", byte))) {
            return false;
        }
    }
    return true;
}

static void copy_word(char *to, struct word word)
{
    memcpy(to, word.text, word.length);
    to[word.length] = '\0';
}

/* A decimal integer from `lowest` to `highest`, in the only form the formatter writes. */
static bool word_to_int(struct word word, int64_t lowest, int64_t highest, int64_t *number)
{
    const bool is_negative = word.length > 0 && word.text[0] == '-';
    const size_t first = is_negative ? 1 : 0;
    if (word.length == first || word.length > first + 18) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = first; i < word.length; i++) {
        if (!byte_is_digit((uint8_t)word.text[i])) {
            return false;
        }
        value = value * 10 + (word.text[i] - '0');
    }
    value = is_negative ? -value : value;
    *number = value;
    return value >= lowest && value <= highest;
}

static int parse_end(struct cursor *cursor)
{
    const struct word rest = next_word(cursor);
    if (rest.length > 0) {
        return wrong(cursor, rest.text, "unexpected", "the line is complete before it");
    }
    return 0;
}

static int parse_port_line(struct cursor *cursor, struct capture_event *event)
{
    next_word(cursor); /* the "@" */
    const struct word keyword = next_word(cursor);
    if (!word_is(keyword, "port")) {
        return wrong(cursor, keyword.text, "declaration", "only \"@ port\" is known");
    }
    const struct word port = next_word(cursor);
    if (!word_is_name(port, sizeof event->port)) {
        return wrong(cursor, port.text, "port name", "1 to 15 letters, digits and _-.:");
    }
    const struct word protocol = next_word(cursor);
    if (!word_is_name(protocol, sizeof event->protocol)) {
        return wrong(cursor, protocol.text, "protocol", "a name of `biaogan protocols`");
    }
    const struct word line = next_word(cursor);
    struct link_line settings;
    char reason[LINK_ERROR_MAX];
    if (line.length == 0 || line.length >= sizeof event->line) {
        return wrong(cursor, line.text, "line setting", "like 9600/8n1");
    }
    copy_word(event->line, line);
    if (!link_line_parse(event->line, &settings, reason)) {
        return wrong(cursor, line.text, "line setting", "like 9600/8n1");
    }
    event->kind = CAPTURE_PORT;
    copy_word(event->port, port);
    copy_word(event->protocol, protocol);
    return parse_end(cursor);
}

static int parse_bytes(struct cursor *cursor, struct capture_event *event)
{
    for (;;) {
        const struct word word = next_word(cursor);
        if (word.length == 0) {
            break;
        }
        const int high = byte_hex_value((uint8_t)word.text[0]);
        const int low = word.length == 2 ? byte_hex_value((uint8_t)word.text[1]) : -1;
        if (high < 0 || low < 0) {
            return wrong(cursor, word.text, "byte", "two upper-case hex digits each, like 0D");
        }
        if (event->byte_count == CAPTURE_BYTES_MAX) {
            return wrong(cursor, word.text, "byte", "at most 256 on a line: begin another line");
        }
        event->bytes[event->byte_count++] = (uint8_t)(high << 4 | low);
    }
    if (event->byte_count == 0) {
        return wrong(cursor, cursor->at, "byte", "two upper-case hex digits each, like 0D");
    }
    return 0;
}

/* The words of a number in the file, by status; those without a value have "-" for it. */
static const struct {
    const char *word;
    enum reading_status status;
    bool has_value;
} number_words[] = {
    {"stable", READING_OK, true},          {"moving", READING_MOVING, true},
    {"overload", READING_OVERLOAD, false}, {"underload", READING_UNDERLOAD, false},
    {"busy", READING_BUSY, false},         {"error", READING_ERROR, false},
};

static int parse_number(struct cursor *cursor, const char *what, reading_t *reading,
                        int32_t *number)
{
    const struct word word = next_word(cursor);
    int64_t value = 0;
    const bool has_value = !word_is(word, "-");
    if (has_value && !word_to_int(word, INT32_MIN, INT32_MAX, &value)) {
        return wrong(cursor, word.text, what, "a whole number, or - where there is none");
    }
    const struct word status = next_word(cursor);
    for (size_t i = 0; i < sizeof number_words / sizeof number_words[0]; i++) {
        if (word_is(status, number_words[i].word) && number_words[i].has_value == has_value) {
            reading->status = (uint8_t)number_words[i].status;
            reading->has_value = has_value;
            *number = (int32_t)value;
            return 0;
        }
    }
    return wrong(cursor, status.text, "status",
                 has_value ? "stable or moving"
                           : "overload, underload, busy or error where there is no number");
}

static int parse_weight(struct cursor *cursor, reading_t *reading)
{
    return parse_number(cursor, "grams", reading, &reading->grams);
}

static int parse_level(struct cursor *cursor, reading_t *reading)
{
    return parse_number(cursor, "mm", reading, &reading->level_mm);
}

static int parse_opening(struct cursor *cursor, reading_t *reading)
{
    const struct word state = next_word(cursor);
    const bool is_open = word_is(state, "open");
    const bool is_fault = word_is(state, "fault");
    if (!is_open && !is_fault && !word_is(state, "closed")) {
        return wrong(cursor, state.text, "lid state", "open, closed or fault");
    }
    reading->status = is_fault ? READING_ERROR : READING_OK;
    reading->has_value = !is_fault;
    reading->lid_open = is_open;
    return 0;
}

static const struct {
    const char *word;
    enum reading_kind kind;
    int (*parse)(struct cursor *cursor, reading_t *reading);
} value_kinds[] = {
    {"scale", READING_WEIGHT, parse_weight},
    {"lid", READING_LID, parse_opening},
    {"level", READING_LEVEL, parse_level},
    {"lock", READING_LOCK, parse_opening},
};
enum { VALUE_KINDS = sizeof value_kinds / sizeof value_kinds[0] };

static int parse_value(struct cursor *cursor, struct capture_event *event)
{
    const struct word what = next_word(cursor);
    size_t kind = 0;
    while (kind < VALUE_KINDS && !word_is(what, value_kinds[kind].word)) {
        kind++;
    }
    if (kind == VALUE_KINDS) {
        return wrong(cursor, what.text, "value", "scale, lid, level or lock");
    }
    const struct word channel = next_word(cursor);
    int64_t number;
    if (!word_to_int(channel, 1, HW_CHANNELS_MAX, &number)) {
        return wrong(cursor, channel.text, "channel", "1 to 8");
    }
    event->reading.channel = (uint8_t)number;
    event->reading.kind = (uint8_t)value_kinds[kind].kind;
    const int result = value_kinds[kind].parse(cursor, &event->reading);
    return result != 0 ? result : parse_end(cursor);
}

static int parse_nothing_more(struct cursor *cursor, struct capture_event *event)
{
    (void)event;
    return parse_end(cursor);
}

/* What can happen on a port: the sign, an optional word after it, and the rest of the line. */
static const struct {
    const char *sign;
    const char *word;
    enum capture_kind kind;
    int (*parse)(struct cursor *cursor, struct capture_event *event);
} port_events[] = {
    {"<", NULL, CAPTURE_RX, parse_bytes},
    {">", NULL, CAPTURE_TX, parse_bytes},
    {"=", NULL, CAPTURE_VALUE, parse_value},
    {"!", "lost", CAPTURE_LOST, parse_nothing_more},
    {"!", "back", CAPTURE_BACK, parse_nothing_more},
};

static int parse_port_event(struct cursor *cursor, struct word port, struct capture_event *event)
{
    if (!word_is_name(port, sizeof event->port)) {
        return wrong(cursor, port.text, "port name", "1 to 15 letters, digits and _-.:");
    }
    copy_word(event->port, port);
    const struct word sign = next_word(cursor);
    if (word_is(sign, "!")) {
        const struct word news = next_word(cursor);
        for (size_t i = 0; i < sizeof port_events / sizeof port_events[0]; i++) {
            if (port_events[i].word && word_is(news, port_events[i].word)) {
                event->kind = port_events[i].kind;
                return port_events[i].parse(cursor, event);
            }
        }
        return wrong(cursor, news.text, "port news", "lost or back");
    }
    for (size_t i = 0; i < sizeof port_events / sizeof port_events[0]; i++) {
        if (word_is(sign, port_events[i].sign)) {
            event->kind = port_events[i].kind;
            return port_events[i].parse(cursor, event);
        }
    }
    return wrong(cursor, sign.text, "sign", "< received, > sent, = value, ! lost or back");
}

static const struct {
    const char *verb;
    bool has_argument;
} ui_verbs[] = {
    {"choose", true}, {"item", true}, {"card", true},
    {"pin", true},    {"tap", true},  {"cancel", false},
};

static int parse_ui(struct cursor *cursor, struct capture_event *event)
{
    const struct word verb = next_word(cursor);
    size_t i = 0;
    while (i < sizeof ui_verbs / sizeof ui_verbs[0] && !word_is(verb, ui_verbs[i].verb)) {
        i++;
    }
    if (i == sizeof ui_verbs / sizeof ui_verbs[0]) {
        return wrong(cursor, verb.text, "verb", "choose, item, card, pin, tap or cancel");
    }
    event->kind = CAPTURE_UI;
    copy_word(event->verb, verb);
    if (!ui_verbs[i].has_argument) {
        return parse_end(cursor);
    }
    struct word argument = next_word(cursor);
    argument.length = (size_t)(cursor->end - argument.text);
    while (argument.length > 0 && is_blank(argument.text[argument.length - 1])) {
        argument.length--;
    }
    if (argument.length == 0 || argument.length >= sizeof event->argument) {
        return wrong(cursor, argument.text, "argument", "1 to 95 bytes of UTF-8");
    }
    if (!text_is_clean((const uint8_t *)argument.text, argument.length)) {
        snprintf(cursor->error, CAPTURE_ERROR_MAX,
                 "column %d: argument is no text: UTF-8 without control characters, please",
                 column_of(cursor, argument.text));
        return -1;
    }
    copy_word(event->argument, argument);
    return 0;
}

static int parse_clock(struct cursor *cursor, struct capture_event *event)
{
    const struct word utc = next_word(cursor);
    if (!word_to_int(utc, 0, INT64_MAX, &event->utc_ms)) {
        return wrong(cursor, utc.text, "wall clock", "UTC ms since 1970, a whole number");
    }
    const struct word quality = next_word(cursor);
    if (!word_is(quality, "unset") && !word_is(quality, "rtc") && !word_is(quality, "ntp")) {
        return wrong(cursor, quality.text, "clock quality", "unset, rtc or ntp");
    }
    event->kind = CAPTURE_CLOCK;
    copy_word(event->quality, quality);
    return parse_end(cursor);
}

/* A comment, unless it claims to be the header of a version that is not ours. */
static int parse_comment(struct cursor *cursor, struct capture_event *event)
{
    static const char format[] = "#biaogan-capture";
    const struct word first = next_word(cursor);
    event->kind = CAPTURE_COMMENT;
    if (word_is(first, format)) {
        const struct word version = next_word(cursor);
        if (!word_is(version, "1")) {
            return wrong(cursor, version.text, "capture version", "this program reads version 1");
        }
    }
    return 0;
}

int capture_parse(const char *text, int64_t previous_ms, struct capture_event *event,
                  char error[CAPTURE_ERROR_MAX])
{
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    struct cursor cursor = {text, text, text + length, error};
    *event = (struct capture_event){.kind = CAPTURE_COMMENT, .t_ms = previous_ms};
    error[0] = '\0';
    if (length > 0 && text[0] == '#') {
        return parse_comment(&cursor, event);
    }
    if (length + 2 > CAPTURE_LINE_MAX) {
        snprintf(error, CAPTURE_ERROR_MAX,
                 "the line has %zu characters: at most %d, split it into several events", length,
                 CAPTURE_LINE_MAX - 2);
        return -1;
    }
    const struct word first = next_word(&cursor);
    if (first.length == 0) {
        return 0;
    }
    if (word_is(first, "@")) {
        cursor.at = first.text;
        return parse_port_line(&cursor, event);
    }
    int64_t t_ms;
    if (!word_to_int(first, 0, INT64_MAX, &t_ms)) {
        return wrong(&cursor, first.text, "time", "ms since start, a whole number, or @ or #");
    }
    if (t_ms < previous_ms) {
        snprintf(error, CAPTURE_ERROR_MAX,
                 "column %d: time %" PRId64 " is before %" PRId64
                 " of the line above: sort the events by time",
                 column_of(&cursor, first.text), t_ms, previous_ms);
        return -1;
    }
    event->t_ms = t_ms;
    const struct word who = next_word(&cursor);
    if (word_is(who, "ui")) {
        return parse_ui(&cursor, event);
    }
    if (word_is(who, "clock")) {
        return parse_clock(&cursor, event);
    }
    return parse_port_event(&cursor, who, event);
}

/* Text being written; one line always fits, which the asserts hold. */
struct writer {
    char *text;
    size_t length;
};

#define WRITE(writer, ...)                                                                         \
    ((writer)->length += (size_t)snprintf((writer)->text + (writer)->length,                       \
                                          CAPTURE_LINE_MAX - (writer)->length, __VA_ARGS__))

static void format_bytes(struct writer *writer, const struct capture_event *event)
{
    assert(event->byte_count >= 1 && event->byte_count <= CAPTURE_BYTES_MAX);
    WRITE(writer, " %c", event->kind == CAPTURE_RX ? '<' : '>');
    for (size_t i = 0; i < event->byte_count; i++) {
        writer->text[writer->length++] = ' ';
        writer->text[writer->length++] = (char)byte_hex_digit(event->bytes[i] >> 4);
        writer->text[writer->length++] = (char)byte_hex_digit(event->bytes[i]);
    }
}

static void format_value(struct writer *writer, const reading_t *reading)
{
    assert(reading->channel >= 1 && reading->channel <= HW_CHANNELS_MAX);
    size_t kind = 0;
    while (value_kinds[kind].kind != reading->kind) {
        kind++;
        assert(kind < VALUE_KINDS);
    }
    WRITE(writer, " = %s %d ", value_kinds[kind].word, reading->channel);
    if (value_kinds[kind].parse == parse_opening) {
        WRITE(writer, "%s", !reading->has_value ? "fault" : reading->lid_open ? "open" : "closed");
        return;
    }
    size_t i = 0;
    while (number_words[i].status != reading->status) {
        i++;
        assert(i < sizeof number_words / sizeof number_words[0]);
    }
    assert(number_words[i].has_value == reading->has_value);
    if (reading->has_value) {
        const int32_t number = reading->kind == READING_WEIGHT ? reading->grams : reading->level_mm;
        WRITE(writer, "%" PRId32 " %s", number, number_words[i].word);
    } else {
        WRITE(writer, "- %s", number_words[i].word);
    }
}

size_t capture_format(const struct capture_event *event, char text[CAPTURE_LINE_MAX])
{
    struct writer writer = {text, 0};
    text[0] = '\0';
    if (event->kind == CAPTURE_PORT) {
        WRITE(&writer, "@ port %s %s %s", event->port, event->protocol, event->line);
    } else if (event->kind != CAPTURE_COMMENT) {
        assert(event->t_ms >= 0);
        WRITE(&writer, "%" PRId64 " ", event->t_ms);
    }
    switch (event->kind) {
    case CAPTURE_COMMENT:
    case CAPTURE_PORT:
        break;
    case CAPTURE_RX:
    case CAPTURE_TX:
        WRITE(&writer, "%s", event->port);
        format_bytes(&writer, event);
        break;
    case CAPTURE_LOST:
    case CAPTURE_BACK:
        WRITE(&writer, "%s ! %s", event->port, event->kind == CAPTURE_LOST ? "lost" : "back");
        break;
    case CAPTURE_VALUE:
        WRITE(&writer, "%s", event->port);
        format_value(&writer, &event->reading);
        break;
    case CAPTURE_UI:
        assert(text_is_clean((const uint8_t *)event->argument, strlen(event->argument)));
        WRITE(&writer, "ui %s%s%s", event->verb, event->argument[0] ? " " : "", event->argument);
        break;
    case CAPTURE_CLOCK:
        WRITE(&writer, "clock %" PRId64 " %s", event->utc_ms, event->quality);
        break;
    }
    assert(writer.length + 2 <= CAPTURE_LINE_MAX);
    writer.text[writer.length++] = '\n';
    writer.text[writer.length] = '\0';
    return writer.length;
}
