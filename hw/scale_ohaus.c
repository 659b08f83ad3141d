/* OHAUS Defender and Ranger.
 *
 *     bytes  text           meaning
 *     1      blank or -     polarity
 *     7      "  0.360"      value: blanks, digits with at most one point, right-aligned
 *     1      blank
 *     2-5    "kg   "        unit, padded with blanks
 *     1      blank or ?     ? while the weight is moving
 *     0-3    G NET N T B/G  gross, net, stored tare; Ranger writes NET or B/G; Defender 5000: PT is
 *                           a preset tare
 *     0-6    Under, Accept, Over   Defender 5000: the result of checkweighing
 *     2      CR LF          either or both
 *
 *     "OK!"                 a command was carried out
 *     "ES", "ER"            a command was not understood, or could not be carried out
 *
 * Sources: Defender 3000 manual p.35, Defender 5000 p.51, Ranger manual p.36 and p.48, a recorded
 * Defender 3000. The blanks between the parts differ between models, so that the order decides and
 * not the place. There is no check.
 *
 * Commands, each with CR LF: IP print at once, P print, Z zero, T tare. The weight is asked for.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

enum { LINE_LONGEST = 32 };

/* False where something else than the end follows the unit. */
static bool read_legend(struct text *text, struct hw_value *value)
{
    static const char *const legends[] = {"G", "NET", "N", "T", "PT", "B/G"};
    static const char *const results[] = {"Under", "Accept", "Over"};
    text_blanks(text);
    if (text_byte(text, '?')) {
        value->status = READING_MOVING;
        text_blanks(text);
    }
    value->tare = text->at < text->end && (*text->at == 'T' || *text->at == 'P');
    for (size_t i = 0; i < sizeof legends / sizeof legends[0]; i++) {
        if (text_word(text, legends[i])) {
            break;
        }
    }
    text_blanks(text);
    for (size_t i = 0; i < sizeof results / sizeof results[0] && text->at[-1] == ' '; i++) {
        if (text_word(text, results[i])) {
            break;
        }
    }
    text_blanks(text);
    return text_ends(text);
}

static enum text_verdict ohaus_parse(const struct hw_options *options, const uint8_t *line,
                                     size_t length, struct hw_value *value)
{
    (void)options;
    struct text text = {line, line + length};
    if (length == 3 && text_word(&text, "OK!")) {
        return TEXT_ANSWER;
    }
    if (length == 2 && (text_word(&text, "ES") || text_word(&text, "ER"))) {
        value->status = READING_ERROR;
        text_code(value, line, length);
        return TEXT_VALUE;
    }
    if (!text_number(&text, value)) {
        return TEXT_BROKEN;
    }
    text_blanks(&text);
    /* A legend is no unit: "0.360 G" has lost its unit, and is not grams. */
    const bool is_legend = text.at < text.end && (*text.at == 'G' || *text.at == 'T');
    return !is_legend && text_unit(&text, value) && read_legend(&text, value) ? TEXT_VALUE
                                                                              : TEXT_BROKEN;
}

static const struct text_format ohaus_format = {.longest = LINE_LONGEST, .parse = ohaus_parse};

static struct frame_result ohaus_frame(const struct hw_options *options, const uint8_t *bytes,
                                       size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return text_line_frame(&ohaus_format, options, bytes, count, values);
}

static size_t ohaus_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return text_request("IP\r\n", request);
}

const struct hw_driver scale_ohaus_defender = {
    .name = "ohaus_defender",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = 250,
    .whole_lines = true,
    .equal_frames = 2,
    .summary = "OHAUS Defender, Ranger: value, unit, ? while moving, G or NET",
    .frame = ohaus_frame,
    .poll = ohaus_poll,
    .command = text_zero_or_tare,
};
