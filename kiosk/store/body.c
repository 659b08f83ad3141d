#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "kiosk/store/body.h"

enum field_type {
    FIELD_BOOL,
    FIELD_INT32,
    FIELD_INT64,
    FIELD_TEXT,
    FIELD_CLASS, /* null: WASTE_NONE */
    FIELD_OUTCOME,
    FIELD_QUALITY,
    FIELD_CAUSE
};

/* When a field has a value; otherwise it is null. The deciding member comes earlier in the table,
 * or, for a flag, is told by the null itself. WHERE_SET: a member that came later than the version;
 * an empty text or a zero is left out, key and all, so that rows written before it read and hash as
 * ever. */
enum field_presence { ALWAYS, WITH_FLAG, WITH_WEIGHT, WHERE_SET };

struct field {
    const char *key;
    size_t offset; /* in struct kiosk_event */
    size_t size;   /* of the member */
    enum field_type type;
    enum field_presence presence;
    size_t decider; /* offset of the bool (WITH_FLAG) or of the weight_quality (WITH_WEIGHT) */
};

enum { FIELDS_MAX = 17 };

#define AT(path)   offsetof(struct kiosk_event, body.path)
#define SIZE(path) sizeof(((struct kiosk_event *)0)->body.path)
#define F(in, name, how)                                                                           \
    {                                                                                              \
#name, AT(in.name), SIZE(in.name), how, ALWAYS, 0                                          \
    }
#define F_IF(in, name, how, when, decider)                                                         \
    {                                                                                              \
#name, AT(in.name), SIZE(in.name), how, when, AT(decider)                                  \
    }

#define SCALE_ORDER_FIELDS                                                                         \
    F(scale_order, bin, FIELD_INT32), F(scale_order, scale, FIELD_TEXT),                           \
        F_IF(scale_order, before_g, FIELD_INT32, WITH_FLAG, scale_order.has_before),               \
        F(scale_order, who, FIELD_TEXT)

