#include "kiosk/shell/touch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAP_NUMBER_MAX = 9999 }; /* of a bin, a class, a digit: far above any */

static bool parse_choose(const char *argument, struct kiosk_input *input)
{
    enum waste_class class = waste_class_find(argument);
    input->kind = INPUT_INTENT;
    input->u.intent = (intent_t){INTENT_CHOOSE, (int)class};
    return class != WASTE_NONE;
}

static bool parse_tap(const char *argument, struct kiosk_input *input)
{
    char word[CAPTURE_WORD_MAX];
    size_t length = strcspn(argument, " ");
    snprintf(word, sizeof word, "%.*s", (int)length, argument);
    long number = 0;
    if (argument[length] == ' ') {
        char *end;
        number = strtol(argument + length, &end, 10);
        if (*end != '\0' || end == argument + length || number < 0 || number > TAP_NUMBER_MAX) {
            return false;
        }
    }
    input->kind = INPUT_INTENT;
    input->u.intent = (intent_t){intent_kind_find(word), (int)number};
    return input->u.intent.kind != INTENT_NONE;
}

static bool parse_pin(const char *argument, struct kiosk_input *input)
{
    size_t length = strlen(argument);
    bool digits =
        length > 0 && length <= PIN_DIGITS_MAX && strspn(argument, "0123456789") == length;
    input->kind = INPUT_PIN;
    /* In place of an accepted PIN's digits a capture has one mark for each role (gate.h). */
    bool marks = length > 0 && length <= ROLE_COUNT && strspn(argument, "*") == length;
    if (digits || marks) {
        memcpy(input->u.pin, argument, length + 1);
        return true;
    }
    return false;
}

static bool parse_card(const char *argument, struct kiosk_input *input)
{
    size_t length = strlen(argument);
    input->kind = INPUT_CARD;
    if (length == 0 || length >= sizeof input->u.card) {
        return false;
    }
    memcpy(input->u.card, argument, length + 1);
    return true;
}

static bool parse_cancel(const char *argument, struct kiosk_input *input)
{
    (void)argument;
    input->kind = INPUT_INTENT;
    input->u.intent = (intent_t){INTENT_CANCEL, 0};
    return true;
}

bool touch_parse(const char *verb, const char *argument, struct kiosk_input *input)
{
    static const struct {
        const char *verb;
        bool (*parse)(const char *, struct kiosk_input *);
    } verbs[] = {
        {"choose", parse_choose}, {"tap", parse_tap},       {"pin", parse_pin},
        {"card", parse_card},     {"cancel", parse_cancel},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].verb, verb) == 0) {
            return verbs[i].parse(argument, input);
        }
    }
    return false;
}

static bool takes_number(enum intent_kind kind)
{
    return kind == INTENT_COLLECT || kind == INTENT_WIRING;
}

bool touch_format(const intent_t *intent, struct capture_event *event)
{
    event->kind = CAPTURE_UI;
    event->argument[0] = '\0';
    switch (intent->kind) {
    case INTENT_CHOOSE:
        strcpy(event->verb, "choose");
        snprintf(event->argument, sizeof event->argument, "%s",
                 waste_class_text((enum waste_class)intent->argument));
        return event->argument[0] != '\0';
    case INTENT_CANCEL:
        strcpy(event->verb, "cancel");
        return true;
    case INTENT_NONE:
    case INTENT_DIGIT: /* a PIN is written only as accepted, and never its digits */
    case INTENT_ERASE:
    case INTENT_ENTER:
        return false;
    default:
        strcpy(event->verb, "tap");
        if (takes_number(intent->kind)) {
            snprintf(event->argument, sizeof event->argument, "%s %d",
                     intent_kind_text(intent->kind), intent->argument);
        } else {
            snprintf(event->argument, sizeof event->argument, "%s", intent_kind_text(intent->kind));
        }
        return true;
    }
}
