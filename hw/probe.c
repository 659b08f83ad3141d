#include "hw/probe.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERMILLE = 1000 };

/* ---- one driver ------------------------------------------------------------------------------ */

/* Adds what a whole frame says. */
static void take_frame(struct probe_score *score, const uint8_t *frame, size_t length,
                       const struct hw_value *value)
{
    score->frames++;
    score->value = *value;
    memcpy(score->sample, frame, length);
    score->sample_length = (uint8_t)length;
}

static void grade(struct probe_score *score)
{
    score->score = score->frames == 0 || score->all_bytes == 0
                       ? 0
                       : (int)((uint64_t)score->frame_bytes * PERMILLE / score->all_bytes);
}

void probe_score(const struct hw_driver *driver, const struct hw_options *options, const char *line,
                 const uint8_t *bytes, size_t count, struct probe_score *score)
{
    *score = (struct probe_score){.driver = driver, .options = *options};
    snprintf(score->line, sizeof score->line, "%s", line);
    uint8_t window[HW_FRAME_MAX];
    struct hw_value values[HW_VALUES_MAX];
    memset(values, 0, sizeof values);
    bool rejecting = false;
    for (size_t at = 0; at < count;) {
        const size_t size = count - at < sizeof window ? count - at : sizeof window;
        for (size_t i = 0; i < size; i++) {
            window[i] = options->mask7 ? bytes[at + i] & 0x7F : bytes[at + i];
        }
        const struct frame_result result = driver->frame(options, window, size, values);
        if (result.verdict == FRAME_WAIT) {
            break; /* cut off by the end of listening */
        }
        assert(result.length >= 1 && result.length <= size);
        at += result.length;
        if (result.verdict == FRAME_REJECT) {
            /* Listening began somewhere inside a frame: its rest is nobody's fault. */
            const bool is_lead = score->frames == 0 && at < HW_FRAME_MAX;
            score->rejects += !rejecting && !is_lead;
            rejecting = !is_lead;
            score->all_bytes += is_lead ? 0 : result.length;
            continue;
        }
        rejecting = false;
        score->frame_bytes += result.length;
        score->all_bytes += result.length;
        /* A frame without a value is our own request, echoed by the line: it proves nothing. */
        if (result.verdict == FRAME_OK && result.values > 0) {
            take_frame(score, window, result.length, &values[0]);
        }
    }
    grade(score);
}

/* ---- all drivers ----------------------------------------------------------------------------- */

/* The plain reading, and the better one of those with options where that is clearly better. */
static void score_driver(const struct hw_driver *driver, const char *line, const uint8_t *bytes,
                         size_t count, struct probe_score *best)
{
    const struct hw_options plain = {.checksum = driver->checksum_default};
    probe_score(driver, &plain, line, bytes, count, best);
    for (unsigned variant = 1; variant < 4; variant++) {
        struct hw_options options = plain;
        options.mask7 = (variant & 1) != 0;
        options.checksum = plain.checksum && (variant & 2) == 0;
        if ((variant & 2) != 0 && !plain.checksum) {
            continue;
        }
        struct probe_score other;
        probe_score(driver, &options, line, bytes, count, &other);
        if (other.score > best->score + PROBE_SCORE_EQUAL) {
            *best = other;
        }
    }
}

static bool has_same_request(const struct hw_driver *driver, const struct hw_driver *asked)
{
    uint8_t own[HW_REQUEST_MAX], sent[HW_REQUEST_MAX];
    const size_t length = probe_request(driver, own);
    return length > 0 && length == probe_request(asked, sent) && memcmp(own, sent, length) == 0;
}

size_t probe_score_all(const struct hw_driver *only, const struct hw_driver *asked,
                       const char *line, const uint8_t *bytes, size_t byte_count,
                       struct probe_score scores[PROBE_CANDIDATES_MAX], size_t count)
{
    for (size_t i = 0; i < hw_driver_count && count < PROBE_CANDIDATES_MAX; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        if ((only != NULL && driver != only) ||
            (asked != NULL && !has_same_request(driver, asked))) {
            continue;
        }
        score_driver(driver, line, bytes, byte_count, &scores[count]);
        scores[count].asked = asked != NULL;
        count += scores[count].frames > 0;
    }
    return count;
}

/* ---- ranking --------------------------------------------------------------------------------- */

bool probe_fits(const struct probe_score *score)
{
    return score->score >= PROBE_SCORE_FITS && score->frames >= PROBE_FRAMES_ENOUGH;
}

/* How hard it is for other bytes to fit by chance; then, whether the device behaved as it should:
 * what comes unasked is no polled device's. */
static int strictness(const struct probe_score *score)
{
    const int format = score->options.checksum ? 2 : score->driver->kind == READING_CARD ? 0 : 1;
    return 2 * format + (score->driver->polled == score->asked);
}

static int compare_scores(const void *left, const void *right)
{
    const struct probe_score *a = left, *b = right;
    const bool fit_a = probe_fits(a), fit_b = probe_fits(b);
    if (fit_a != fit_b) {
        return fit_a ? -1 : 1;
    }
    if (fit_a && strictness(a) != strictness(b)) {
        return strictness(b) - strictness(a);
    }
    if (a->score != b->score) {
        return b->score - a->score;
    }
    if (a->frames != b->frames) {
        return a->frames > b->frames ? -1 : 1;
    }
    const int names = strcmp(a->driver->name, b->driver->name);
    return names != 0 ? names : strcmp(a->line, b->line);
}

