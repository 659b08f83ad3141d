#include "hw/sim/scenario.h"

#include <stdio.h>
#include <string.h>

enum {
    LINE_MAX_CHARS = 200,
    WORDS_MAX = 8,
    TIME_MAX_S = 7 * 24 * 3600,
    GRAMS_MAX = 200000, /* so that a whole file of bags fits int32_t */
    GARBAGE_MAX = CAPTURE_BYTES_MAX
};

struct line {
    char text[LINE_MAX_CHARS + 1];
    const char *words[WORDS_MAX];
    int count;
};

typedef const char *argument_parser(const struct line *line, struct sim_step *step);

struct verb_row {
    const char *name;
    int arguments; /* -1: one or more */
    argument_parser *parse;
};

/* Digits with at most `decimals` of them after a point, as an integer of that many decimals. */
static bool parse_decimal(const char *word, int decimals, int64_t highest, int64_t *value)
{
    int64_t result = 0;
    int after_point = -1;
    if (*word < '0' || *word > '9') {
        return false;
    }
    for (; *word != '\0'; word++) {
        if (*word == '.' && after_point < 0 && decimals > 0) {
            after_point = 0;
            continue;
        }
        if (*word < '0' || *word > '9' || after_point == decimals || result > highest) {
            return false;
        }
        result = result * 10 + (*word - '0');
        after_point += after_point >= 0;
    }
    for (int digit = after_point < 0 ? 0 : after_point; digit < decimals; digit++) {
        result *= 10;
    }
    *value = result;
    return result <= highest;
}

static bool parse_grams(const char *word, int32_t *grams)
{
    bool negative = *word == '-';
    int64_t value = 0;
    if (!parse_decimal(word + negative, 0, GRAMS_MAX, &value)) {
        return false;
    }
    *grams = (int32_t)(negative ? -value : value);
    return true;
}

static const char *parse_bin(const struct line *line, struct sim_step *step)
{
    const char *word = line->words[1];
    if (word[0] < '1' || word[0] > '0' + SIM_BINS || word[1] != '\0') {
        return "a bin is a number from 1 to 4";
    }
    step->target = word[0] - '1';
    return NULL;
}

static const char *parse_bin_grams(const struct line *line, struct sim_step *step)
{
    const char *reason = parse_bin(line, step);
    if (reason == NULL && !parse_grams(line->words[2], &step->grams)) {
        reason = "grams are a whole number up to 200000";
    }
    return reason;
}

static const char *parse_throw(const struct line *line, struct sim_step *step)
{
    const char *reason = parse_bin_grams(line, step);
    if (reason == NULL && step->grams <= 0) {
        reason = "a bag weighs at least 1 gram";
    }
    return reason;
}

static const char *parse_lean(const struct line *line, struct sim_step *step)
{
    const char *reason = parse_bin_grams(line, step);
    if (reason == NULL &&
        !parse_decimal(line->words[3], 3, (int64_t)TIME_MAX_S * 1000, &step->duration_ms)) {
        reason = "the duration is seconds with up to three decimals";
    }
    return reason;
}

static const char *parse_port(const struct line *line, struct sim_step *step)
{
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        if (strcmp(line->words[1], sim_ports[port].name) == 0) {
            step->target = port;
            return NULL;
        }
    }
    return "a port is s1, s2, s3, s4 or l1";
}

static const char *parse_scale_port(const struct line *line, struct sim_step *step)
{
    const char *reason = parse_port(line, step);
    if (reason == NULL && step->target >= SIM_BINS) {
        reason = "only the scales s1 to s4 can do that";
    }
    return reason;
}

static const char *parse_garbage(const struct line *line, struct sim_step *step)
{
    const char *reason = parse_port(line, step);
    int64_t count = 0;
    if (reason == NULL && (!parse_decimal(line->words[2], 0, GARBAGE_MAX, &count) || count < 1)) {
        reason = "garbage is 1 to 256 bytes";
    }
    step->grams = (int32_t)count;
    return reason;
}

static const char *parse_none(const struct line *line, struct sim_step *step)
{
    (void)line;
    (void)step;
    return NULL;
}

/* The words after the verb, joined by one blank: the argument of a touch. */
static const char *parse_words(const struct line *line, struct sim_step *step)
{
    size_t length = 0;
    for (int word = 1; word < line->count; word++) {
        size_t size = strlen(line->words[word]);
        if (length + size + 2 > sizeof step->word) {
            return "the argument is too long";
        }
        if (word > 1) {
            step->word[length++] = ' ';
        }
        memcpy(step->word + length, line->words[word], size + 1);
        length += size;
    }
    return NULL;
}

static const char *parse_class(const char *word, struct sim_step *step)
{
    step->target = sim_bin_of_class(word);
    return step->target < 0 ? "a class is recyclable, hazardous, kitchen or residual" : NULL;
}