/* The order of the fields is the order of the text: changing it is a new BODY_VERSION. */
static const struct field layouts[EVENT_KIND_COUNT][FIELDS_MAX] = {
    [EVENT_START] = {F(start, version, FIELD_TEXT), F(start, site, FIELD_TEXT)},
    [EVENT_STOP] = {F(stop, reason, FIELD_TEXT)},
    [EVENT_CLOCK] = {F(clock, step_ms, FIELD_INT64)},
    [EVENT_OPENING] = {F(opening, visit, FIELD_INT64), F(opening, bin, FIELD_INT32),
                       F(opening, chosen, FIELD_CLASS), F(opening, near_miss, FIELD_BOOL),
                       F_IF(opening, base_g, FIELD_INT32, WITH_FLAG, opening.has_base),
                       F_IF(opening, item, FIELD_TEXT, WHERE_SET, opening.item)},
    [EVENT_CLOSING] = {F(closing, visit, FIELD_INT64), F(closing, bin, FIELD_INT32),
                       F(closing, wrong_lid, FIELD_BOOL), F(closing, change_g, FIELD_INT32)},
    [EVENT_DEPOSIT] = {F(deposit, visit, FIELD_INT64), F(deposit, bin, FIELD_INT32),
                       F(deposit, bin_class, FIELD_CLASS), F(deposit, chosen, FIELD_CLASS),
                       F(deposit, outcome, FIELD_OUTCOME), F(deposit, quality, FIELD_QUALITY),
                       F_IF(deposit, weight_g, FIELD_INT32, WITH_WEIGHT, deposit.quality),
                       F_IF(deposit, base_g, FIELD_INT32, WITH_FLAG, deposit.has_base),
                       F_IF(deposit, final_g, FIELD_INT32, WITH_WEIGHT, deposit.quality),
                       F_IF(deposit, spread_g, FIELD_INT32, WITH_WEIGHT, deposit.quality),
                       F(deposit, opened_ms, FIELD_INT64), F(deposit, closed_ms, FIELD_INT64),
                       F(deposit, scale, FIELD_TEXT),
                       F_IF(deposit, item, FIELD_TEXT, WHERE_SET, deposit.item)},
    [EVENT_DECLARED] = {F(declared, visit, FIELD_INT64), F(declared, deposit_seq, FIELD_INT64),
                        F(declared, declared_after, FIELD_CLASS)},
    [EVENT_VISIT] = {F(visit, visit, FIELD_INT64), F(visit, started_ms, FIELD_INT64),
                     F(visit, deposits, FIELD_INT32), F(visit, grams, FIELD_INT32),
                     F(visit, near_misses, FIELD_INT32)},
    [EVENT_COLLECTION] = {F(collection, bin, FIELD_INT32), F(collection, bin_class, FIELD_CLASS),
                          F(collection, quality, FIELD_QUALITY),
                          F_IF(collection, before_g, FIELD_INT32, WITH_WEIGHT, collection.quality),
                          F_IF(collection, after_g, FIELD_INT32, WITH_WEIGHT, collection.quality),
                          F_IF(collection, removed_g, FIELD_INT32, WITH_WEIGHT, collection.quality),
                          F(collection, started_ms, FIELD_INT64), F(collection, who, FIELD_TEXT)},
    [EVENT_ADJUSTMENT] = {F(adjustment, bin, FIELD_INT32), F(adjustment, change_g, FIELD_INT32),
                          F(adjustment, base_g, FIELD_INT32), F(adjustment, final_g, FIELD_INT32),
                          F_IF(adjustment, cause, FIELD_CAUSE, WHERE_SET, adjustment.cause),
                          F_IF(adjustment, peak_g, FIELD_INT32, WHERE_SET, adjustment.peak_g)},
    [EVENT_DEVICE_LOST] = {F(device, device, FIELD_TEXT), F(device, fault, FIELD_TEXT),
                           F(device, since_ms, FIELD_INT64)},
    [EVENT_DEVICE_BACK] = {F(device, device, FIELD_TEXT), F(device, fault, FIELD_TEXT),
                           F(device, since_ms, FIELD_INT64)},
    [EVENT_LOGIN] = {F(login, who, FIELD_TEXT), F(login, accepted, FIELD_BOOL)},
    [EVENT_OVERLOAD] = {F(overload, bin, FIELD_INT32), F(overload, began, FIELD_BOOL),
                        F(overload, since_ms, FIELD_INT64)},
    [EVENT_FROZEN] = {F(frozen, bin, FIELD_INT32), F(frozen, began, FIELD_BOOL),
                      F(frozen, grams, FIELD_INT32), F(frozen, since_ms, FIELD_INT64)},
    [EVENT_UNDONE] = {F(undone, visit, FIELD_INT64), F(undone, deposit_seq, FIELD_INT64)},
    [EVENT_ADDITION] = {F(addition, visit, FIELD_INT64), F(addition, deposit_seq, FIELD_INT64),
                        F(addition, bin, FIELD_INT32), F(addition, change_g, FIELD_INT32),
                        F(addition, base_g, FIELD_INT32), F(addition, final_g, FIELD_INT32)},
    [EVENT_INSPECTION] = {F(inspection, bin, FIELD_INT32), F(inspection, bin_class, FIELD_CLASS),
                          F(inspection, checked, FIELD_INT32), F(inspection, wrong, FIELD_INT32),
                          F(inspection, things, FIELD_INT32), F(inspection, who, FIELD_TEXT)},
    [EVENT_CHECKPOINT] = {F(checkpoint, covers, FIELD_INT64), F(checkpoint, hash, FIELD_TEXT),
                          F(checkpoint, site, FIELD_TEXT), F(checkpoint, key, FIELD_TEXT),
                          F(checkpoint, signature, FIELD_TEXT)},
    [EVENT_KEY] = {F(key, key, FIELD_TEXT), F(key, previous, FIELD_TEXT),
                   F(key, reason, FIELD_TEXT)},
    [EVENT_SETTINGS] = {F(settings, name, FIELD_TEXT),
                        F_IF(settings, old_value, FIELD_TEXT, WITH_FLAG, settings.has_old),
                        F_IF(settings, new_value, FIELD_TEXT, WITH_FLAG, settings.has_new),
                        F(settings, digest, FIELD_TEXT)},
    [EVENT_EXPORT] = {F(export, what, FIELD_TEXT), F(export, format, FIELD_TEXT),
                      F(export, from, FIELD_TEXT), F(export, to, FIELD_TEXT),
                      F(export, rows, FIELD_INT64), F(export, last_seq, FIELD_INT64),
                      F(export, who, FIELD_TEXT), F(export, sha256, FIELD_TEXT)},
    [EVENT_STORAGE] = {F(storage, state, FIELD_TEXT), F(storage, free_bytes, FIELD_INT64),
                       F(storage, since_ms, FIELD_INT64),
                       F_IF(storage, since_utc_ms, FIELD_INT64, WITH_FLAG, storage.has_since_utc),
                       F(storage, kept, FIELD_INT32), F(storage, lost, FIELD_INT32)},
    [EVENT_SET_ASIDE] = {F(set_aside, file, FIELD_TEXT),
                         F_IF(set_aside, last_seq, FIELD_INT64, WITH_FLAG, set_aside.has_last),
                         F(set_aside, last_hash, FIELD_TEXT)},
    [EVENT_PURGE] = {F(purge, first_seq, FIELD_INT64), F(purge, last_seq, FIELD_INT64),
                     F(purge, before_utc_ms, FIELD_INT64), F(purge, months, FIELD_INT32),
                     F(purge, hash, FIELD_TEXT)},
    [EVENT_IDENTIFIED] = {F(identified, visit, FIELD_INT64), F(identified, person, FIELD_TEXT)},
    [EVENT_ZERO] = {SCALE_ORDER_FIELDS},
    [EVENT_TARE] = {SCALE_ORDER_FIELDS},
    [EVENT_CALIBRATION] = {F(calibration, scale, FIELD_TEXT),
                           F(calibration, reference_g, FIELD_INT32),
                           F(calibration, before_g, FIELD_INT32),
                           F_IF(calibration, after_g, FIELD_INT32, WITH_FLAG,
                                calibration.has_after),
                           F(calibration, who, FIELD_TEXT)},
};