size_t probe_rank(struct probe_score *scores, size_t count)
{
    qsort(scores, count, sizeof *scores, compare_scores);
    size_t equal = 0;
    while (equal < count && probe_fits(&scores[equal]) &&
           strictness(&scores[equal]) == strictness(&scores[0]) &&
           scores[0].score - scores[equal].score <= PROBE_SCORE_EQUAL) {
        equal++;
    }
    return equal;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static size_t add_line(char lines[PROBE_LINES_MAX][HW_LINE_TEXT_MAX], size_t count,
                       const char *line)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(lines[i], line) == 0) {
            return count;
        }
    }
    assert(count < PROBE_LINES_MAX);
    snprintf(lines[count], HW_LINE_TEXT_MAX, "%s", line);
    return count + 1;
}

size_t probe_lines(const struct hw_driver *only, char lines[PROBE_LINES_MAX][HW_LINE_TEXT_MAX])
{
    static const char *const rates[] = {"9600",  "4800", "2400", "19200",  "1200",
                                        "38400", "600",  "300",  "115200", "57600"};
    static const char *const formats[] = {"8n1", "7e1", "8e1", "7o1", "8o1", "8n2"};
    size_t count = only != NULL ? add_line(lines, 0, only->line) : add_line(lines, 0, "9600/8n1");
    for (size_t i = 0; i < hw_driver_count && only == NULL; i++) {
        count = add_line(lines, count, hw_drivers[i]->line);
    }
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
            char line[HW_LINE_TEXT_MAX];
            snprintf(line, sizeof line, "%s/%s", rates[r], formats[f]);
            count = add_line(lines, count, line);
        }
    }
    return count;
}

bool probe_is_asked_on(const struct hw_driver *driver, const char *line)
{
    const char *format = strchr(line, '/');
    const char *own = strchr(driver->line, '/');
    assert(format != NULL && own != NULL);
    return driver->poll != NULL && (strcmp(format, own) == 0 || strcmp(format, "/8n1") == 0);
}

size_t probe_request(const struct hw_driver *driver, uint8_t request[HW_REQUEST_MAX])
{
    const struct hw_options options = {.checksum = driver->checksum_default};
    return driver->poll != NULL ? driver->poll(&options, request) : 0;
}

static bool holds(const uint8_t *bytes, size_t length, const uint8_t *part, size_t part_length)
{
    for (size_t at = 0; part_length > 0 && at + part_length <= length; at++) {
        if (memcmp(bytes + at, part, part_length) == 0) {
            return true;
        }
    }
    return false;
}

const struct hw_driver *probe_endangers(const uint8_t *request, size_t length)
{
    static const enum hw_command commands[] = {HW_COMMAND_ZERO, HW_COMMAND_TARE,
                                               HW_COMMAND_CLEAR_TARE};
    for (size_t i = 0; i < hw_driver_count; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        const struct hw_options options = {.checksum = driver->checksum_default};
        for (size_t c = 0; c < sizeof commands / sizeof commands[0]; c++) {
            uint8_t command[HW_REQUEST_MAX];
            const size_t size =
                driver->command != NULL ? driver->command(&options, commands[c], command) : 0;
            if (holds(request, length, command, size)) {
                return driver;
            }
        }
    }
    return NULL;
}

/* ---- what nobody understands ----------------------------------------------------------------- */

static bool has_even_parity(uint8_t byte)
{
    byte = (uint8_t)(byte ^ byte >> 4);
    byte = (uint8_t)(byte ^ byte >> 2);
    return ((byte ^ byte >> 1) & 1) == 0;
}

void probe_count_bytes(const uint8_t *bytes, size_t count, struct probe_bytes *seen)
{
    *seen = (struct probe_bytes){.count = count};
    for (size_t i = 0; i < count; i++) {
        seen->zeros += bytes[i] == 0;
        seen->high += bytes[i] >= 0x80;
        seen->even += has_even_parity(bytes[i]);
    }
    seen->odd = count - seen->even;
}

const char *probe_hint(const struct probe_bytes *seen)
{
    if (seen->count == 0) {
        return "nothing arrives: is the device on and set to send, are its wires 2 and 3 the right "
               "way round, is ground connected?";
    }
    if (seen->zeros * 2 > seen->count) {
        return "mostly 00: the line is faster or slower than the device, or its parity differs; "
               "look up the rate in the device's menu and give it with --line";
    }
    if (seen->high > 0 && seen->even == seen->count) {
        return "every byte has even parity: seven bits with even parity, try --line RATE/7e1";
    }
    if (seen->high > 0 && seen->odd == seen->count) {
        return "every byte has odd parity: seven bits with odd parity, try --line RATE/7o1";
    }
    if (seen->high * 4 > seen->count) {
        return "many bytes with bit 8 set: another rate, a parity bit (7e1, 7o1), or a binary "
               "format that is not known here";
    }
    return "the bytes look like data, but of no format known here: choose another output format in "
           "the device's menu, or report the sample";
}