static const char *parse_choose(const struct line *line, struct sim_step *step)
{
    const char *reason = parse_class(line->words[1], step);
    return reason != NULL ? reason : parse_words(line, step);
}

static const char *parse_item(const struct line *line, struct sim_step *step)
{
    struct line name = *line;
    name.words[0] = line->words[0];
    name.count = 2;
    const char *reason = parse_class(line->words[2], step);
    return reason != NULL ? reason : parse_words(&name, step);
}

static const struct verb_row verbs[SIM_VERB_COUNT] = {
    [SIM_CHOOSE] = {"choose", 1, parse_choose},
    [SIM_ITEM] = {"item", 2, parse_item},
    [SIM_CARD] = {"card", 1, parse_words},
    [SIM_PIN] = {"pin", 1, parse_words},
    [SIM_TAP] = {"tap", -1, parse_words},
    [SIM_CANCEL] = {"cancel", 0, parse_none},
    [SIM_OPEN] = {"open", 1, parse_bin},
    [SIM_CLOSE] = {"close", 1, parse_bin},
    [SIM_THROW] = {"throw", 2, parse_throw},
    [SIM_EMPTY] = {"empty", 1, parse_bin},
    [SIM_CONTENTS] = {"contents", 2, parse_bin_grams},
    [SIM_LEAN] = {"lean", 3, parse_lean},
    [SIM_UNPLUG] = {"unplug", 1, parse_port},
    [SIM_REPLUG] = {"replug", 1, parse_port},
    [SIM_GARBAGE] = {"garbage", 2, parse_garbage},
    [SIM_FREEZE] = {"freeze", 1, parse_scale_port},
    [SIM_THAW] = {"thaw", 1, parse_scale_port},
};

const char *sim_verb_name(enum sim_verb verb)
{
    return verbs[verb].name;
}

/* Copies one line, cuts it into words at blanks and ends it at "#". */
static const char *split(const char *text, size_t length, struct line *line)
{
    *line = (struct line){.count = 0};
    if (length > LINE_MAX_CHARS) {
        return "the line is longer than 200 bytes";
    }
    memcpy(line->text, text, length);
    line->text[strcspn(line->text, "#\r")] = '\0';
    char *cursor = line->text;
    for (;;) {
        cursor += strspn(cursor, " \t");
        if (*cursor == '\0') {
            return NULL;
        }
        if (line->count == WORDS_MAX) {
            return "too many words";
        }
        line->words[line->count++] = cursor;
        cursor += strcspn(cursor, " \t");
        if (*cursor != '\0') {
            *cursor++ = '\0';
        }
    }
}

static const char *parse_time(const struct line *line, int64_t previous_ms, int64_t *at_ms)
{
    bool absolute = strcmp(line->words[0], "at") == 0;
    if (!absolute && strcmp(line->words[0], "after") != 0) {
        return "a line begins with `at SECONDS` or `after SECONDS`";
    }
    if (line->count < 3 || !parse_decimal(line->words[1], 3, (int64_t)TIME_MAX_S * 1000, at_ms)) {
        return "expected seconds with up to three decimals, then an action";
    }
    if (!absolute) {
        *at_ms += previous_ms;
    }
    return *at_ms < previous_ms ? "time goes back" : NULL;
}

static const char *parse_action(struct line *line, struct sim_step *step)
{
    for (int word = 2; word < line->count; word++) {
        line->words[word - 2] = line->words[word];
    }
    line->count -= 2;
    for (int verb = 0; verb < SIM_VERB_COUNT; verb++) {
        if (strcmp(line->words[0], verbs[verb].name) != 0) {
            continue;
        }
        int arguments = line->count - 1;
        if (verbs[verb].arguments < 0 ? arguments < 1 : arguments != verbs[verb].arguments) {
            return "this action takes another number of arguments";
        }
        step->verb = (enum sim_verb)verb;
        return verbs[verb].parse(line, step);
    }
    return "unknown action";
}

int sim_scenario_parse(const char *text, struct sim_step *steps, char error[SIM_ERROR_MAX])
{
    int count = 0;
    int64_t previous_ms = 0;
    for (int number = 1; *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");
        struct line line;
        const char *reason = split(text, length, &line);
        text += length + (text[length] == '\n');
        if (reason == NULL && line.count == 0) {
            continue;
        }
        if (reason == NULL && count == SIM_SCENARIO_STEPS) {
            reason = "too many actions: 4096 is the most";
        }
        if (reason == NULL) {
            steps[count] = (struct sim_step){.verb = SIM_CANCEL};
            reason = parse_time(&line, previous_ms, &steps[count].at_ms);
        }
        if (reason == NULL) {
            previous_ms = steps[count].at_ms;
            reason = parse_action(&line, &steps[count]);
        }
        if (reason != NULL) {
            snprintf(error, SIM_ERROR_MAX, "line %d: %s", number, reason);
            return -1;
        }
        count++;
    }
    return count;
}