/* Members are reached by offset, so their enums must have the size of an int. */
_Static_assert(sizeof(enum waste_class) == sizeof(int), "enum waste_class is an int");
_Static_assert(sizeof(enum outcome) == sizeof(int), "enum outcome is an int");
_Static_assert(sizeof(enum weight_quality) == sizeof(int), "enum weight_quality is an int");
_Static_assert(sizeof(enum adjust_cause) == sizeof(int), "enum adjust_cause is an int");

static const char *member(const struct kiosk_event *event, size_t offset)
{
    return (const char *)event + offset;
}

static int64_t get_integer(const struct kiosk_event *event, const struct field *field)
{
    int64_t wide = 0;
    int32_t narrow = 0;
    bool flag = false;

    switch (field->size) {
    case sizeof wide:
        memcpy(&wide, member(event, field->offset), sizeof wide);
        return wide;
    case sizeof narrow:
        memcpy(&narrow, member(event, field->offset), sizeof narrow);
        return narrow;
    default:
        assert(field->size == sizeof flag);
        memcpy(&flag, member(event, field->offset), sizeof flag);
        return flag;
    }
}

static void set_integer(struct kiosk_event *event, const struct field *field, int64_t value)
{
    char *to = (char *)event + field->offset;
    int32_t narrow = (int32_t)value;
    bool flag = value != 0;

    switch (field->size) {
    case sizeof value:
        memcpy(to, &value, sizeof value);
        break;
    case sizeof narrow:
        memcpy(to, &narrow, sizeof narrow);
        break;
    default:
        assert(field->size == sizeof flag);
        memcpy(to, &flag, sizeof flag);
        break;
    }
}

static bool has_weight(const struct kiosk_event *event, const struct field *field)
{
    enum weight_quality quality;

    memcpy(&quality, member(event, field->decider), sizeof quality);
    return quality != QUALITY_NONE;
}

static bool is_present(const struct kiosk_event *event, const struct field *field)
{
    bool flag = true;

    if (field->presence == WITH_WEIGHT) {
        return has_weight(event, field);
    }
    if (field->presence == WITH_FLAG) {
        memcpy(&flag, member(event, field->decider), sizeof flag);
    }
    return flag;
}

static bool is_left_out(const struct kiosk_event *event, const struct field *field)
{
    if (field->presence != WHERE_SET) {
        return false;
    }
    return field->type == FIELD_TEXT ? *member(event, field->offset) == '\0'
                                     : get_integer(event, field) == 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

struct writer {
    char *out;
    size_t length;
};

static void put(struct writer *writer, const char *bytes, size_t count)
{
    assert(writer->length + count < LEDGER_BODY_MAX);
    memcpy(writer->out + writer->length, bytes, count);
    writer->length += count;
}

static void put_text(struct writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

/* Length of the UTF-8 character at `text`, which ends at `end`; 0 where there is none. Overlong
 * forms, surrogates and values above U+10FFFF are none. */
static size_t utf8_length(const char *text, const char *end)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t left = (size_t)(end - text);
    size_t length = byte[0] < 0x80   ? 1
                    : byte[0] < 0xC2 ? 0
                    : byte[0] < 0xE0 ? 2
                    : byte[0] < 0xF0 ? 3
                    : byte[0] < 0xF5 ? 4
                                     : 0;

    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if ((byte[0] == 0xE0 && byte[1] < 0xA0) || (byte[0] == 0xED && byte[1] > 0x9F) ||
        (byte[0] == 0xF0 && byte[1] < 0x90) || (byte[0] == 0xF4 && byte[1] > 0x8F)) {
        return 0;
    }
    return length;
}

static void put_string(struct writer *writer, const char *text, size_t capacity)
{
    const char *end = text + strnlen(text, capacity - 1);

    put(writer, "\"", 1);
    while (text < end) {
        size_t length = utf8_length(text, end);
        char escape[8];

        if (length == 0) {
            put(writer, "?", 1);
        } else if (*text == '"' || *text == '\\') {
            put(writer, escape, (size_t)snprintf(escape, sizeof escape, "\\%c", *text));
        } else if ((unsigned char)*text < 0x20) {
            put(writer, escape,
                (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*text));
        } else {
            put(writer, text, length);
        }
        text += length == 0 ? 1 : length;
    }
    put(writer, "\"", 1);
}

static void put_integer(struct writer *writer, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (value < 0) {
        put(writer, "-", 1);
    }
    put(writer, digits + at, sizeof digits - at);
}

static void put_word(struct writer *writer, const char *word)
{
    if (*word == '\0') {
        put_text(writer, "null");
        return;
    }
    put(writer, "\"", 1);
    put_text(writer, word);
    put(writer, "\"", 1);
}

static void put_value(struct writer *writer, const struct kiosk_event *event,
                      const struct field *field)
{
    if (field->type == FIELD_TEXT) {
        put_string(writer, member(event, field->offset), field->size);
        return;
    }
    int64_t value = get_integer(event, field);
    switch (field->type) {
    case FIELD_BOOL:
        put_text(writer, value ? "true" : "false");
        break;
    case FIELD_CLASS:
        put_word(writer, waste_class_text((enum waste_class)value));
        break;
    case FIELD_OUTCOME:
        assert(value >= 0 && value < OUTCOME_COUNT);
        put_word(writer, outcome_text((enum outcome)value));
        break;
    case FIELD_QUALITY:
        assert(value >= 0 && value < QUALITY_COUNT);
        put_word(writer, weight_quality_text((enum weight_quality)value));
        break;
    case FIELD_CAUSE:
        assert(value >= 0 && value < ADJUST_CAUSE_COUNT);
        put_word(writer, adjust_cause_text((enum adjust_cause)value));
        break;
    default:
        put_integer(writer, value);
        break;
    }
}

size_t body_encode(const struct kiosk_event *event, char out[LEDGER_BODY_MAX])
{
    struct writer writer = {out, 0};

    assert((unsigned)event->kind < EVENT_KIND_COUNT);
    put_text(&writer, "{\"v\":");
    put_integer(&writer, BODY_VERSION);
    for (const struct field *field = layouts[event->kind]; field->key; field++) {
        if (is_left_out(event, field)) {
            continue;
        }
        put_text(&writer, ",\"");
        put_text(&writer, field->key);
        put_text(&writer, "\":");
        if (is_present(event, field)) {
            put_value(&writer, event, field);
        } else {
            put_text(&writer, "null");
        }
    }
    put(&writer, "}", 1);
    out[writer.length] = '\0';
    return writer.length;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_word(struct kiosk_event *event, const struct field *field, const json_t *value)
{
    const char *text = json_string_value(value);
    int found = 0, none = 0;

    if (field->type == FIELD_CLASS && json_is_null(value)) {
        set_integer(event, field, WASTE_NONE);
        return true;
    }
    if (!text) {
        return false;
    }
    switch (field->type) {
    case FIELD_CLASS:
        found = (int)waste_class_find(text);
        none = WASTE_NONE;
        break;
    case FIELD_OUTCOME:
        found = (int)outcome_find(text);
        none = OUTCOME_COUNT;
        break;
    case FIELD_CAUSE:
        found = (int)adjust_cause_find(text);
        none = ADJUST_CAUSE_COUNT;
        break;
    default:
        found = (int)weight_quality_find(text);
        none = QUALITY_COUNT;
        break;
    }
    set_integer(event, field, found);
    return found != none;
}

static bool read_text(struct kiosk_event *event, const struct field *field, const json_t *value)
{
    size_t length = json_string_length(value);

    if (!json_is_string(value) || length >= field->size) {
        return false;
    }
    memcpy((char *)event + field->offset, json_string_value(value), length);
    return true;
}

static bool read_integer(struct kiosk_event *event, const struct field *field, const json_t *value)
{
    int64_t number = json_integer_value(value);

    if (!json_is_integer(value)) {
        return false;
    }
    if (field->type == FIELD_INT32 && (number < INT32_MIN || number > INT32_MAX)) {
        return false;
    }
    set_integer(event, field, number);
    return true;
}

static bool read_value(struct kiosk_event *event, const struct field *field, const json_t *value)
{
    switch (field->type) {
    case FIELD_BOOL:
        set_integer(event, field, json_is_true(value));
        return json_is_boolean(value);
    case FIELD_INT32:
    case FIELD_INT64:
        return read_integer(event, field, value);
    case FIELD_TEXT:
        return read_text(event, field, value);
    default:
        return read_word(event, field, value);
    }
}

static bool read_field(struct kiosk_event *event, const struct field *field, const json_t *value)
{
    if (field->presence == WITH_FLAG) {
        bool flag = !json_is_null(value);
        memcpy((char *)event + field->decider, &flag, sizeof flag);
    }
    if (field->presence == WHERE_SET) {
        return read_value(event, field, value);
    }
    if (field->presence != ALWAYS && json_is_null(value)) {
        return !is_present(event, field);
    }
    return is_present(event, field) && read_value(event, field, value);
}

static bool read_object(struct kiosk_event *event, const json_t *object,
                        char reason[BODY_REASON_MAX])
{
    const json_t *version = json_object_get(object, "v");

    if (!json_is_integer(version) || json_integer_value(version) != BODY_VERSION) {
        snprintf(reason, BODY_REASON_MAX, "its version is not %d", BODY_VERSION);
        return false;
    }
    for (const struct field *field = layouts[event->kind]; field->key; field++) {
        const json_t *value = json_object_get(object, field->key);
        const bool may_lack = !value && field->presence == WHERE_SET;
        if (!may_lack && (!value || !read_field(event, field, value))) {
            snprintf(reason, BODY_REASON_MAX, "\"%s\" is missing or wrong", field->key);
            return false;
        }
    }
    return true;
}

bool body_decode(struct kiosk_event *event, const char *text, size_t length,
                 char reason[BODY_REASON_MAX])
{
    char again[LEDGER_BODY_MAX];
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);

    assert((unsigned)event->kind < EVENT_KIND_COUNT);
    memset(&event->body, 0, sizeof event->body);
    if (!json_is_object(object)) {
        snprintf(reason, BODY_REASON_MAX, "it is not a JSON object");
        json_decref(object);
        return false;
    }
    bool understood = read_object(event, object, reason);
    json_decref(object);
    if (!understood) {
        return false;
    }
    if (body_encode(event, again) != length || memcmp(again, text, length) != 0) {
        snprintf(reason, BODY_REASON_MAX, "it is not in canonical form");
        return false;
    }
    return true;
}
